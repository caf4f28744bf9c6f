"""What can be done with a file, decided without importing any Keras."""

from typing import TYPE_CHECKING

from pruneview.formats.model import Abilities, CodeItem, Layer

if TYPE_CHECKING:
    from pruneview.formats.contents import Contents


def decide_abilities(
    container: str,
    contents: "Contents",
    layers: tuple[Layer, ...],
    code: tuple[CodeItem, ...],
) -> Abilities:
    """Return what pruneview can do with the file, with the reason in words."""
    prune = any(weight.prunable for layer in layers for weight in layer.weights)
    if contents.config is None:
        return Abilities(
            False, prune, True, None, "The file holds weights but no model to train."
        )
    return Abilities(True, prune, True, "keras3", "Keras 3 can build this model.")
