"""Which files' code a person has agreed to run, until the program closes."""

from pathlib import Path

from pruneview.formats import ModelFile
from pruneview.pruning.subject.trust import Trust


class Consents:
    """What may be run of files that carry code.

    Parameters
    ----------
    custom_objects
        A Python file of the person's own that defines custom layers.
    """

    def __init__(self, custom_objects: Path | None = None) -> None:
        self._custom_objects = custom_objects
        self._given: set[Path] = set()

    def give(self, path: Path) -> None:
        """Let the code in a file be run."""
        self._given.add(path)

    def given(self, path: Path) -> bool:
        """Whether the code in a file may be run."""
        return path in self._given

    def trust(self, path: Path) -> Trust:
        """Return what may be run to build the model of a file."""
        return Trust(path in self._given, self._custom_objects)

    def cannot_train(self, model: ModelFile) -> bool:
        """Whether no run of this model can succeed, as far as its file tells."""
        able = model.abilities
        with_consent = bool(model.code) and able.engine is not None
        helped = with_consent or self._custom_objects is not None
        return not able.prune_and_train and not helped
