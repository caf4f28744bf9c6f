"""The wall: a button for each layer, as large as it has parameters."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from pruneview.formats import Layer, ModelFile, Weight
from pruneview.gui.features.wall.brick import Brick
from pruneview.gui.features.wall.layout import squarify
from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures.thumbnail import Thumbnail, ThumbnailWish

_SETTLING_MS = 150
_EMPTY = "Open a model to see all of its layers at once."


class WallPanel(QWidget):
    """Lays out bricks, and says when other pictures are wanted.

    Signals
    -------
    chosen
        A `Weight` was clicked.
    rearranged
        The bricks have other sizes, or are seen for the first time.
    """

    chosen = Signal(object)
    rearranged = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.bricks: list[Brick] = []
        self.setMinimumSize(220, 120)
        self.setAccessibleName("All layers, each as large as it has parameters")
        self._empty = QLabel(_EMPTY, self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLING_MS)
        self._settling.timeout.connect(self.rearranged)

    def set_layers(self, layers: Sequence[tuple[Layer, Weight]]) -> None:
        """Show the layers of a model, each by one weight."""
        for brick in self.bricks:
            brick.deleteLater()
        self.bricks = []
        for layer, weight in layers:
            brick = Brick(layer, weight, self._theme, self)
            brick.clicked.connect(lambda _on=False, w=weight: self.chosen.emit(w))
            brick.show()
            self.bricks.append(brick)
        self._empty.setVisible(not self.bricks)
        self._arrange()

    def set_weights(self, model: ModelFile) -> None:
        """Take the same weights, some of which have other values now."""
        for brick in self.bricks:
            brick.weight = model.weight(brick.weight.path)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for brick in self.bricks:
            brick.set_theme(theme)

    def select(self, path: str) -> None:
        """Mark the layer whose weight is on show; "": none."""
        layer = path.rpartition("/")[0]
        for brick in self.bricks:
            brick.setChecked(brick.layer.path == layer)

    def show_thumbnail(self, thumbnail: Thumbnail) -> None:
        for brick in self.bricks:
            if brick.weight.path == thumbnail.weight_path:
                brick.show_thumbnail(thumbnail)

    def show_nothing(self, path: str) -> None:
        """Show that nothing is known of a weight."""
        for brick in self.bricks:
            if brick.weight.path == path:
                brick.show_nothing()

    @property
    def wishes(self) -> tuple[ThumbnailWish, ...]:
        """What pictures there is room for."""
        return tuple(brick.wish for brick in self.bricks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settling.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
        }
        step = moves.get(Qt.Key(event.key()))
        places = [n for n, brick in enumerate(self.bricks) if brick.hasFocus()]
        if step is None or not places:
            super().keyPressEvent(event)
            return
        self.bricks[(places[0] + step) % len(self.bricks)].setFocus()

    def _arrange(self) -> None:
        sizes = [brick.layer.parameter_count for brick in self.bricks]
        places = squarify(sizes, self.width(), self.height())
        for brick, place in zip(self.bricks, places, strict=True):
            left, top = math.floor(place.left), math.floor(place.top)
            right = math.floor(place.left + place.width)
            bottom = math.floor(place.top + place.height)
            # One pixel between neighbours tells them apart.
            brick.setGeometry(
                left, top, max(1, right - left - 1), max(1, bottom - top - 1)
            )
        if self.isVisible():
            self._settling.start()
