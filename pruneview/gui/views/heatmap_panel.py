"""The heatmap with all that belongs to it: name, key, readout, arrangement."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pruneview.formats import FormatError, Weight
from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.colour_bar import ColourBar
from pruneview.gui.views.display_box import DisplayButton
from pruneview.gui.views.elided_label import ElidedLabel
from pruneview.gui.views.flow import FlowLayout
from pruneview.gui.views.heatmap import HeatmapPlot
from pruneview.gui.views.steady_label import SteadyLabel
from pruneview.gui.views.swatch import Swatch
from pruneview.gui.views.weight_heading import WeightHeading
from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.pictures.canvas import Arrangement, Canvas
from pruneview.sparsity.pictures.picture import EXACT, Picture
from pruneview.sparsity.pictures.tone import Quantity

_EMPTY = (
    "Open a Keras model (.keras, .h5, .hdf5) with Ctrl+O or drop one here.\n\n"
    "Ctrl+D shows the bundled demo: a digit classifier ready to be pruned."
)
_ABOUT_PIXELS = (
    "A pixel that stands for several weights has the colour of the largest of them, "
    "darkened by their share of exact zeros"
)
#: Below this width, keys to the colours and what is said of a weight have a line each.
_LETTERS_FOR_ONE_FOOT_LINE = 90


class HeatmapPanel(QWidget):
    """Shows one weight.

    Signals
    -------
    view_changed
        As of `HeatmapPlot`.
    arrangement_chosen
        An `Arrangement`.
    """

    view_changed = Signal(object, int, int)
    arrangement_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.plot = HeatmapPlot(theme)
        self._bar = ColourBar(theme)
        self._title = WeightHeading()
        self._title.setProperty("rank", "title")
        self._title.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self._arrangement = QComboBox()
        self._arrangement.addItem("By channel", Arrangement.SLICES)
        self._arrangement.addItem("By filter", Arrangement.FILTERS)
        self._arrangement.addItem("One matrix", Arrangement.MATRIX)
        self._arrangement.setAccessibleName("Arrangement of the kernel")
        self._arrangement.setToolTip(
            "A kernel as a mosaic of its 2-D slices, a row for each input channel or "
            "for each filter, or unrolled into one matrix"
        )
        self.display = DisplayButton()
        self._fit = QToolButton()
        self._fit.setText("Fit")
        self._fit.setToolTip("Bring the whole weight into view (0 in the heatmap)")
        self._caption = QLabel()
        self._caption.setWordWrap(True)
        self._caption.setProperty("rank", "muted")
        self._caption.setAccessibleName("What the heatmap shows")
        self._caption.hide()
        self._zero = Swatch("exact zero")
        self._fresh = Swatch("just zeroed")
        self._not_finite = Swatch("NaN or infinite")
        self._pixel = ElidedLabel()
        self._pixel.setProperty("rank", "muted")
        self._marked = QLabel()
        self._marked.setWordWrap(True)
        self._marked.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self._marked.setAccessibleName("Statistics of what is marked")
        self._marked.hide()
        self._readout = SteadyLabel()
        self._readout.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._canvas: Canvas | None = None
        self._value_at: Callable[[tuple[int, ...]], float] | None = None
        self._hovered: tuple[int, int] | None = None
        self._differs = False
        self._noun = ""
        self._lay_out()
        self.plot.view_changed.connect(self.view_changed)
        self.plot.cell_hovered.connect(self._hover)
        self._fit.clicked.connect(self.plot.fit)
        self._arrangement.activated.connect(
            # Qt gives back a plain str.
            lambda: self.arrangement_chosen.emit(
                Arrangement(self._arrangement.currentData())
            )
        )
        self.set_theme(theme)
        self.clear()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._arrangement)
        head.addWidget(self.display)
        head.addWidget(self._fit)
        middle = QHBoxLayout()
        middle.addWidget(self.plot, 1)
        middle.addWidget(self._bar)
        words = QHBoxLayout()
        words.setSpacing(14)
        words.addWidget(self._pixel, 1)
        words.addWidget(self._readout)
        keys = QWidget()
        flow = FlowLayout(keys, spacing=14)
        for part in (self._zero, self._fresh, self._not_finite):
            flow.addWidget(part)
        foot = self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        foot.setSpacing(14)
        foot.addWidget(keys)
        foot.addLayout(words, 1)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self._caption)
        column.addLayout(middle, 1)
        column.addWidget(self._marked)
        column.addLayout(foot)
        self._empty = QLabel(_EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("rank", "muted")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        narrow = letters < _LETTERS_FOR_ONE_FOOT_LINE
        directions = QBoxLayout.Direction
        self._foot.setDirection(
            directions.TopToBottom if narrow else directions.LeftToRight
        )
        self._foot.setSpacing(2 if narrow else 14)

    def set_theme(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self._bar.set_theme(theme)
        self._zero.set_colour(theme.zero, theme.border)
        self._fresh.set_colour(theme.fresh, theme.border)
        self._not_finite.set_colour(theme.not_finite, theme.border)

    def clear(self, message: str = _EMPTY) -> None:
        """Show no weight, and say why or what to do."""
        self._canvas = self._value_at = None
        self.plot.set_canvas(None)
        self._bar.set_scale(None)
        self._empty.setText(message)
        self._pages.setCurrentIndex(0)

    def set_weight(self, weight: Weight, canvas: Canvas) -> None:
        """Prepare for a weight; its picture comes with `show_picture`."""
        self._pages.setCurrentIndex(1)
        shape, dtype = units.shape(weight.shape), str(weight.dtype)
        self._title.show_weight(weight.path, shape, dtype)
        rank = len(weight.shape)
        self._arrangement.setVisible(2 < rank <= 5)
        # Of three axes there is no filter that would hold slices of its own.
        choices = self._arrangement.model()
        assert isinstance(choices, QStandardItemModel)
        row = self._arrangement.findData(Arrangement.FILTERS)
        choices.item(row).setEnabled(rank > 3)
        self._canvas, self._value_at = canvas, None
        self._zero.set_text("exact zero: counting…")
        self._not_finite.hide()
        self._bar.set_scale(None)
        self.plot.set_canvas(canvas)
        self._hover(None)

    def set_arrangement(self, arrangement: Arrangement) -> None:
        self._arrangement.setCurrentIndex(self._arrangement.findData(arrangement))

    def show_picture(
        self,
        picture: Picture,
        value_at: Callable[[tuple[int, ...]], float],
        histogram: MagnitudeHistogram | None,
        wave_births: tuple[float, ...] = (),
    ) -> None:
        """Show a picture of the weight; `value_at` reads the value under the cursor."""
        self._value_at = value_at
        self.plot.show_picture(picture, wave_births)
        self._bar.set_scale(picture.limit, picture.tone)
        quantity = picture.tone.quantity
        self._differs = quantity is Quantity.DIFFERENCE
        self._noun = "gradient " if quantity is Quantity.GRADIENT else ""
        self._fresh.setVisible(not (self._differs or self._noun))
        if histogram is not None:
            self.show_zeros(histogram)
        down, across = picture.block
        words = "" if picture.block == EXACT else f"1 pixel = {down} × {across} weights"
        if picture.coarse:
            words = "coarse, from a sample: the exact picture follows"
        self._pixel.setText(words)
        self._pixel.setToolTip(f"{words}\n{_ABOUT_PIXELS}" if words else _ABOUT_PIXELS)
        self._hover(self._hovered)

    def show_zeros(self, histogram: MagnitudeHistogram) -> None:
        """Say how many exact zeros the weight has."""
        zeros, size = histogram.zeros, histogram.size
        share = zeros / size if size else 0.0
        words = f"exact zero: {units.count(zeros)} ({units.percent(share)})"
        if self._noun:
            words = f"darkened: {words}"
        self._zero.set_text("unchanged" if self._differs else words)
        self._not_finite.setVisible(histogram.not_finite > 0)
        self._not_finite.set_text(
            f"NaN or infinite: {units.count(histogram.not_finite)}"
        )

    def set_caption(self, words: str) -> None:
        """Say below the heading what is shown, where colours alone do not; "": no."""
        if words != self._caption.text():
            self._caption.setText(words)
            self._caption.setVisible(bool(words))

    @property
    def caption(self) -> str:
        """What is said below the heading."""
        return self._caption.text()

    def set_note(self, note: str) -> None:
        """Say in a word where the ends of the colour scale come from."""
        self._bar.set_note(note)

    def show_marked(self, words: str) -> None:
        """Show words about what is marked; "": nothing is."""
        self._marked.setText(words)
        self._marked.setVisible(bool(words))

    @property
    def cell(self) -> tuple[int, int] | None:
        """The cell under the cursor, or else in the middle of the view."""
        view = self.plot.visible_region()
        if self._hovered is not None or view is None:
            return self._hovered
        return (view.top + view.bottom) // 2, (view.left + view.right) // 2

    def index_at(self, cell: tuple[int, int]) -> tuple[int, ...] | None:
        """Return the indices in the file of a cell's weight; None for a gap."""
        index = self._canvas.index_at(*cell) if self._canvas is not None else None
        picture = self.plot.picture
        return index if index is None or picture is None else picture.order.index(index)

    @property
    def readout(self) -> str:
        """The words about the weight under the cursor."""
        return self._readout.text()

    def _hover(self, cell: tuple[int, int] | None) -> None:
        self._hovered = cell
        text = ""
        if cell is not None and self._value_at is not None:
            index = self.index_at(cell)
            if index is not None:
                where = ", ".join(str(i) for i in index)
                try:
                    value = units.value(self._value_at(index))
                    text = f"{self._noun}[{where}] = {value}"
                except FormatError as error:  # the file has gone or changed
                    text = str(error)
        self._readout.setText(text)
