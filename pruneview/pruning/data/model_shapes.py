"""What goes into a model and comes out of it, and by which names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.data.spec import Shape

_SCALERS = ("Rescaling", "Normalization")
_DECLARED = "_structures_of_ends"


@dataclass(frozen=True)
class ModelShapes:
    """What goes into a model and comes out, without the axis of samples.

    ``scales`` tells that the model itself scales its inputs. Ends without a name go
    by their numbers.
    """

    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    scales: bool = False
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()

    @property
    def names_of_inputs(self) -> tuple[str, ...]:
        """One name for each input."""
        return self.input_names or tuple(map(str, range(len(self.inputs))))

    @property
    def names_of_outputs(self) -> tuple[str, ...]:
        """One name for each output."""
        return self.output_names or tuple(map(str, range(len(self.outputs))))

    @property
    def has_several(self) -> bool:
        """Whether there is more than one input, or more than one output."""
        return len(self.inputs) > 1 or len(self.outputs) > 1


def shapes_of(model: Any) -> ModelShapes:
    """Return the shapes of a built Keras model."""
    return ModelShapes(
        tuple(tuple(tensor.shape[1:]) for tensor in model.inputs),
        tuple(tuple(tensor.shape[1:]) for tensor in model.outputs),
        any(type(layer).__name__ in _SCALERS for layer in model.layers[:3]),
        distinct(_keys(model, "input") or [_layer_of(t) for t in model.inputs]),
        distinct(_keys(model, "output") or [_layer_of(t) for t in model.outputs]),
    )


def structure_of(model: Any, end: str) -> Any:
    """Return how a model wants its ``input``, or gives its ``output``.

    That is a tensor, or a list, tuple or dict of such: what is packed in that
    structure goes by the order of the model's ``inputs`` or ``outputs``.
    """
    declared = vars(model).get(_DECLARED)
    if declared is not None:
        return declared[end]
    try:
        return getattr(model, end)
    except (AttributeError, ValueError):  # a Sequential of Keras 3
        tensors = list(getattr(model, f"{end}s"))
        return tensors[0] if len(tensors) == 1 else tensors


def declare(model: Any, given: Any, made: Any, flatten: Callable[[Any], Any]) -> None:
    """Say what a model of a class of one's own takes and gives.

    Parameters
    ----------
    given, made
        Tensors, or structures of such.
    """
    model.inputs, model.outputs = flatten(given), flatten(made)
    vars(model)[_DECLARED] = {"input": given, "output": made}


def _keys(model: Any, end: str) -> list[str]:
    """Return the keys of a dict of tensors, in the order they are packed in."""
    structure = structure_of(model, end)
    if not isinstance(structure, Mapping) or len(structure) < 2:
        return []
    by_tensor = {id(tensor): str(key) for key, tensor in structure.items()}
    keys = [by_tensor.get(id(tensor), "") for tensor in getattr(model, f"{end}s")]
    return keys if all(keys) else []


def _layer_of(tensor: Any) -> str:
    history = getattr(tensor, "_keras_history", None)
    # tf_keras calls it layer.
    layer = getattr(history, "operation", None) or getattr(history, "layer", None)
    return str(getattr(layer, "name", ""))


def distinct(names: list[str]) -> tuple[str, ...]:
    """Return the names, with numbers after those that several ends share."""
    if not all(names):
        return ()
    return tuple(
        name if names.count(name) == 1 else f"{name}_{names[:place].count(name)}"
        for place, name in enumerate(names)
    )
