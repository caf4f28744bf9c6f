"""A model that is open, its data, and what has become of it: what runs work on."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import (
    DataSet,
    DataSpec,
    Samples,
    Several,
    adapt_inputs,
    check_fit,
    check_source,
    load,
)
from pruneview.pruning.data.identity import DataKey, identity
from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import (
    EngineReady,
    Event,
    LogLine,
    Preparing,
    Saved,
)
from pruneview.pruning.in_memory import prune_baseline
from pruneview.pruning.keras3.saving import save_model
from pruneview.pruning.onednn import is_on, untried_in, untried_sentence
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.subject.opened import (
    OpenedModel,
    suggest_for,
)
from pruneview.pruning.subject.opening import open_with_engine
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.control import RunControl
from pruneview.pruning.training.engine import WeightInfo
from pruneview.sparsity.pictures.gradient import Gradient

if TYPE_CHECKING:
    from pruneview.pruning.structured.shrinking.shrinker import Shrinker

_ONE_SHOT = (
    "Runs begin from the weights as they are on show, pruned in one shot. Their zeros "
    "may grow again in training until the plan's own masks hold them."
)


class OpenSession:
    """Opens a model, reads data for it, and saves what has become of it.

    Parameters
    ----------
    emit
        Told what happens, on the calling thread.
    control
        How other threads pause and stop a run.
    on_step
        Called with the step's number at each step boundary of a run.

    Attributes
    ----------
    step
        The last step that was trained of the weights as they are; 0: none.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        control: RunControl,
        on_step: Callable[[int], None] | None = None,
    ) -> None:
        self._emit = emit
        self._control = control
        self._tell_step = on_step or (lambda _step: None)
        self.step = 0
        self.trust = Trust()
        self._ready = False
        self._versions: dict[str, str] = {}
        self._loaded: tuple[DataKey, DataSet] | None = None
        self._opened: OpenedModel | None = None
        self._one_shot: dict[str, float] = {}
        # What a shrink has made of the model, or is making of it.
        self._shrinker: Shrinker | None = None
        self._fitted: tuple[DataSet, DataSet] | None = None

    @property
    def path(self) -> Path | None:
        """The file of the model that is open."""
        return self._opened.path if self._opened else None

    @property
    def weights(self) -> tuple[WeightInfo, ...]:
        """The weights of the model as it is now."""
        return self._current().engine.weights if self._opened else ()

    def warm_up(self, path: Path | None = None) -> None:
        """Import TensorFlow and Keras; says so the first time.

        `path` names the model that will be opened, by which kernels are chosen.
        """
        if self._ready:
            return
        self._emit(Preparing("Importing TensorFlow"))
        started = time.perf_counter()
        self._versions = import_backend(path)
        self._ready = True
        self._emit(EngineReady(time.perf_counter() - started, self._versions))

    def open(self, path: Path | str, trust: Trust | None = None) -> None:
        """Build the model of a file and keep its weights as the baseline.

        Parameters
        ----------
        trust
            What of the file's code, and of the person's own, may be run; None: none.

        Raises
        ------
        ModelError, pruneview.formats.FormatError
            With a sentence; no model is open then.
        """
        self.warm_up(Path(path))
        if is_on() and (kinds := untried_in(Path(path))):
            self._emit(LogLine(untried_sentence(Path(path), kinds), "warning"))
        self.trust = trust or Trust()
        self._one_shot = {}
        self._build(Path(path), "auto")

    def start_from(self, one_shot: Mapping[str, float]) -> None:
        """Let runs begin with weights that were pruned in memory.

        Parameters
        ----------
        one_shot
            By weight, the threshold below which magnitudes are zero at the start;
            none of the rest. It holds until another model is opened.
        """
        before, self._one_shot = self._one_shot, dict(one_shot)
        if any(one_shot.get(path, 0.0) < at for path, at in before.items()):
            # What was taken back is in the file only.
            self._build(self._model().path, self._model().engine_name)
        elif one_shot != before:
            self._restore()
            prune_baseline(self._model().engine, self._one_shot)
        if one_shot and one_shot != before:
            self._emit(LogLine(_ONE_SHOT))

    def load_data(self, spec: DataSpec | str) -> DataSet:
        """Read data, or return what was read before; see `pruneview.pruning.data.load`.

        Raises
        ------
        DataError, Cancelled
        """
        if isinstance(spec, str):
            spec = DataSpec.parse(spec)
        if self._opened is not None:
            check_source(spec, self._opened.shapes)
        if spec.needs_model:
            shape = next(iter(self._model().shapes.inputs), ())
            spec = dataclasses.replace(spec, shape=shape)
        if spec.needs_tensorflow:
            self.warm_up()
        key = identity(spec)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None
            data = load(spec, self._emit, lambda: self._control.stop_requested)
            self._loaded = (key, data)
        return self._loaded[1]

    def suggest(self, data: DataSet | None = None) -> AnyObjective:
        """Return the loss and metric that the model, and the data, call for."""
        return suggest_for(self._model(), data)

    def values(self, weight_path: str) -> NDArray[Any]:
        """Return a weight's current values; KeyError where there is none."""
        return self._current().engine.values(weight_path)

    def baseline(self, weight_path: str) -> NDArray[Any]:
        """Return a weight's values before any run; KeyError where there is none."""
        paths = [weight.path for weight in self.weights]
        if weight_path not in paths:
            raise KeyError(weight_path)
        return self._current().engine.baseline()[paths.index(weight_path)]

    def threshold_of(self, weight_path: str) -> float:
        """Return the smallest magnitude kept by a weight's mask, or 0.0."""
        return self._current().engine.threshold(weight_path)

    def gradient(
        self, weight_path: str, step: int, *, wanted: bool, rests: bool
    ) -> Gradient | str:
        """Return the gradient of the loss by a weight; see `GradientsOnShow.of`."""
        source = self._current().engine.gradients_on_show
        if isinstance(source, str):
            return source
        return source.of(weight_path, step, wanted=wanted, rests=rests)

    def predict(self, x: Samples) -> Samples:
        """Return the model's outputs for `x`, whose arrays are in the model's order."""
        import tensorflow as tf

        opened = self._current()
        model, given = opened.engine.model, x
        if isinstance(x, Several):
            given = tf.nest.pack_sequence_as(structure_of(model, "input"), x.arrays)
        made = tf.nest.flatten(model.predict(given, verbose=0))
        arrays = tuple(np.asarray(array) for array in made)
        names = opened.shapes.names_of_outputs
        return arrays[0] if len(arrays) == 1 else Several(names, arrays)

    def save(self, path: Path | str, overwrite: bool = False) -> None:
        """Write the model as it is now; see `pruneview.pruning.keras3.saving`.

        Raises
        ------
        SaveError
        """
        opened = self._current()
        path = Path(path)
        self._emit(Preparing(f"Saving {path.name}"))
        size = save_model(opened.engine.model, path, opened.path, overwrite=overwrite)
        self._emit(Saved(str(path), size))

    def _build(self, path: Path, engine: str) -> None:
        self._emit(Preparing(f"Building {path.name}"))
        # A failure must not leave the model before it to be pruned in its place.
        self._opened, self._shrinker, self.step = None, None, 0
        self._opened = open_with_engine(path, engine, self.trust)
        prune_baseline(self._opened.engine, self._one_shot)
        self._fitted = None
        for note in self._opened.notes:
            self._emit(LogLine(note, "warning"))

    def _restore(self) -> None:
        """Put the baseline back; the small model of a shrink is given up."""
        self._shrinker, self.step = None, 0
        self._model().engine.restore()

    def _on_step(self, step: int) -> None:
        self.step = step
        self._tell_step(step)

    def _fit(self, data: DataSet) -> DataSet:
        """Adapt data to the model once: the engine keeps what it was given."""
        if self._fitted is None or self._fitted[0] is not data:
            shapes = self._model().shapes
            fitted = adapt_inputs(data, shapes, lambda text: self._emit(LogLine(text)))
            check_fit(fitted, shapes)
            self._fitted = (data, fitted)
        return self._fitted[1]

    def _current(self) -> OpenedModel:
        """Return the model as it is: the small one, where units were removed."""
        opened = self._model()
        return opened if self._shrinker is None else self._shrinker.small.opened

    def _model(self) -> OpenedModel:
        if self._opened is None:
            raise ModelError("No model is open. Open one first.")
        return self._opened
