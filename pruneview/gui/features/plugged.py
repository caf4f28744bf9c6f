"""The features of one window, told of everything together."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pruneview.formats import ModelFile, Weight
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.theme import Theme
from pruneview.pruning.events import Event
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program


F = TypeVar("F", bound=Feature)


class PluggedFeatures:
    """Makes features for a program and passes on what happens.

    Parameters
    ----------
    kinds
        Classes of features, in the order in which they are asked.
    """

    def __init__(self, program: "Program", kinds: tuple[type[Feature], ...]) -> None:
        self._features: list[Feature] = []
        self._by_action: dict[str, Feature] = {}
        for kind in kinds:
            program.window.add_actions(kind.actions)
            feature = kind(program)
            self._features.append(feature)
            self._by_action.update(dict.fromkeys((s.id for s in kind.actions), feature))

    def find(self, kind: type[F]) -> F:
        """Return the feature of a class; KeyError where there is none."""
        for feature in self._features:
            if isinstance(feature, kind):
                return feature
        raise KeyError(kind.__name__)

    def carry_out(self, name: str) -> bool:
        """Do an action of a feature; False if none has it."""
        feature = self._by_action.get(name)
        if feature is None:
            return False
        feature.carry_out(name)
        return True

    def enabled(self, spec: ActionSpec, state: ProgramState) -> bool:
        """Return whether an action makes sense now."""
        feature = self._by_action.get(spec.id)
        said = feature.enabled(spec.id, state) if feature else None
        return spec.enabled(state) if said is None else said

    def model_opened(self, model: ModelFile) -> None:
        for feature in self._features:
            feature.model_opened(model)

    def weight_selected(self, weight: Weight) -> None:
        for feature in self._features:
            feature.weight_selected(weight)

    def event(self, event: Event) -> None:
        for feature in self._features:
            feature.event(event)

    def tick(self) -> None:
        for feature in self._features:
            feature.tick()

    def answer(self, answer: Answer) -> bool:
        return any(feature.answer(answer) for feature in self._features)

    def opens(self, path: Path) -> bool:
        return any(feature.opens(path) for feature in self._features)

    def set_theme(self, theme: Theme) -> None:
        for feature in self._features:
            feature.set_theme(theme)

    def close(self) -> None:
        for feature in self._features:
            feature.close()
