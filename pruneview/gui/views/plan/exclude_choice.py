"""What does not take part: the first or last layer, or every layer of a kind."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from pruneview.gui.space_key import SpaceKey

_ENDS = {"first": "the first layer", "last": "the last layer"}


class ExcludeChoice(QWidget):
    """A box to tick for each thing that can be left out.

    Signals
    -------
    edited
        The person changed it.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[str, QCheckBox] = {}
        self._kinds: tuple[str, ...] = ()
        self._columns = 2
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.addWidget(QLabel("Leave out"), 0, 0, 1, 2)
        self._offer(())

    def set_kinds(self, kinds: Sequence[str]) -> None:
        """Offer the kinds of layers that the model has."""
        self._kinds = tuple(kinds)
        self._offer(self.chosen)

    def set_chosen(self, names: Sequence[str]) -> None:
        """Tick what a plan leaves out; what else it names is offered too."""
        if tuple(names) != self.chosen:
            self._offer(names)

    def set_columns(self, number: int) -> None:
        """Stand in so many columns."""
        self._columns = number
        for place, box in enumerate(self._boxes.values()):
            self._grid.addWidget(box, 1 + place // number, place % number)

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is ticked, as a plan names it."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def box(self, name: str) -> QCheckBox:
        """Return the box of ``first``, ``last``, a kind or a path."""
        return self._boxes[name]

    def _offer(self, chosen: Sequence[str]) -> None:
        names = tuple(dict.fromkeys((*_ENDS, *self._kinds, *chosen)))
        if names != tuple(self._boxes):
            for box in self._boxes.values():
                self._grid.removeWidget(box)
                box.deleteLater()
            self._boxes = {}
            for name in names:
                words = _ENDS.get(name, f"every {name}")
                box = self._boxes[name] = QCheckBox(words)
                box.setAccessibleName(f"Leave out {words}")
                box.installEventFilter(SpaceKey(box))
                box.clicked.connect(lambda _on: self.edited.emit())
            self.set_columns(self._columns)
        for name, box in self._boxes.items():
            box.setChecked(name in chosen)
