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
    early
        Classes of features that are made at once; the others follow by `complete`.
    """

    def __init__(self, program: "Program", early: tuple[type[Feature], ...]) -> None:
        self._program = program
        self._features: list[Feature] = []
        self._ticking: list[Feature] = []  # those that have something to do there
        self._by_action: dict[str, Feature] = {}
        self._is_complete = False
        for kind in early:
            self._plug(kind)

    def _plug(self, kind: type[Feature]) -> Feature:
        self._program.window.add_actions(kind.actions)
        feature = kind(self._program)
        self._features.append(feature)
        if kind.tick is not Feature.tick:
            self._ticking.append(feature)
        self._by_action.update(dict.fromkeys((s.id for s in kind.actions), feature))
        return feature

    def complete(self) -> None:
        """Make the features that were not wanted before the first picture."""
        if self._is_complete:
            return
        self._is_complete = True
        from pruneview.gui.features.late import LATE  # noqa: PLC0415 - takes a while

        late = [self._plug(kind) for kind in LATE]
        model, weight = self._program.document.model, self._program.document.weight
        for feature in late:
            if model is not None:
                feature.model_opened(model)
            if weight is not None:
                feature.weight_selected(weight)
        self._program.refresh()

    def find(self, kind: type[F]) -> F:
        """Return the feature of a class; KeyError where there is none."""
        for feature in self._features:
            if isinstance(feature, kind):
                return feature
        if self._is_complete:
            raise KeyError(kind.__name__)
        self.complete()
        return self.find(kind)

    def carry_out(self, name: str) -> bool:
        """Do an action of a feature; False if none has it."""
        if name not in self._by_action:
            self.complete()
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

    def weights_changed(self, model: ModelFile) -> None:
        for feature in self._features:
            feature.weights_changed(model)

    def event(self, event: Event) -> None:
        for feature in self._features:
            feature.event(event)

    def tick(self) -> None:
        for feature in self._ticking:
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
