"""Which layers run when a model is called, in order, and on tensors of what shape.

The model is called once on one sample, and every call of a layer is noted. That holds
for every way of building a model: nested, shared, several inputs, any extents.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pruneview.pruning.legacy.importing import import_legacy

Shape = tuple[int, ...]

# The classes of Keras are changed for a moment, which is the whole process's matter.
_LISTENING = threading.Lock()


@dataclass(frozen=True)
class Tensor:
    """A tensor of one sample; ``key`` tells tensors apart."""

    key: int
    shape: Shape
    itemsize: int

    @property
    def nbytes(self) -> int:
        """Bytes of its values."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.itemsize


@dataclass(frozen=True, eq=False)
class Call:
    """One layer, or operation, that ran.

    ``path`` is the name of an operation that is no layer, such as a sum of tensors.
    """

    path: str
    operation: Any
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass
class Calls:
    """A model's calls in order, and the tensors it takes and gives."""

    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    calls: list[Call] = field(default_factory=list)


def listen(
    model: Any, layers: Iterable[tuple[str, Any]], run: Callable[[], object]
) -> Calls:
    """Note what runs while `run` calls a model, of any Keras, on one sample, once.

    Parameters
    ----------
    layers
        Path and layer, of those that are to be noted as one; what runs inside of them
        is theirs.
    """
    listener = _Listener(model, {id(layer): path for path, layer in layers})
    with listener.listening():
        run()
    return listener.noted


def _classes(model: Any) -> tuple[Any, ...]:
    """Return the class of layers, and those of what else runs in a model."""
    if type(model).__module__.startswith("tf_keras"):
        return (import_legacy()[0].layers.Layer,)
    import keras

    return keras.Layer, keras.Operation


class _Listener:
    def __init__(self, model: Any, paths: dict[int, str]) -> None:
        self.noted = Calls()
        self._model = model
        self._paths = paths
        self._depth = 0
        # Tensors are kept alive, or a later one might get the id of an earlier one.
        self._alive: list[Any] = []

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        layer_class, *others = _classes(self._model)
        with _LISTENING:
            before = [(kind, kind.__call__) for kind in (layer_class, *others)]
            try:
                for kind, original in before:
                    kind.__call__ = self._wrapped(original, layer_class)
                yield
            finally:
                for kind, original in before:
                    kind.__call__ = original

    def _wrapped(self, original: Any, layer_class: Any) -> Any:
        def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
            if operation is self._model:
                return self._whole(original, args, kwargs)
            is_layer = isinstance(operation, layer_class)
            path = self._paths.get(id(operation)) if is_layer else operation.name
            if path is None or self._depth:
                return original(operation, *args, **kwargs)
            self._depth += 1
            try:
                outputs = original(operation, *args, **kwargs)
            finally:
                self._depth -= 1
            self.noted.calls.append(
                Call(
                    path,
                    operation,
                    self.tensors((args, kwargs)),
                    self.tensors(outputs),
                )
            )
            return outputs

        return call

    def _whole(self, original: Any, args: Any, kwargs: Any) -> Any:
        self.noted.inputs = self.tensors((args, kwargs))
        outputs = original(self._model, *args, **kwargs)
        self.noted.outputs = self.tensors(outputs)
        return outputs

    def tensors(self, nested: Any) -> tuple[Tensor, ...]:
        """Return the tensors in any structure, each once."""
        import tensorflow as tf

        found = {}
        for one in tf.nest.flatten(nested):
            if isinstance(one, tf.Tensor):
                self._alive.append(one)
                found[id(one)] = Tensor(id(one), tuple(one.shape), one.dtype.size)
        return tuple(found.values())
