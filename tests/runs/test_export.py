"""What is exported says what was recorded, and is there whole or not at all."""

import base64
import csv
import dataclasses
import html.parser
import io
import re
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pruneview.pruning.events import WeightSparsity
from pruneview.pruning.report.rows import CostReport, Figure, Row, Zeros
from pruneview.pruning.training.recording import BranchPoint
from pruneview.runs.export import heatmaps
from pruneview.runs.export.film import write_film
from pruneview.runs.export.look import picture_of
from pruneview.runs.export.page import PageExtras, write_page
from pruneview.runs.export.painter import FilmPlan
from pruneview.runs.export.table import write_csv
from pruneview.runs.export.writing import (
    ExportCancelled,
    ExportError,
    Progress,
    write_whole,
)
from pruneview.sparsity.pictures import picture
from tests.runs.imagined_look import ZERO

WEIGHT = "a/kernel"


def test_the_table_has_every_mask_update(replay, tmp_path):
    path = tmp_path / "log.csv"
    write_csv(replay, path)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    masks = [row for row in rows if row["event"] == "mask"]
    assert [int(row["step"]) for row in masks] == list(range(10, 101, 10))
    assert float(masks[3]["target_sparsity"]) == 40 / 110
    assert masks[0]["metric_value"] == "0.9"
    assert len(rows) == 20


@pytest.mark.parametrize("ending", [".gif", ".webp"])
def test_the_film_shows_every_mask_update_with_zeros_in_their_colour(
    replay, look, tmp_path, ending
):
    path = tmp_path / f"film{ending}"
    shares = []
    write_film(
        replay, path, FilmPlan(WEIGHT, 480, 270, 2.0), look, Progress(shares.append)
    )
    assert shares == sorted(shares)
    with Image.open(path) as film:
        assert film.size == (480, 270)
        assert film.n_frames == 10
        zeros = []
        for place in range(film.n_frames):
            film.seek(place)
            pixels = np.asarray(film.convert("RGB"))[:, :270]
            zeros.append(int((pixels == ZERO).all(axis=2).sum()))
    assert zeros == sorted(zeros)
    size = 13 * 7
    for place, step in enumerate(range(10, 101, 10)):
        mask = replay.at(step).masks[WEIGHT]
        share = (size - np.count_nonzero(mask)) / size
        assert zeros[place] / zeros[-1] == pytest.approx(
            share / (1 - np.count_nonzero(replay.at(100).masks[WEIGHT]) / size), rel=0.1
        )


def test_a_weight_that_was_not_kept_cannot_be_filmed(replay, look, tmp_path):
    with pytest.raises(ExportError, match="holds no values of none"):
        write_film(replay, tmp_path / "a.gif", FilmPlan("none"), look)


class Page(html.parser.HTMLParser):
    """Collects what a page refers to, and whether its tags are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_starttag(self, tag, attrs):
        self.sources += [v for k, v in attrs if k in ("src", "href") and v]
        if tag not in ("meta", "img", "line", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_has_all(replay, look, tmp_path, monkeypatch):
    zeros = Zeros(100, 10)
    row = Row(
        "latency_keras",
        "Time <per> sample",
        "seconds",
        Figure(0.002, 0.001, 0.003),
        Figure(0.0015),
        "batch 1",
        "",
    )
    costs = CostReport(
        "dense", "pruned", zeros, zeros, (row,), None, ("2 cores.",), (), {}
    )
    path = tmp_path / "run.html"
    recording = replay.recording
    parent = BranchPoint(Path("elsewhere/first.run"), "", 1200)
    header = dataclasses.replace(recording.header, parent=parent)
    monkeypatch.setattr(recording, "_header", header)
    write_page(replay, path, look, PageExtras(costs, "9.9"))
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:") for source in page.sources)
    assert not re.findall(r"(?:src|href)=.http|url\(|@import|<script", text)
    assert text.count("<svg") == 3
    for word in (
        "Time &lt;per&gt; sample",
        "2.00 ms (1.00 to 3.00)",
        "seed",
        "9.9",
        "cores",
        "b/kernel",
        "3 × 3 × 2 × 5",
        "d" * 64,
        "finished at step 100",
        "step 1,200 of first.run",
        "@media print",
        "a/kernel at step 10<",
        "a/kernel at step 100<",
    ):
        assert word in text, word


def test_a_file_is_whole_or_as_it_was(replay, look, tmp_path):
    path = tmp_path / "film.gif"
    path.write_bytes(b"before")
    asked = iter([False] * 3 + [True] * 10)
    with pytest.raises(ExportCancelled):
        write_film(
            replay,
            path,
            FilmPlan(WEIGHT, 320, 180),
            look,
            Progress(cancelled=lambda: next(asked)),
        )
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]

    def full(_draft: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match="No space left"):
        write_whole(path, full)
    with pytest.raises(ExportError, match="cannot be written"):
        write_csv(replay, tmp_path / "none" / "a.csv")
    assert list(tmp_path.iterdir()) == [path]


def test_heatmaps_on_the_page_have_a_size_of_their_own(look, tmp_path):
    """Values in which one weight of a large block is not zero, at the end."""
    generator = np.random.default_rng(3)
    before = generator.normal(size=(1500, 900)).astype(np.float32)
    after = np.zeros_like(before)
    after[1234, 567] = -2.0
    weights = {"a/kernel": {0: before, 9: after}}

    class Past:
        last_step, has_baseline = 9, True

        def at(self, step):
            size = before.size
            return types.SimpleNamespace(weights=[WeightSparsity("a/kernel", size, 1)])

        def values(self, path, step):
            return types.SimpleNamespace(array=weights[path][step])

    text = "".join(heatmaps.heatmaps(Past(), look, Progress()))
    sources = re.findall(r'alt="a/kernel at step (\d)" src="[^,]*,([^"]*)"', text)
    assert [step for step, _ in sources] == ["0", "9"]
    limit = picture.robust_limit(before)
    for step, data in sources:
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            pixels = np.asarray(image.convert("RGB"))
        pure = picture_of(weights["a/kernel"][int(step)], 640, 640, limit)
        assert pure.block == (3, 2)
        assert pixels.shape == (500, 450, 3)
        assert np.array_equal(pixels, look.reduced[pure.codes])
    assert (pixels != ZERO).any(axis=2).sum() == 1
    assert (pixels[1234 // 3, 567 // 2] != ZERO).any()
    for word in ("up to 640 × 640 pixels", "1 pixel = 3 × 2 weights", "exact zero"):
        assert word in text, word
