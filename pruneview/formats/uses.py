"""What a file may be used for, and the code that would have to run for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodeItem:
    """Code that the file carries. It is shown, and never run.

    Attributes
    ----------
    layer_path
        The layer that holds it.
    kind
        ``Lambda``, ``custom class`` or what else it is.
    description
        A sentence about it for the person.
    """

    layer_path: str
    kind: str
    description: str


@dataclass(frozen=True)
class Abilities:
    """What pruneview can do with the file.

    Attributes
    ----------
    prune_and_train
        A Keras can build the model, so it can be pruned and fine-tuned.
    prune
        Zeros can be written into a copy of the file.
    look
        The weights can be shown.
    engine
        ``keras3`` or ``tf_keras``: which Keras is expected to build the model.
    reason
        A sentence that says why.
    """

    prune_and_train: bool
    prune: bool
    look: bool
    engine: str | None
    reason: str
