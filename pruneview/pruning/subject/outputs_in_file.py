"""The outputs of a model in a file, as far as its configuration tells."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pruneview.formats import Layer, ModelFile
from pruneview.pruning.data.model_shapes import distinct
from pruneview.pruning.subject.objectives import OutputEnd


class _Made(NamedTuple):
    """An output: its key in a dict of such, the layer that makes it, and which."""

    key: str
    layer: str
    place: int


def outputs_in(model: ModelFile) -> tuple[OutputEnd, ...]:
    """Return at least one output, in the order that a built model has them."""
    shapes: Sequence[Sequence[int | None] | None] = model.output_shapes or ()
    made = _outputs_of((model.config or {}).get("config"))
    if len(made) < 2:
        last = next((x for x in reversed(model.layers) if not x.is_model), None)
        width = shapes[0][-1] if shapes and shapes[0] else None
        return (OutputEnd("", last.activation if last else None, width),)
    if len(shapes) != len(made):
        shapes = [None] * len(made)  # nested models do not tell them
    layers = {layer.path: layer for layer in model.layers}
    names = distinct([each.key or each.layer for each in made])
    found = []
    for name, each, shape in zip(names, made, shapes, strict=True):
        maker = _maker(each, layers)
        activation = maker.activation if maker else None
        found.append(OutputEnd(name, activation, shape[-1] if shape else None))
    return tuple(found)


def _maker(made: _Made, layers: Mapping[str, Layer]) -> Layer | None:
    """Return the layer, however deep in nested models, that makes an output."""
    layer = layers.get(made.layer)
    while layer is not None and layer.is_model:
        within = _outputs_of(layer.config)
        if made.place >= len(within):
            inside = [x for p, x in layers.items() if p.startswith(f"{layer.path}/")]
            return next((x for x in reversed(inside) if not x.is_model), None)
        made = within[made.place]
        layer = layers.get(f"{layer.path}/{made.layer}")
    return layer


def _outputs_of(settings: object) -> list[_Made]:
    entry = settings.get("output_layers") if isinstance(settings, Mapping) else None
    if isinstance(entry, Mapping):
        pairs = [(str(key), entry[key]) for key in sorted(entry)]
    elif isinstance(entry, list):
        # Of one output, Keras 3 writes no list of lists.
        alone = bool(entry) and isinstance(entry[0], str)
        pairs = [("", entry)] if alone else [("", each) for each in entry]
    else:
        return []
    return [
        _Made(key, each[0], each[2] if len(each) > 2 and _is_place(each[2]) else 0)
        for key, each in pairs
        if isinstance(each, list) and each and isinstance(each[0], str)
    ]


def _is_place(value: object) -> bool:
    return isinstance(value, int) and value >= 0
