"""Which values each field of a pruning plan may have, and how to say so."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pruneview.sparsity.masking.block_masks import POOLINGS

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan

SCHEDULES = ("polynomial", "constant", "one-shot", "iterative")
SCOPES = ("layer", "global", "global-normalized")
ENGINES = ("auto", "native", "tfmot")
CRITERIA = ("magnitude", "taylor", "movement", "random")
OPTIMIZERS = ("adam", "adamw", "nadam", "sgd", "rmsprop", "adagrad")


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _number(
    holds: Callable[[Any], bool], allowed: str
) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: _is_number(value) and holds(value), allowed)


def _integer(lowest: int, highest: int | None = None) -> tuple[Callable, str]:
    allowed = f"a whole number of at least {lowest}"
    if highest is not None:
        allowed = f"a whole number from {lowest} to {highest}"

    def holds(value: object) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and value >= lowest
            and (highest is None or value <= highest)
        )

    return holds, allowed


def _choice(names: tuple[str, ...]) -> tuple[Callable, str]:
    return (lambda value: value in names, "one of " + ", ".join(names))


def _optional_name(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(value.strip()))


def _optional_layers(value: object) -> bool:
    return value is None or (
        isinstance(value, tuple)
        and len(value) > 0
        and all(isinstance(path, str) and path for path in value)
    )


def _names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(n, str) and n for n in value)


def _whole_pair(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
        and min(value) >= 1
    )


def _m_by_n(value: Any) -> bool:
    return value is None or (_whole_pair(value) and value[0] < value[1])


def _layer_sparsities(value: object) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and _is_number(pair[1])
        and 0 <= pair[1] < 1
        for pair in value
    )


_SPARSITY = _number(
    lambda value: 0 <= value < 1, "a share from 0 up to but not including 1"
)
RULES: dict[str, tuple[Callable, str]] = {
    "schedule": _choice(SCHEDULES),
    "initial_sparsity": _SPARSITY,
    "final_sparsity": _SPARSITY,
    "begin_step": _integer(0),
    "end_step": _integer(-1),
    "frequency": _integer(1),
    "power": _number(lambda value: 0 < value <= 100, "above 0 and at most 100"),
    "epochs": _integer(1),
    "batch_size": _integer(1),
    "learning_rate": _number(lambda value: 0 < value <= 10, "above 0 and at most 10"),
    "optimizer": _choice(OPTIMIZERS),
    "seed": _integer(0, 2**32 - 1),
    "layers": (_optional_layers, "all layers, or the paths of at least one"),
    "loss": (_optional_name, "the name of a Keras loss, or left out"),
    "metric": (_optional_name, "the name of a Keras metric, or left out"),
    "block_size": (_whole_pair, "two whole numbers of at least 1: rows, columns"),
    "block_pooling": _choice(POOLINGS),
    "sparsity_m_by_n": (
        _m_by_n,
        "left out, or two whole numbers: at least 1 zero in more weights than that",
    ),
    "scope": _choice(SCOPES),
    "criterion": _choice(CRITERIA),
    "layer_sparsity": (
        _layer_sparsities,
        "pairs of a layer's path and a share from 0 up to but not including 1",
    ),
    "engine": _choice(ENGINES),
    "exclude": (_names, "first, last, or kinds or paths of layers"),
}


def conflicts(plan: "PruningPlan") -> dict[str, str]:
    """Return, by field, what it would have to be beside the plan's other fields."""
    wanted = {}
    if plan.structured is not None:
        return _beside_units(plan)
    if plan.sparsity_m_by_n is not None:
        other = "where m by n sparsity is chosen."
        if plan.has_blocks:
            wanted["block_size"] = f"(1, 1) {other}"
        if plan.layer_sparsity:
            wanted["layer_sparsity"] = f"left out {other}"
        if plan.schedule == "iterative":
            wanted["schedule"] = f"one without rounds {other}"
    elif plan.has_blocks:
        other = "where blocks are chosen."
    else:
        if plan.scope == "global-normalized" and plan.criterion != "magnitude":
            wanted["criterion"] = "magnitude where the scope is global-normalized."
        return wanted
    if plan.scope != "layer":
        wanted["scope"] = f"layer {other}"
    if plan.criterion != "magnitude":
        wanted["criterion"] = f"magnitude {other}"
    return wanted


def _beside_units(plan: "PruningPlan") -> dict[str, str]:
    """Return what does not go with whole units: what the units' own plan has."""
    assert plan.structured is not None
    other = "where whole units are removed."
    alone = {
        "sparsity_m_by_n": None,
        "block_size": (1, 1),
        "scope": "layer",
        "criterion": "magnitude",
        "layer_sparsity": (),
        "layers": None,
        "exclude": (),
        "final_sparsity": plan.structured.ratio,
    }
    wanted = {
        field: f"{value!r} {other}"
        for field, value in alone.items()
        if getattr(plan, field) != value
    }
    if plan.engine == "tfmot":
        wanted["engine"] = f"native {other}"
    problems = plan.structured.validate()
    if problems:
        wanted["structured"] = "possible: " + " ".join(problems.values())
    return wanted
