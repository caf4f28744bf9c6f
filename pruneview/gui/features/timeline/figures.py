"""The figures of a moment, in the layer table and above the charts."""

from collections.abc import Iterable

from pruneview.gui.features.timeline.cursor import ChartCursor
from pruneview.gui.views.layer_table import LayerTable
from pruneview.pruning.events import WeightSparsity
from pruneview.runs import Moment


class Figures:
    """Writes only what differs from what was written last."""

    def __init__(self, layers: LayerTable, cursor: ChartCursor) -> None:
        self._layers = layers
        self._cursor = cursor
        self._written: dict[str, tuple[int, int | None]] = {}

    def show(self, moment: Moment) -> None:
        """Show the figures of a moment."""
        self._write(moment.weights, moment.compressor)
        self._cursor.show_moment(moment)

    def forget(self) -> None:
        """Something else has been written since."""
        self._written = {}

    def show_now(self, weights: Iterable[WeightSparsity], compressor: str) -> None:
        """Show the figures of the run as it is."""
        self.forget()
        self._cursor.hide()
        self._write(weights, compressor)
        self.forget()

    def _write(self, weights: Iterable[WeightSparsity], compressor: str) -> None:
        measured = tuple(weights)
        for weight in measured:
            numbers = weight.zeros, weight.deflated_bytes
            if self._written.get(weight.path) != numbers:
                self._written[weight.path] = numbers
                self._layers.set_numbers(
                    weight.path, zeros=weight.zeros, deflated=weight.deflated_bytes
                )
        if compressor:
            self._layers.show_totals(compressor, len(measured))
