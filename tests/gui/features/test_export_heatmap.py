"""An exported heatmap is drawn for its own pixels: of weights, not of the screen."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pruneview.formats import FormatError
from pruneview.gui import colours
from pruneview.gui.features.export import Export, heatmap
from pruneview.gui.features.export.choice import Choice, What
from pruneview.gui.features.export.drawing import draw_moment, draw_selected
from pruneview.gui.features.export.sheet import HeatmapSheet
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.theme import THEMES
from pruneview.runs import RecordingError
from pruneview.runs.export.writing import ExportCancelled, ExportError, Progress
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.sparsity.pictures.order import SortBy, order_of
from pruneview.sparsity.pictures.picture import (
    EXACT,
    Region,
    render,
)
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.reader_pool import Answer
from tests.gui.conftest import log_of

PATH = "dense/kernel"


class Watched(HeatmapSheet):
    """Tells where its cells are in the file."""

    last: "Watched"

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        Watched.last = self

    def show_drawn(self, drawn) -> None:
        self.drawn, self.room = drawn, self.wanted
        super().show_drawn(drawn)
        self.title, self.marked = self._title.text(), self._marked.text()
        self.down, self.pressable = self.plot._rows.labelText, self._fit.isVisible()
        region = drawn.picture.region
        self.corner = self.pixel_at(region.left, region.top)
        self.far = self.pixel_at(region.right, region.bottom)


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr(heatmap, "HeatmapSheet", Watched)


def exported(program, qtbot, choice, path):
    """Export, and return the pixels, shape (height, width, 3)."""
    program.features.find(Export).write(choice, path)
    words = f"Wrote {path}"
    qtbot.waitUntil(lambda: words in log_of(program), timeout=20_000)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def codes_colours(picture, theme):
    table = colours.lookup_table(
        THEMES[theme], reduced=picture.block != EXACT, scale=picture.tone.scale
    )
    return table[picture.codes][:, :, :3]


def expected_at(rows, columns, sheet, picture, theme):
    """Return the colours of the pure picture at pixels of the file."""
    (left, top), (right, bottom) = sheet.corner, sheet.far
    region, (high, wide) = picture.region, picture.block
    cells = codes_colours(picture, theme)
    down = (rows + 0.5 - top) / (bottom - top) * region.height
    across = (columns + 0.5 - left) / (right - left) * region.width
    row, column = np.floor(down / high).astype(int), np.floor(across / wide).astype(int)
    return cells[row][:, column]


def test_its_pixels_are_those_of_the_pure_picture_of_its_size(
    untrained, qtbot, tmp_path, watched
):
    for number, (size, theme, zoomed) in enumerate(
        (
            ((1280, 720), "dark", False),
            ((700, 500), "projector", False),
            ((2560, 1440), "light", False),
            ((900, 500), "dark", True),
        )
    ):
        choice = Choice(What.HEATMAP, "png", *size, theme)
        path = tmp_path / f"{number}.png"
        check_pixels(untrained, qtbot, choice, path, zoomed=zoomed)


def check_pixels(untrained, qtbot, choice, path, *, zoomed):
    document, plot = untrained.document, untrained.window.heatmap.plot
    weight = document.weight
    assert weight.path == PATH
    if zoomed:
        plot.zoom(5)
    shown = plot.visible_region()
    pixels = exported(untrained, qtbot, choice, path)
    size = choice.width, choice.height
    assert pixels.shape == (size[1], size[0], 3)
    sheet = Watched.last
    picture = sheet.drawn.picture
    # What is in view in the window is in view here, and no more than fills the place.
    region, block = sheet.room  # with a pixel more on each side
    assert region.top <= shown.top
    assert region.bottom >= shown.bottom
    assert picture.block == block
    values = np.array(weight.read())
    canvas = canvas_for(values.shape)
    pure = render(
        values,
        canvas,
        region,
        block=block,
        limit=document.shown.limit_of(document.display),
    )
    assert np.array_equal(picture.codes, pure.codes)
    assert picture.region == pure.region
    # No block is larger than it must be, so that every pixel is used.
    (left, top), (right, bottom) = sheet.corner, sheet.far
    high, wide = (
        (bottom - top) / picture.region.height,
        (right - left) / picture.region.width,
    )
    for length, cells in zip(block, (high, wide), strict=True):
        assert length * cells >= 1
        assert length == 1 or (length - 1) * cells < 1
    assert (left, top) == pytest.approx((round(left), round(top)), abs=1e-6)
    # All between the axes and what stands at the right and below.
    rows = np.arange(max(round(top), 90) + 3, min(round(bottom), size[1] - 90) - 3)
    columns = np.arange(max(round(left), 120) + 3, min(round(right), size[0] - 240) - 3)
    assert len(rows) * len(columns) > 0.25 * size[0] * size[1]
    found = pixels[rows][:, columns]
    wanted = expected_at(rows, columns, sheet, pure, choice.theme)
    assert np.array_equal(found, wanted)
    # Moved by one, next to nothing fits: this is no picture of another place.
    assert (found[1:] == wanted[:-1]).all(axis=2).mean() < 0.8


def test_twice_as_large_it_shows_finer_detail_than_the_screen(
    untrained, qtbot, tmp_path, watched
):
    on_screen = untrained.window.heatmap.plot.picture
    assert on_screen.block != EXACT
    path = tmp_path / "a.png"
    drawn = []
    for size in ((1280, 720), (2560, 1440)):
        exported(untrained, qtbot, Choice(What.HEATMAP, "png", *size), path)
        path.unlink()
        untrained.window.log.clear()
        drawn.append(Watched.last.drawn.picture)
    small, large = drawn
    assert large.codes.size > 1.5 * small.codes.size
    assert large.codes.size > 1.5 * on_screen.codes.size
    assert large.block == EXACT
    assert untrained.window.heatmap.plot.picture.block != EXACT


@pytest.mark.parametrize("block", [(1, 1), (7, 3), (64, 64)])
def test_strips_give_what_the_whole_gives_and_a_lone_weight_stays(block, monkeypatch):
    from pruneview.gui.controllers.selected import WholeWeight
    from pruneview.gui.features.export import drawing
    from pruneview.sparsity.counting.histogram import magnitude_histogram

    monkeypatch.setattr(drawing, "band_rows", lambda _canvas, down: down)
    for ground, alone in ((0.0, 1.0), (1.0, 0.0)):
        values = np.full((300, 200), ground, np.float32)
        values[171, 93] = alone
        canvas = canvas_for(values.shape)
        contents = WholeWeight(values, canvas, magnitude_histogram(values))
        region = Region(5, 290, 10, 190)
        shares = []
        drawn = draw_selected(
            contents,
            canvas,
            ViewRequest("a", region=region, block=block),
            None,
            Progress(shares.append),
        )
        limit = drawn.picture.limit
        pure = render(values, canvas, region, block=block, limit=limit)
        assert np.array_equal(drawn.picture.codes, pure.codes)
        assert drawn.picture.region == pure.region
        different = drawn.picture.codes != np.bincount(pure.codes.ravel()).argmax()
        at = (171 - pure.region.top) // block[0], (93 - pure.region.left) // block[1]
        assert different[at]
        assert shares == sorted(shares)
        assert len(shares) > 1


def test_a_drawing_has_its_cells_and_words(untrained, qtbot, tmp_path, watched):
    path = tmp_path / "a.svg"
    export = untrained.features.find(Export)
    export.write(Choice(What.HEATMAP, "svg", 900, 500, "dark"), path)
    qtbot.waitUntil(lambda: f"Wrote {path}" in log_of(untrained), timeout=20_000)
    text = path.read_text(encoding="utf-8")
    picture = Watched.last.drawn.picture
    largest = max(
        re.findall(
            r'style="image-rendering:pixelated" xlink:href="[^,]*,([^"]*)"', text
        ),
        key=len,
    )
    with Image.open(io.BytesIO(base64.b64decode(largest))) as image:
        cells = np.asarray(image)
    wanted = codes_colours(picture, "dark")
    down, across = cells.shape[0] // len(wanted), cells.shape[1] // len(wanted[0])
    assert min(down, across) >= 2  # programs that smooth pictures leave them sharp
    assert np.array_equal(cells, wanted.repeat(down, axis=0).repeat(across, axis=1))
    for word in (PATH, "unit", "input", "exact zero"):
        assert word in text, word


def test_a_moment_of_a_run_is_drawn_anew_and_says_its_step(
    filmed, qtbot, tmp_path, watched
):
    timeline = filmed.features.find(Timeline)
    timeline.go_to(40)
    qtbot.waitUntil(lambda: filmed.document.frame.step == 40)
    frame = filmed.document.frame
    choice = Choice(What.HEATMAP, "png", 2560, 1440)
    exported(filmed, qtbot, choice, tmp_path / "a.png")
    sheet = Watched.last
    assert "step 40" in sheet.title
    picture = sheet.drawn.picture
    assert picture.block == EXACT
    assert picture.limit == filmed.window.heatmap.plot.picture.limit
    assert np.array_equal(picture.codes == 0, frame.values == 0)

    # The difference to the baseline has a scale of its own, and so here.
    display = replace(filmed.document.display, quantity=Quantity.DIFFERENCE)
    filmed.document.choose_display(display)
    plot = filmed.window.heatmap.plot
    qtbot.waitUntil(lambda: plot.picture.tone.quantity is Quantity.DIFFERENCE)
    exported(filmed, qtbot, choice, tmp_path / "b.png")
    picture = Watched.last.drawn.picture
    before = filmed.document.file.weight(PATH).read()
    changed = filmed.document.frame.values - before
    assert np.array_equal(picture.codes == 0, changed == 0)

    # Lines that are sorted stay where they were as the run went on.
    filmed.document.choose_display(replace(display, rows=SortBy.NORM))
    qtbot.waitUntil(lambda: plot.picture.order.rows is not None)
    timeline.go_to(80)
    qtbot.waitUntil(lambda: filmed.document.frame.step == 80)
    exported(filmed, qtbot, choice, tmp_path / "c.png")
    order = Watched.last.drawn.picture.order
    assert np.array_equal(order.rows.indices, plot.picture.order.rows.indices)
    anew = order_of(filmed.document.frame.values, SortBy.NORM, SortBy.NONE)
    assert not np.array_equal(order.rows.indices, anew.rows.indices)


def test_what_the_window_shows_is_in_it(untrained, qtbot, tmp_path, watched):
    window = untrained.window
    window.heatmap.plot.select(Region(2, 90, 3, 50))
    qtbot.waitUntil(lambda: window.heatmap._marked.text() != "")
    unsorted = window.heatmap._marked.text()
    untrained.document.choose_display(
        replace(
            untrained.document.display, quantity=Quantity.MAGNITUDE, rows=SortBy.NORM
        )
    )
    plot = window.heatmap.plot
    qtbot.waitUntil(lambda: plot.picture.tone.quantity is Quantity.MAGNITUDE)
    qtbot.waitUntil(lambda: window.heatmap._marked.text() != unsorted)
    exported(untrained, qtbot, Choice(What.HEATMAP, "png"), tmp_path / "a.png")
    sheet = Watched.last
    picture = sheet.drawn.picture
    assert picture.tone == plot.picture.tone
    assert np.array_equal(picture.order.rows.indices, plot.picture.order.rows.indices)
    assert "largest norm first" in sheet.down
    assert sheet.marked == window.heatmap._marked.text()
    assert not sheet.pressable

    # A threshold that is tried covers in it what it covers in the window.
    what_if = untrained.features.find(WhatIf)
    what_if.move_to(0.05)
    exported(untrained, qtbot, Choice(What.HEATMAP, "png"), tmp_path / "b.png")
    drawn = Watched.last.drawn
    values = np.abs(picture.order.place(untrained.document.weight.read()))
    high, wide = drawn.picture.block
    some = np.add.reduceat(values < 0.05, np.arange(0, len(values), high), axis=0)
    some = np.add.reduceat(some, np.arange(0, values.shape[1], wide), axis=1)
    assert np.array_equal(drawn.shares > 0, some > 0)
    what_if.leave()


def test_what_happens_meanwhile_does_not_matter(untrained, qtbot, tmp_path, watched):
    export = untrained.features.find(Export)
    path = tmp_path / "a.png"
    export.write(Choice(What.HEATMAP, "png"), path)
    other = next(
        weight
        for layer in untrained.document.model.layers
        for weight in layer.weights
        if weight.path != PATH and weight.size > 1000
    )
    untrained.document.select(other)
    qtbot.waitUntil(lambda: f"Wrote {path}" in log_of(untrained), timeout=20_000)
    assert PATH in Watched.last.title
    assert Watched.last.drawn.picture.codes.shape[1] == 144
    assert export._heatmap._sheet is None


def test_another_export_waits_for_the_first(untrained, qtbot, tmp_path):
    export = untrained.features.find(Export)
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    export.write(Choice(What.HEATMAP, "png"), first)
    for what in (What.LAYERS, What.HEATMAP):
        export.write(Choice(what, "png"), second)
        assert "Another export" in untrained.window.banner.text
    qtbot.waitUntil(first.is_file, timeout=20_000)
    qtbot.waitUntil(lambda: not export.is_writing, timeout=20_000)
    assert not second.exists()
    export.write(Choice(What.LAYERS, "png"), second)
    qtbot.waitUntil(second.is_file, timeout=20_000)


def test_a_difference_to_what_cannot_be_read_is_refused(filmed):
    frame, display = filmed.document.frame, filmed.document.display
    display = replace(display, quantity=Quantity.DIFFERENCE)
    request = ViewRequest(PATH, display=display)
    with pytest.raises(ExportError, match="difference cannot be drawn"):
        draw_moment(frame, request, lambda: None)


def test_a_file_that_cannot_be_read_is_told_of_in_a_sentence(untrained, monkeypatch):
    told = []
    export = untrained.features.find(Export)
    monkeypatch.setattr(
        untrained.presenter, "show_error", lambda *words: told.append(words)
    )
    for kind in (FormatError, RecordingError, ExportError, KeyError):
        answer = Answer("export", 0, None, kind("it is cut off"), "Traceback")
        assert export.answer(answer)
    assert [details for _, details in told] == ["", "", "", "Traceback"]


def test_cancelled_it_leaves_nothing(untrained, qtbot, tmp_path):
    export = untrained.features.find(Export)
    for ending in ("png", "svg"):
        export.write(Choice(What.HEATMAP, ending), tmp_path / f"a.{ending}")
        export._progress.canceled.emit()
        assert export._heatmap._sheet is None
    qtbot.waitUntil(lambda: not untrained.pool._under_way, timeout=20_000)
    assert list(tmp_path.glob("*a.*")) == []

    # In the middle of drawing, and of writing.
    values = np.ones((64, 64), np.float32)
    canvas = canvas_for(values.shape)
    contents = untrained.document.shown
    with pytest.raises(ExportCancelled):
        draw_selected(
            contents, canvas, ViewRequest(PATH), None, Progress(cancelled=lambda: True)
        )
    from PySide6.QtGui import QImage

    from pruneview.gui.features.export.rendered import write_png

    asked = iter([False, True, True, True])
    image = QImage(2000, 2000, QImage.Format.Format_RGB32)
    image.fill(7)
    with pytest.raises(ExportCancelled):
        write_png(image, tmp_path / "b.png", Progress(cancelled=lambda: next(asked)))
    assert list(tmp_path.glob("*b.*")) == []


def test_without_a_picture_it_says_so(untrained, tmp_path):
    untrained.window.heatmap.plot.set_canvas(None)
    export = untrained.features.find(Export)
    export.write(Choice(What.HEATMAP, "png"), tmp_path / "a.png")
    assert "no heatmap on show" in untrained.window.banner.text
