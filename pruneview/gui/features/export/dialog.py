"""Asks what is to be exported, how large, and in which theme."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from pruneview.gui.features.export.choice import KINDS, Choice, What
from pruneview.gui.theme import THEMES
from pruneview.runs.export import video


class ExportDialog(QDialog):
    """Calls `choose` with a `Choice` when it is accepted.

    Parameters
    ----------
    has_run
        Whether there is a run on show.
    before
        What was chosen last.
    """

    def __init__(
        self,
        parent: QWidget,
        before: Choice,
        choose: Callable[[Choice], None],
        *,
        has_run: bool,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choose = choose
        self.what = QComboBox()
        for what in What:
            if has_run or not what.needs_run:
                self.what.addItem(what.value, what)
        self.what.setAccessibleName("What is exported")
        self.ending = QComboBox()
        self.ending.setAccessibleName("Kind of file")
        self.width_ = _pixels("Width in pixels", before.width)
        self.height_ = _pixels("Height in pixels", before.height)
        self.theme = QComboBox()
        self.theme.setAccessibleName("Theme")
        for name, theme in THEMES.items():
            self.theme.addItem(theme.title, name)
        self.theme.setCurrentIndex(self.theme.findData(before.theme))
        self.seconds = QDoubleSpinBox()
        self.seconds.setRange(0.5, 600.0)
        self.seconds.setValue(before.seconds)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName("Seconds of the animation")
        self.missing = QLabel()
        self.missing.setWordWrap(True)
        self.missing.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.missing.setAccessibleName("What is missing for this kind of file")
        self._lay_out(has_run=has_run)
        self.what.currentIndexChanged.connect(self._fit)
        self.what.setCurrentIndex(max(0, self.what.findData(before.what)))
        self._fit()
        self.ending.setCurrentIndex(max(0, self.ending.findData(before.ending)))
        self.ending.currentIndexChanged.connect(self._look_for_video)
        self._look_for_video()

    def _lay_out(self, *, has_run: bool) -> None:
        size = QHBoxLayout()
        size.addWidget(self.width_)
        size.addWidget(QLabel("×"))
        size.addWidget(self.height_)
        size.addStretch(1)
        form = QFormLayout(self)
        form.addRow("Export", self.what)
        form.addRow("As", self.ending)
        form.addRow("Size", size)
        form.addRow("Theme", self.theme)
        form.addRow("Length", self.seconds)
        if not has_run:
            note = QLabel("Animations, tables and reports need a recorded run on show.")
            note.setProperty("rank", "muted")
            note.setWordWrap(True)
            form.addRow(note)
        form.addRow(self.missing)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accept = buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        accept.setDefault(True)
        self._accept = accept
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return Choice(
            self.what.currentData(),
            self.ending.currentData(),
            self.width_.value(),
            self.height_.value(),
            self.theme.currentData(),
            self.seconds.value(),
        )

    def accept(self) -> None:
        choice = self.choice
        super().accept()
        self._choose(choice)

    def _fit(self) -> None:
        """Offer what makes sense for what is exported."""
        what: What = self.what.currentData()
        self.ending.clear()
        for ending in what.endings:
            self.ending.addItem(KINDS[ending], ending)
        for field in (self.width_, self.height_):
            field.setEnabled(what.has_size)
        self.theme.setEnabled(what is not What.LOG)
        self.seconds.setEnabled(what is What.FILM)

    def _look_for_video(self) -> None:
        """Say what is to be installed, where the kind of file needs it."""
        missing = self.ending.currentData() == "mp4" and not video.is_installed()
        self.missing.setText(video.MISSING if missing else "")
        self.missing.setVisible(missing)
        self._accept.setEnabled(not missing)


def _pixels(name: str, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(160, 7680)
    field.setValue(value)
    field.setAccessibleName(name)
    return field
