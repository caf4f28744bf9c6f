"""The outputs of a model in a file, as far as its configuration tells."""

from collections.abc import Mapping

from pruneview.formats import ModelFile
from pruneview.pruning.subject.objectives import OutputEnd


def outputs_in(model: ModelFile) -> tuple[OutputEnd, ...]:
    """Return at least one output, in the order that a built model has them."""
    shapes = model.output_shapes or ()
    named = _named((model.config or {}).get("config"))
    if len(named) < 2 or len(shapes) != len(named):
        last = next((x for x in reversed(model.layers) if not x.is_model), None)
        width = shapes[0][-1] if shapes and shapes[0] else None
        return (OutputEnd("", last.activation if last else None, width),)
    layers = {layer.path: layer for layer in model.layers}
    found = []
    for (name, path), shape in zip(named, shapes, strict=True):
        layer = layers.get(path)
        if layer is not None and layer.is_model:
            within = [x for x in model.layers if x.path.startswith(f"{path}/")]
            layer = next((x for x in reversed(within) if not x.is_model), None)
        activation = layer.activation if layer else None
        found.append(OutputEnd(name, activation, shape[-1] if shape else None))
    return tuple(found)


def _named(settings: object) -> list[tuple[str, str]]:
    """Return the name of each output, and the layer that makes it."""
    entry = settings.get("output_layers") if isinstance(settings, Mapping) else None
    if isinstance(entry, Mapping):
        pairs = [(str(key), entry[key]) for key in sorted(entry)]
    elif isinstance(entry, list):
        pairs = [("", each) for each in entry]
    else:
        return []
    return [
        (name or each[0], each[0])
        for name, each in pairs
        if isinstance(each, list) and each and isinstance(each[0], str)
    ]
