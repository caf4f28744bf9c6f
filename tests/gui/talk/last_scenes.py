"""The scenes of the talk after the run: comparison, presentation, export."""

import re
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QProgressDialog,
    QSpinBox,
)

from pruneview.gui.features.export.dialog import ExportDialog
from pruneview.gui.features.presentation.stage import Stage
from pruneview.gui.features.runs.panel import RunsPanel
from tests.gui.talk.speaker import Speaker, Story, Until

_COMPARISON_SECONDS = 400.0
_EXPORT_SECONDS = 120.0


def comparison(speaker: Speaker) -> Story:
    """Prune to 90 % at once, and little by little: the second wins by far."""
    window = speaker.window
    panel = window.findChild(RunsPanel)
    speaker.press("Ctrl+Shift+G")
    yield Until(window.action("stop").isEnabled, "the one shot begins", 60)
    yield Until(
        lambda: "made little by little" in panel.words.text(),
        "both runs have ended",
        _COMPARISON_SECONDS,
    )
    yield Until(window.action("run").isEnabled, "another run could begin")
    yield from speaker.picture("comparison")
    words = panel.words.text()
    found = re.search(
        r"At 90 % zeros accuracy is ([\d.]+) % .*, and ([\d.]+) % where", words
    )
    assert found, words
    at_once, gradual = float(found[1]), float(found[2])
    assert at_once < 50, words
    assert gradual > 94, words
    rows = [panel.table.item(row, 0).text() for row in range(panel.table.rowCount())]
    assert "one-shot to 90 %" in rows[-2], rows
    assert "polynomial to 90 %" in rows[-1], rows


def presentation(speaker: Speaker) -> Story:
    """Walk through the run with a clicker, black out, and end."""
    speaker.press("F5")
    yield speaker.appears(Stage)
    stage = speaker.find(Stage)
    assert stage is not None
    yield Until(lambda: stage.heatmap.picture is not None, "the heatmap is on show")
    yield from speaker.picture("presentation")
    screen = QApplication.primaryScreen().geometry()
    assert stage.geometry() == screen

    def step() -> int:
        labels = (label.text() for label in stage.findChildren(QLabel))
        found = (re.match(r"step ([\d,]+)", words, re.IGNORECASE) for words in labels)
        return next(int(match[1].replace(",", "")) for match in found if match)

    at_end, zeros = step(), stage.sparsity.number
    for _ in range(2):
        before = step()
        speaker.press("PgUp")
        yield Until(lambda before=before: step() < before, "a mask update before")
    yield Until(lambda: stage.sparsity.number != "–", "its numbers")
    back = step()
    yield from speaker.picture("presentation_before")
    speaker.press("PgDown")
    yield Until(lambda: back < step() < at_end, "the next mask update")
    speaker.press("B")
    black = QColor("black")
    yield Until(lambda: _is_all(speaker.screen(), black), "the screen is black")
    yield from speaker.picture("presentation_black")
    speaker.press("B")
    yield Until(lambda: not _is_all(speaker.screen(), black), "it is not any more")
    speaker.press("End")
    yield Until(lambda: stage.sparsity.number == zeros, "the end of the run")
    speaker.press("Esc")
    yield from speaker.return_to_window(Stage)


def _is_all(shown: QImage, colour: QColor) -> bool:
    """Whether a picture has one colour, looked at in every eighth pixel."""
    across, down = range(0, shown.width(), 8), range(0, shown.height(), 8)
    return all(shown.pixelColor(x, y) == colour for y in down for x in across)


def exports(speaker: Speaker, folder: Path, *, whole: bool) -> Story:
    """Export a picture, the animation and the report; what is written must be so."""
    folder.mkdir(parents=True, exist_ok=True)
    picture, film, page = (folder / f"talk.{kind}" for kind in ("png", "gif", "html"))
    yield from _export(speaker, "Heatmap", picture)
    shown = QImage(str(picture))
    assert (shown.width(), shown.height()) == (1280, 720)
    colours = {shown.pixel(x, y) for x in range(1280) for y in range(100, 620, 20)}
    assert len(colours) > 50, "the heatmap has few colours"

    size = (1280, 720) if whole else (480, 270)
    yield from _export(speaker, "Animation of the run", film, size)
    with Image.open(film) as opened:
        assert opened.size == size
        frames = opened.n_frames
        first = opened.convert("RGB")
        opened.seek(frames - 1)
        last = opened.convert("RGB")
    assert frames > 5, frames
    assert first.tobytes() != last.tobytes()

    yield from _export(speaker, "Report of the run, a page", page)
    text = page.read_text(encoding="utf-8")
    assert "digits_cnn" in text
    final = "90.0" if whole else "%"
    assert final in text
    assert text.count("<img") + text.count("<svg") >= 2
    assert not re.search(r'(src|href)="(https?:)?//', text), "it needs the network"


def _export(
    speaker: Speaker, what: str, path: Path, size: tuple[int, int] | None = None
) -> Story:
    speaker.press("Ctrl+E")
    yield speaker.appears(ExportDialog)
    dialog = speaker.find(ExportDialog)
    assert dialog is not None
    if dialog.what.currentText() != what:
        # The list has the keyboard at first.
        speaker.write(what.partition(" ")[0])
        yield Until(lambda: dialog.what.currentText() == what, f"{what} is chosen")
    if size is not None:
        for field, pixels in zip((dialog.width_, dialog.height_), size, strict=True):
            yield from _enter(speaker, field, pixels)
    assert dialog.ending.currentData() == path.suffix.removeprefix(".")
    yield from speaker.picture(f"export_{path.suffix.removeprefix('.')}")
    buttons = dialog.findChild(QDialogButtonBox).buttons()
    speaker.click(next(b for b in buttons if b.text() == "Export…"))
    yield speaker.appears(QFileDialog)
    speaker.press("Ctrl+A")
    speaker.write(str(path))
    yield from speaker.picture(f"export_{path.suffix.removeprefix('.')}_where")
    speaker.press("Return")
    log = speaker.window.log
    yield Until(
        lambda: f"Wrote {path}." in log.toPlainText(), "it is written", _EXPORT_SECONDS
    )
    yield from speaker.return_to_window(QProgressDialog)
    yield from speaker.picture(f"exported_{path.suffix.removeprefix('.')}")


def _enter(speaker: Speaker, field: QSpinBox, number: int) -> Story:
    speaker.click(field.lineEdit())
    speaker.press("Ctrl+A")
    speaker.write(str(number))
    yield Until(lambda: field.value() == number, f"{number} is entered")
