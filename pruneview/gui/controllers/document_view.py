"""What `DocumentController` needs of a window."""

from collections.abc import Callable
from typing import Protocol

from pruneview.formats import Layer, ModelFile, Weight
from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.pictures.canvas import Arrangement, Canvas
from pruneview.sparsity.pictures.picture import Picture


class DocumentView(Protocol):
    """Shows the model, its layers, and the selected weight."""

    def show_model(self, model: ModelFile) -> None: ...
    def show_layers(self, layers: tuple[Layer, ...]) -> None: ...
    def show_numbers(
        self,
        path: str,
        *,
        statistics: WeightStatistics | None,
        deflated: int | None,
    ) -> None: ...
    def show_totals(self, compressor: str) -> None: ...
    def show_weight(
        self, weight: Weight, canvas: Canvas, arrangement: Arrangement
    ) -> None: ...
    def show_no_weight(self, message: str) -> None: ...
    def show_picture(
        self,
        picture: Picture,
        value_at: Callable[[tuple[int, ...]], float],
        histogram: MagnitudeHistogram | None,
        wave_births: tuple[float, ...],
    ) -> None: ...
    def show_histogram(self, histogram: MagnitudeHistogram) -> None: ...
    def show_stage(self, words: str, fraction: float | None) -> None: ...
    def show_error(self, sentence: str, details: str) -> None: ...
    def show_opening(self, name: str | None) -> None: ...
