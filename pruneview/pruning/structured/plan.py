"""What is to be removed: how much, by which criterion, and where not."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pruneview.pruning.structured.criteria import CRITERIA
from pruneview.pruning.structured.errors import ShrinkError

SCOPES = ("layer", "global")


@dataclass(frozen=True)
class ShrinkPlan:
    """How a model is to be shrunk.

    Attributes
    ----------
    ratio
        Share of the units to remove, from 0 up to but not including 1.
    criterion
        Of `pruneview.pruning.structured.criteria`: what is removed first.
    scope
        ``layer``: the ratio of each group. ``global``: of all groups together, by
        scores divided by the mean score of their group.
    round_to
        What is left of a layer is a multiple of it, where the layer has that many.
    floor
        The least that is left of each layer. With 0, a ratio that would leave none
        is refused.
    ratios
        Ratios of their own, by the id of a group or the path of a layer.
    layers
        Paths of the layers that may lose units; None: all.
    exclude
        Paths of layers, or kinds of units (``head``), that lose none.
    seed
        Decides the criterion ``random``.
    """

    ratio: float = 0.5
    criterion: str = "l2"
    scope: str = "layer"
    round_to: int = 1
    floor: int = 1
    ratios: Mapping[str, float] = field(default_factory=dict, hash=False)
    layers: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    seed: int = 0

    def validate(self) -> dict[str, str]:
        """Return a sentence for each field at fault; empty where all is well."""
        problems = {}
        for name, (holds, allowed) in _RULES.items():
            value = getattr(self, name)
            if not holds(value):
                words = name.replace("_", " ").capitalize()
                problems[name] = f"{words} is {value!r}; it must be {allowed}."
        return problems

    def check(self) -> None:
        """Raise `ShrinkError` where `validate` finds anything."""
        problems = self.validate()
        if problems:
            raise ShrinkError(" ".join(problems.values()))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict of every field."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        fields["ratios"] = dict(self.ratios)
        fields["layers"] = None if self.layers is None else list(self.layers)
        fields["exclude"] = list(self.exclude)
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ShrinkPlan":
        """Return the plan that `to_json` wrote; fields left out keep defaults.

        Raises
        ------
        ShrinkError
            Where a field is unknown or its value impossible.
        """
        known = {f.name for f in dataclasses.fields(cls)}
        unknown = sorted(fields.keys() - known)
        if unknown:
            raise ShrinkError(f"{', '.join(unknown)} is no field of a shrink plan.")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
        plan = cls(**values)
        plan.check()
        return plan


def _is_ratio(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and 0 <= value < 1


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _are_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(n, str) and n for n in value)


_BELOW_ONE = "a number from 0 up to but not including 1 (1 would leave nothing)"
_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "ratio": (_is_ratio, _BELOW_ONE),
    "criterion": (lambda v: v in CRITERIA, "one of " + ", ".join(CRITERIA)),
    "scope": (lambda v: v in SCOPES, "one of " + ", ".join(SCOPES)),
    "round_to": (lambda v: _is_whole(v, 1), "a whole number of at least 1"),
    "floor": (lambda v: _is_whole(v, 0), "a whole number of at least 0"),
    "ratios": (
        lambda v: isinstance(v, Mapping) and all(map(_is_ratio, v.values())),
        f"for each group or layer {_BELOW_ONE}",
    ),
    "layers": (
        lambda v: v is None or (_are_names(v) and len(v) > 0),
        "a tuple of layers' paths, or None for all",
    ),
    "exclude": (_are_names, "a tuple of layers' paths or kinds of units"),
    "seed": (lambda v: _is_whole(v, 0), "a whole number of at least 0"),
}
