"""Views and runs as files; the window is afterwards as it was."""

import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from pruneview.gui.features.export import Export
from pruneview.gui.features.export.choice import Choice, What
from pruneview.gui.features.export.dialog import ExportDialog
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.theme import THEMES
from pruneview.runs.export import video
from tests.gui.conftest import log_of


def write(program, qtbot, choice, path):
    """Export, and wait until the file is there."""
    program.features.find(Export).write(choice, path)
    words = f"Wrote {path}"
    qtbot.waitUntil(lambda: words in log_of(program), timeout=30_000)


def test_every_view_in_every_theme_and_the_window_stays(filmed, qtbot, tmp_path):
    window = filmed.window
    panels = (window.heatmap, window.histogram, window.charts, window.layers)
    window.banner.hide()  # what it says takes room, and is another thing afterwards
    QApplication.processEvents()
    before = [panel.size() for panel in panels]
    view = window.heatmap.plot.getPlotItem().vb.viewRect()
    for what in (What.HEATMAP, What.HISTOGRAM, What.CURVES, What.LAYERS):
        for name, theme in THEMES.items():
            path = tmp_path / f"{what.name}_{name}.png"
            write(filmed, qtbot, Choice(what, "png", 900, 500, name), path)
            image = QImage(str(path))
            assert image.size() == QSize(900, 500)
            grounds = {theme.window, theme.surface}
            corner = {image.pixelColor(1, 1).name(), image.pixelColor(898, 498).name()}
            assert corner & grounds, (what, name, corner)
        path = tmp_path / f"{what.name}.svg"
        write(filmed, qtbot, Choice(what, "svg", 900, 500, "dark"), path)
        root = ET.parse(path).getroot()
        assert root.get("viewBox") == "0 0 900 500"
        assert root.findall(".//{http://www.w3.org/2000/svg}text")
    window.banner.hide()
    qtbot.waitUntil(lambda: [panel.size() for panel in panels] == before)
    after = window.heatmap.plot.getPlotItem().vb.viewRect()
    assert after.x() == pytest.approx(view.x(), abs=1)
    assert after.width() == pytest.approx(view.width(), rel=0.01)
    assert window.histogram.styleSheet() == ""
    assert filmed.features.find(Timeline).bar.isVisibleTo(window.charts)


def test_the_run_as_film_table_and_page(filmed, qtbot, tmp_path):
    for what in (What.FILM, What.LOG, What.PAGE):
        for ending in what.endings:
            if ending == "mp4" and not video.is_installed():
                continue
            path = tmp_path / f"run.{ending}"
            write(filmed, qtbot, Choice(what, ending, 320, 180, "dark", 1.0), path)
    with Image.open(tmp_path / "run.gif") as film:
        assert film.n_frames == 10  # both ends and eight masks
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert "dense/kernel at step 0" in page
    assert "dense/kernel at step 100" in page


def test_a_cancelled_export_leaves_nothing(filmed, qtbot, tmp_path):
    export = filmed.features.find(Export)
    folder = tmp_path / "out"
    folder.mkdir()
    choice = Choice(What.FILM, "webp", 1920, 1080, "dark", 10.0)
    export.write(choice, folder / "a.webp")
    export._progress.canceled.emit()
    qtbot.waitUntil(lambda: not filmed.pool._under_way, timeout=30_000)
    assert list(folder.iterdir()) == []
    assert "was cancelled" in log_of(filmed)


def test_where_it_cannot_be_written_it_says_so(filmed, qtbot, tmp_path):
    export = filmed.features.find(Export)
    export.write(Choice(What.HEATMAP, "png"), tmp_path / "none" / "a.png")
    qtbot.waitUntil(lambda: "cannot be written" in filmed.window.banner.text)
    assert "Traceback" not in log_of(filmed)


def test_a_view_on_paper_says_what_it_is_of(filmed, qtbot, tmp_path):
    for what, words in (
        (What.HISTOGRAM, ("dense/kernel", "1024 × 144", "step 100", "magnitude")),
        (What.LAYERS, ("digits_cnn.keras", "step 100", "conv_1")),
        (What.CURVES, ("digits_cnn.keras", "step")),
    ):
        path = tmp_path / f"{what.name}.svg"
        write(filmed, qtbot, Choice(what, "svg", 1280, 720, "light"), path)
        text = path.read_text(encoding="utf-8")
        for word in words:
            assert word in text, (what, word)
        assert "Log counts" not in text  # nothing can be pressed on paper
    assert filmed.window.histogram._log.isVisibleTo(filmed.window.histogram)


def test_a_larger_view_has_larger_letters(filmed, qtbot, tmp_path):
    heights = []
    for factor in (1, 2):
        path = tmp_path / f"{factor}.png"
        size = 1280 * factor, 720 * factor
        write(filmed, qtbot, Choice(What.HISTOGRAM, "png", *size, "light"), path)
        with Image.open(path) as image:
            assert image.size == size
            gray = np.asarray(image.convert("L"))
        inked = np.flatnonzero((gray < 100).any(axis=1))
        heights.append(inked[0])  # where the first line of words begins
    assert heights[1] == pytest.approx(2 * heights[0], abs=3)


def test_the_dialog_offers_what_makes_sense(opened, qtbot):
    chosen = []
    before = Choice(What.HEATMAP, "svg", 800, 600, "projector")
    dialog = ExportDialog(opened.window, before, chosen.append, has_run=False)
    assert dialog.choice == before
    assert dialog.what.findData(What.FILM) < 0
    dialog.reject()
    dialog = ExportDialog(opened.window, before, chosen.append, has_run=True)
    dialog.what.setCurrentIndex(dialog.what.findData(What.FILM))
    assert [dialog.ending.itemData(n) for n in range(3)] == ["gif", "webp", "mp4"]
    assert dialog.seconds.isEnabled()
    dialog.what.setCurrentIndex(dialog.what.findData(What.LOG))
    assert not dialog.width_.isEnabled()
    dialog.findChild(QDialogButtonBox).accepted.emit()
    assert chosen[0].what is What.LOG
    assert chosen[0].ending == "csv"


def test_without_its_package_mp4_says_what_to_install(
    filmed, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)
    before = Choice(What.FILM, "gif")
    dialog = ExportDialog(filmed.window, before, lambda _: None, has_run=True)
    accept = dialog.findChild(QDialogButtonBox).buttons()[-1]
    assert dialog.missing.isHidden()
    dialog.ending.setCurrentIndex(dialog.ending.findData("mp4"))
    assert 'pip install "pruneview[video]"' in dialog.missing.text()
    assert not dialog.missing.isHidden()
    offered = [
        button.isEnabled()
        for button in dialog.findChild(QDialogButtonBox).buttons()
        if "Export" in button.text()
    ]
    assert offered == [False]
    dialog.ending.setCurrentIndex(dialog.ending.findData("webp"))
    assert dialog.missing.isHidden()
    assert accept.isEnabled()
    dialog.reject()
    # Where it goes missing in between, or a choice is remembered.
    export = filmed.features.find(Export)
    export.write(Choice(What.FILM, "mp4", 320, 180), tmp_path / "a.mp4")
    qtbot.waitUntil(lambda: "pruneview[video]" in filmed.window.banner.text)
    assert "Traceback" not in log_of(filmed)
    assert not list(tmp_path.glob("*.mp4"))
