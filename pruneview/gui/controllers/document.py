"""Opens models, selects weights, and decides which picture is shown. No Qt here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pruneview.formats import ModelFile, Weight, open_model
from pruneview.gui.controllers.counting import Counting
from pruneview.gui.controllers.document_view import DocumentView
from pruneview.gui.controllers.framing import frame as framed
from pruneview.gui.controllers.opening import first_to_show, is_known, sentence_about
from pruneview.gui.controllers.selected import SelectedWeight, WholeWeight, get
from pruneview.pruning.in_memory import changed, pruned_model
from pruneview.sparsity.pictures.canvas import Arrangement, Canvas, canvas_for
from pruneview.sparsity.pictures.display import PLAIN, Display
from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.sparsity.pictures.picture import Picture, Region
from pruneview.workers.reader_pool import Answer, ReaderPool


class DocumentController:
    """Holds the open model and the selected weight.

    Parameters
    ----------
    pool
        Where files are read.
    view
        The window.
    live
        Asks the training thread for pictures of a weight; returns whether it has
        that weight. None of a request: no more pictures are wanted.

    Attributes
    ----------
    model, file
        The model on show, and the same with the weights as the file has them.
    canvas
        How the selected weight is laid out.
    is_live
        Whether a run's weights are on show, and not the file's.
    """

    def __init__(
        self,
        pool: ReaderPool,
        view: DocumentView,
        live: Callable[[ViewRequest | None], bool],
    ) -> None:
        self._pool = pool
        self._view = view
        self._live = live
        self.model: ModelFile | None = None
        self.file: ModelFile | None = None
        self.weight: Weight | None = None
        self.on_opened: Callable[[ModelFile], None] = lambda _model: None
        self.on_selected: Callable[[Weight, SelectedWeight], None] = lambda *_: None
        self.on_pruned: Callable[[ModelFile], None] = lambda _model: None
        self.on_opening: Callable[[], None] = lambda: None
        self.opening = False
        self.on_exact: Callable[[], None] = lambda: None
        self.counting = Counting(pool, view)
        self._arrangement = Arrangement.SLICES
        self.canvas: Canvas | None = None
        self._contents: SelectedWeight | None = None
        self._request: ViewRequest | None = None
        self.frame: LiveFrame | None = None
        self.display = PLAIN
        self._generation = 0
        self.is_live = False

    # What a person does

    def open(self, path: Path) -> None:
        """Open a file; what is shown stays until that has succeeded."""
        self.opening = True
        self.on_opening()
        self._view.show_opening(path.name)
        self._pool.submit("open", lambda _request: open_model(path))

    def cancel(self) -> None:
        """Give up what takes long: an opening, or the statistics of all weights."""
        self._pool.cancel("open")
        self._pool.cancel("statistics")
        self._opening_ended()
        self._view.show_opening(None)

    def select(self, weight: Weight) -> None:
        """Show a weight of the open model, pruned if that is what is on show."""
        if self.weight is not None and weight.path == self.weight.path:
            return
        if self.model is not None and self.model is not self.file:
            weight = self.model.weight(weight.path)
        self.weight = weight
        self._show_weight(weight)

    def prune(self, thresholds: Mapping[str, float]) -> None:
        """Show zeros below thresholds, by path; the other weights as in the file."""
        before, file = self.model, self.file
        assert before is not None
        assert file is not None
        self.model = pruned_model(file, thresholds) if thresholds else file
        if self.weight is not None:
            self.weight = self.model.weight(self.weight.path)
            self._load(self.weight)
        self.counting.measure_again(changed(before, self.model))
        self.on_pruned(self.model)

    def choose_arrangement(self, arrangement: Arrangement) -> None:
        """Lay out kernels of more than two axes in another way."""
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            if self.weight is not None:
                self._show_weight(self.weight)

    def choose_display(self, display: Display) -> None:
        """Show something else of the weight, on another scale or in another order."""
        if display == self.display:
            return
        self.display = display
        if self._request is not None:
            self._request = self._with_display(self._request)
            self._draw()

    def view_changed(
        self, region: Region, pixels_down: int, pixels_across: int
    ) -> None:
        """Draw what is in view now, unless the picture shown covers it."""
        if self.canvas is None or self.weight is None:
            return
        pixels = pixels_down, pixels_across
        region, block = framed(self.weight, self.canvas, region, pixels)
        asked = self._request
        if asked is not None and (asked.region, asked.block) == (region, block):
            return
        self._request = self._with_display(
            ViewRequest(self.weight.path, self._arrangement, region, block)
        )
        self._draw()

    @property
    def shown(self) -> SelectedWeight | None:
        """What the picture on show was made from: a run's values, or the file's."""
        if self.is_live and self.frame is not None and self.canvas is not None:
            return WholeWeight(self.frame.shown, self.canvas, self.frame.histogram)
        return self._contents

    # What comes back

    def handle(self, answer: Answer) -> None:
        """Take an answer of the reader pool."""
        if answer.error is not None:
            self._fail(answer)
        elif answer.channel == "open":
            self._opened(answer.value)
        elif answer.channel == "weight":
            self._have_contents(answer.value)
        elif answer.channel == "picture" and self._contents is not None:
            self._show_picture(answer.value)
        elif answer.channel == "statistics":
            self.counting.handle(answer)

    def show_frame(self, frame: LiveFrame) -> bool:
        """Show a picture of the training thread, if it is of the selected weight."""
        asked = self._request
        if not self.is_live or asked is None or not asked.is_of_same(frame.request):
            return False
        self.frame, values = frame, frame.shown
        self._view.show_picture(
            frame.picture,
            lambda index: float(values[index]),
            frame.histogram,
            frame.wave_births,
        )
        return True

    def follow_run(self, *, on: bool) -> None:
        """Show the weights of the model that trains, or again those of the file."""
        if on == self.is_live:
            return
        self._set_live(on=on)
        if not on:
            self._live(None)
        if self.weight is not None and not (on and self._contents is not None):
            self._show_weight(self.weight)
        elif on and self._request is not None:
            self._live(self._request)

    def stop(self) -> None:
        """Want no more pictures; the reader pool is about to close."""
        self.canvas = None

    def close(self) -> None:
        """Close the file; nothing reads it any more."""
        if self.file is not None:
            self.file.close()

    # Inside

    def _opening_ended(self) -> None:
        self.opening = False
        self._view.show_opening(None)
        self.on_opening()

    def _set_live(self, *, on: bool) -> None:
        self.is_live = self.counting.quiet = on
        self.frame = None

    def _opened(self, model: ModelFile) -> None:
        self._set_live(on=False)
        self._live(None)
        for channel in ("weight", "picture", "statistics"):
            self._pool.cancel(channel)
        self.close()
        self.model = self.file = model
        self.weight = self._contents = None
        self.canvas = self._request = None
        self._opening_ended()
        self._view.show_model(model)
        self._view.show_layers(model.layers)
        weights = [weight for layer in model.layers for weight in layer.weights]
        chosen = first_to_show(weights)
        if chosen is None:
            self._view.show_no_weight(
                f"{model.path.name} holds no weights: there is nothing to see or prune."
            )
        else:
            self.select(chosen)
        self.counting.prepare(weights)
        if chosen is None:
            self.counting.begin()
        self.on_opened(model)

    def _show_weight(self, weight: Weight) -> None:
        self.canvas = canvas_for(weight.shape, self._arrangement)
        self._request = self.frame = None
        self._view.show_weight(weight, self.canvas, self._arrangement)
        self._load(weight)

    def _load(self, weight: Weight) -> None:
        """Get the values of a weight; what is on show stays until they are there."""
        canvas, self._contents = self.canvas, None
        self._pool.cancel("weight")
        self._pool.cancel("picture")
        if canvas is not None and not self.is_live:
            self._pool.submit("weight", lambda request: get(weight, canvas, request))

    def _have_contents(self, contents: SelectedWeight) -> None:
        is_first, self._contents = self._contents is None, contents
        if self.weight is not None:
            self.on_selected(self.weight, contents)
        if contents.histogram is not None:
            self._view.show_histogram(contents.histogram)
        if is_first and self._request is not None:
            self._request = self._with_display(self._request)
            self._draw()

    def _with_display(self, request: ViewRequest) -> ViewRequest:
        """Add what is to be shown of the weight; the scale is the file's in a run."""
        self._generation += 1
        display, limit = self.display, self.display.limit
        if limit is None and self._contents is not None and not display.follows:
            limit = self._contents.limit_of(display)
        return replace(
            request, limit=limit, generation=self._generation, display=display
        )

    def _draw(self) -> None:
        request, contents, canvas = self._request, self._contents, self.canvas
        assert request is not None
        if self.is_live and self._live(request):
            return
        if contents is None or canvas is None:
            return
        self._pool.submit(
            "picture",
            lambda job: contents.draw(request, job.report, lambda: job.cancelled),
        )

    def _show_picture(self, picture: Picture | None) -> None:
        contents = self._contents
        if contents is not None and picture is not None:
            self._view.show_picture(picture, contents.value_at, contents.histogram, ())
            self.counting.begin()
            if not picture.coarse:
                self.on_exact()

    def _fail(self, answer: Answer) -> None:
        assert answer.error is not None
        sentence = sentence_about(answer.error)
        if answer.channel == "open":
            self._opening_ended()
        elif answer.channel in {"weight", "picture"}:
            self._view.show_no_weight(sentence)
            self.counting.begin()
        details = "" if is_known(answer.error) else answer.details
        self._view.show_error(sentence, details)
