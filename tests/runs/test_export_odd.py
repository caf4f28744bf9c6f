"""Runs that were killed, took one step, or never pruned: what can be told is told."""

import csv
import dataclasses
import math

import numpy as np
import pytest
from PIL import Image

from pruneview.pruning.events import (
    MaskUpdated,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.runs import Recorder, Recording, Replay
from pruneview.runs.export import curves
from pruneview.runs.export.film import write_film
from pruneview.runs.export.page import PageExtras, write_page
from pruneview.runs.export.painter import FilmPlan, Painter
from pruneview.runs.export.table import write_csv
from pruneview.runs.export.writing import ExportError
from tests.runs.test_export import Page
from tests.runs.writing import HEADER, PLAN, SCORE, SHAPES, ImaginedRun

WEIGHT = "a/kernel"


def begin(run, steps):
    run.recorder.begin(lambda: HEADER)
    sizes = [WeightSparsity(path, math.prod(shape), 0) for path, shape in SHAPES]
    run.recorder.event(
        RunStarted(PLAN.to_json(), steps, 50, SCORE, 10, 9, "quick", tuple(sizes))
    )


def keep(run, step):
    run.recorder.checkpoint(lambda: run.checkpoint(step))


def one_step(run):
    begin(run, 1)
    run.update(1)
    keep(run, 1)
    run.end(1)


def no_masks(run):
    begin(run, 100)
    for step in range(10, 101, 10):
        run.recorder.event(StepDone(step, 0.0, 0.0, 0.5, 50.0))
    run.end(100)


def killed_at_once(run):
    run.recorder.begin(lambda: HEADER)


def killed_before_a_step(run):
    begin(run, 100)


def killed(run):
    begin(run, 100)
    for step in (10, 20, 30):
        run.update(step)


def no_number_any_more(run):
    begin(run, 100)
    run.update(10)
    lost = dataclasses.replace(SCORE, metric="mse", value=float("nan"))
    run.recorder.event(MaskUpdated(20, 0.5, 0.5, lost, 5, 9, "quick", ()))
    keep(run, 20)


RUNS = {
    "one_step": (one_step, 1, 3),
    "no_masks": (no_masks, 0, 1),
    "killed_at_once": (killed_at_once, 0, 0),
    "killed_before_a_step": (killed_before_a_step, 0, 0),
    "killed": (killed, 3, 3),
    "no_number_any_more": (no_number_any_more, 2, 3),
}


def recorded(path, kind):
    with Recorder.create(path) as recorder:
        RUNS[kind][0](ImaginedRun(recorder))
    if kind.startswith("killed"):
        path.write_bytes(path.read_bytes()[:-7])
    return Recording(path)


@pytest.mark.parametrize("kind", RUNS)
def test_lines_of_large_films_are_drawn(kind, look, tmp_path):
    """Pillow joins lines only from some width on."""
    with recorded(tmp_path / "a.run", kind) as recording:
        plan = FilmPlan(WEIGHT, 1280, 1080, 1.0)
        assert Painter(Replay(recording), plan, look, 1.0)._ground.size == (1280, 1080)


@pytest.mark.parametrize("kind", RUNS)
def test_all_kinds_of_files_are_written(kind, look, tmp_path):
    generator = np.random.default_rng(1)
    values = {path: generator.normal(size=shape) for path, shape in SHAPES}
    _, masks, charts = RUNS[kind]
    with recorded(tmp_path / "a.run", kind) as recording:
        replay = Replay(recording, values.__getitem__)
        write_csv(replay, tmp_path / "a.csv")
        write_page(replay, tmp_path / "a.html", look, PageExtras(None, "9"))
        write_film(replay, tmp_path / "a.gif", FilmPlan(WEIGHT, 320, 180, 1.0), look)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(row["event"] == "mask" for row in rows) == masks
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert Page(text).open == []
    assert text.count("<svg") == charts
    assert ("No masks were computed" in text) is (masks == 0)
    assert not [word for word in ('"nan', " nan", ",nan") if word in text]
    assert "Weights before and after" in text
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames >= 1


def test_a_curve_of_one_point_is_seen(look, tmp_path):
    with recorded(tmp_path / "a.run", "one_step") as recording:
        replay = Replay(recording)
        write_page(replay, tmp_path / "a.html", look, PageExtras(None, "9"))
        write_film(replay, tmp_path / "a.webp", FilmPlan(WEIGHT, 640, 360), look)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("<circle") == 4  # three curves and a target
    ink = tuple(int(look.sparsity[at : at + 2], 16) for at in (1, 3, 5))
    with Image.open(tmp_path / "a.webp") as film:
        drawn = np.asarray(film.convert("RGB"))[210:]
    assert (drawn == ink).all(axis=2).any()


def test_where_nothing_was_kept_it_says_what_to_open(look, tmp_path):
    with recorded(tmp_path / "a.run", "killed") as recording:
        replay = Replay(recording)
        for weight, words in (
            (WEIGHT, r"Open the model that it was made of, model\.keras"),
            ("other", "select one that the run prunes, a/kernel"),
            ("", "Select the weight"),
        ):
            with pytest.raises(ExportError, match=words):
                write_film(replay, tmp_path / "a.gif", FilmPlan(weight), look)
        write_page(replay, tmp_path / "a.html", look, PageExtras(None, "9"))
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Weights before and after" not in text
    assert "ends at step 30 of 100" in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "a.run"]


def test_sizes_have_the_unit_that_they_want(tmp_path):
    with recorded(tmp_path / "a.run", "killed") as recording:
        replay = Replay(recording)
        for factor, unit in ((1, "kB"), (10**6, "MB"), (10**9, "GB")):
            started = dataclasses.replace(replay.started, deflated_bytes=9 * factor)
            replay.started = started
            curve = curves.size_curve(replay)
            assert curve.unit == unit
            assert curve.high == pytest.approx(curve.baseline * 1.08)
