"""What can be done with a file, decided without importing any Keras."""

from typing import TYPE_CHECKING

from pruneview.formats.describing.acceptance import (
    described_layers,
    is_foreign,
    keras3_obstacle,
)
from pruneview.formats.model import Layer
from pruneview.formats.uses import Abilities, CodeItem

if TYPE_CHECKING:
    from pruneview.formats.containers.contents import Contents

_PRUNED = "PruneLowMagnitude"
_QUANTIZED = frozenset({"QuantizeLayer", "QuantizeWrapper", "QuantizeWrapperV2",
                        "QuantizeAnnotate"})  # fmt: skip
_NO_KERNELS = "It holds no weights that could be pruned, so it can only be looked at."
_NOT_WRITTEN = {
    "saved-model": "Zeros cannot be written into a SavedModel's own format.",
    "keras-folder": "Zeros are not written into an unpacked archive: zip it first.",
}


def decide_abilities(
    container: str,
    contents: "Contents",
    layers: tuple[Layer, ...],
    code: tuple[CodeItem, ...],
) -> Abilities:
    """Return what pruneview can do with the file, with the reason in words.

    Parameters
    ----------
    container
        See `ModelFile`.
    contents
        What was read, with the configuration and the version of Keras.
    layers, code
        The layers, and the code among them.
    """
    has_kernels = any(w.prunable for layer in layers for w in layer.weights)
    engine, reason = _engine(container, contents, code)
    trains = engine is not None and has_kernels and not code
    if not has_kernels:
        return Abilities(False, False, True, engine, _NO_KERNELS)
    look_only = _NOT_WRITTEN.get(container)
    if look_only is not None:
        return Abilities(trains, False, True, engine, f"{look_only} {reason}")
    return Abilities(trains, True, True, engine, reason)


def _engine(
    container: str, contents: "Contents", code: tuple[CodeItem, ...]
) -> tuple[str | None, str]:
    """Return which Keras builds the model, and why."""
    model = contents.model
    if contents.config is None or model is None:
        return None, (
            "It holds weights without a model's description, so no Keras can train it;"
            " it can be pruned without training."
        )
    if contents.backslashes:
        return None, (
            "Its weights are named with backslashes, as Keras wrote them on Windows,"
            " and no Keras finds them there; it can be pruned without training."
        )
    entries = list(described_layers(contents.config))
    kinds = {kind for kind, _, _ in entries}
    if kinds & _QUANTIZED:
        return None, (
            "It is wrapped for quantization by tfmot. It can be pruned without"
            " training; to fine-tune it, open the model it was made from."
        )
    wrapped = _PRUNED in kinds
    entries = [entry for entry in entries if entry[0] != _PRUNED]
    old = _major(contents.version) < 3
    obstacle = keras3_obstacle(entries, old=old)
    if container == "saved-model":
        obstacle = obstacle or "it reads no SavedModel"
    if wrapped:
        obstacle = f"tfmot's {_PRUNED} is of tf_keras"
    foreign = [kind for kind, module, _ in entries if is_foreign(kind, module)]
    if obstacle is None:
        engine = "keras3"
        reason = "Keras 3 can build it: it can be pruned and fine-tuned."
    elif foreign or model.layers is None:
        names = ", ".join(dict.fromkeys(foreign)) or model.kind
        return None, (
            f"It uses classes that are not Keras' own ({names}): name the file that"
            " defines them with --custom-objects to fine-tune it. It can be pruned"
            " without training."
        )
    elif not old:
        return None, (
            f"This Keras 3 cannot build it ({obstacle}); it can be pruned without"
            " training."
        )
    elif _major(contents.version) < 2:
        return None, (
            f"It was written by Keras {contents.version}, whose settings no later Keras"
            " reads; it can be pruned without training."
        )
    else:
        engine = "tf_keras"
        reason = (
            "It is wrapped for pruning by tfmot: it can be pruned further and"
            " fine-tuned with tf_keras, and is saved without the wrappers."
            if wrapped
            else f"tf_keras can build it, Keras 3 cannot ({obstacle}): it can be pruned"
            " and fine-tuned with tf_keras."
        )
    if code:
        held = ", ".join(item.layer_path or "the configuration" for item in code)
        reason = (
            f"It holds code ({held}), which is run only with your consent; it can be"
            " pruned without training."
        )
    return engine, reason


def _major(version: str | None) -> int:
    head = (version or "2").split(".")[0]
    return int(head) if head.isdigit() and len(head) < 4 else 2
