"""A part of a panel that can be folded away under its heading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget


class Section(QWidget):
    """A heading that folds and unfolds what is below it.

    Parameters
    ----------
    title
        The heading, also the heading's accessible name.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._summary = ""
        self._heading = QToolButton()
        self._heading.setObjectName("section")
        self._heading.setCheckable(True)
        self._heading.setChecked(True)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setArrowType(Qt.ArrowType.DownArrow)
        self._heading.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed
        )
        self._heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._heading.setAccessibleName(title)
        self._heading.setToolTip("Fold or unfold")
        self._heading.toggled.connect(self._fold)
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(2, 2, 2, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._heading)
        column.addWidget(self._inside)
        self._write()

    @property
    def is_open(self) -> bool:
        return self._heading.isChecked()

    def set_open(self, *, on: bool) -> None:
        """Fold or unfold."""
        self._heading.setChecked(on)

    def set_summary(self, words: str) -> None:
        """Say in few words what is inside, for the heading while it is folded."""
        self._summary = words
        self._write()

    def _fold(self, on: bool) -> None:
        self._inside.setVisible(on)
        arrow = Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow
        self._heading.setArrowType(arrow)
        self._write()

    def _write(self) -> None:
        folded = not self.is_open and bool(self._summary)
        self._heading.setText(
            f"{self._title}: {self._summary}" if folded else self._title
        )
