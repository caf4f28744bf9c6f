"""What can become of a threshold that was moved: a row of buttons."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from pruneview.gui.views.flow import FlowLayout

_BESIDE_WORDS = 14  # pixels


class ThresholdChoices(QWidget):
    """Buttons that go on in the next line where there is no room.

    Signals
    -------
    apply_wanted, copy_wanted, target_wanted, left
        Zeros, a pruned copy, the plan's target, nothing.
    """

    apply_wanted = Signal()
    copy_wanted = Signal()
    target_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = FlowLayout(self, spacing=4)
        for words, tip, chosen in (
            (
                "Appl&y",
                "Make them zero now, in memory; undo takes it back",
                self.apply_wanted,
            ),
            (
                "&Copy…",
                "Write a copy of the file without these weights",
                self.copy_wanted,
            ),
            (
                "As &target",
                "Make this the plan's final sparsity",
                self.target_wanted,
            ),
            ("&Leave", "Go back to the plan's threshold (Esc)", self.left),
        ):
            button = _BriefButton(words)
            button.setToolTip(tip)
            button.clicked.connect(lambda _on=False, chosen=chosen: chosen.emit())
            row.addWidget(button)


class _BriefButton(QPushButton):
    """No wider than its words need, where styles make short ones as wide as long."""

    def sizeHint(self) -> QSize:
        words = self.text().replace("&", "")
        width = self.fontMetrics().horizontalAdvance(words) + _BESIDE_WORDS
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
