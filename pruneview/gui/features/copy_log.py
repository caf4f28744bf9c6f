"""Copies the log."""

from PySide6.QtGui import QGuiApplication

from pruneview.gui import units
from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature


class CopyLog(Feature):
    """An action that copies every line; a part of them is marked and copied there."""

    actions = (
        ActionSpec(
            "copy_log",
            "Copy the lo&g",
            "Copy every line of the log, for a report or a bug report",
            ("Ctrl+Alt+L",),
            "&Edit",
        ),
    )

    def copy_log(self) -> None:
        text = self.program.window.log.toPlainText()
        QGuiApplication.clipboard().setText(text)
        lines = len(text.splitlines())
        self.program.presenter.show_note(
            f"Copied the log: {units.count(lines)} line{'s' * (lines != 1)}."
        )
