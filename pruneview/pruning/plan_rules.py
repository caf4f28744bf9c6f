"""Which values each field of a pruning plan may have, and how to say so."""

import math
from collections.abc import Callable
from typing import Any

SCHEDULES = ("polynomial", "constant")
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
}
