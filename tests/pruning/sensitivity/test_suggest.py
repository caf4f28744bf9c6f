"""Targets for layers, computed by hand."""

import pytest

from pruneview.pruning.events import Evaluation
from pruneview.pruning.sensitivity import (
    LayerSensitivity,
    SensitivityEnded,
    suggest_targets,
)


def found(
    metric: str, baseline: float, **layers: tuple[float, ...]
) -> SensitivityEnded:
    measured = tuple(LayerSensitivity(name, values) for name, values in layers.items())
    on = Evaluation(metric, baseline, 0.1, 100, "test")
    return SensitivityEnded(on, (0.5, 0.8, 0.9), measured, complete=True)


def test_points_between_two_measured_sparsities_are_interpolated() -> None:
    result = found(
        "accuracy",
        0.98,
        robust=(0.98, 0.98, 0.975),
        middling=(0.98, 0.94, 0.40),
        frail=(0.90, 0.50, 0.10),
        better=(0.99, 0.99, 0.10),
    )
    assert suggest_targets(result, 1.0) == (
        ("robust", 0.9),
        # A quarter of the way from nothing lost at 0.5 to 4 points at 0.8.
        ("middling", 0.57),
        # One of the eight points that are lost at 0.5.
        ("frail", 0.06),
        ("better", 0.80),
    )


def test_an_error_may_grow_by_so_many_percent() -> None:
    result = found("mse", 2.0, kept=(2.0, 2.0, 2.02), lost=(2.2, 3.0, 9.0))
    assert suggest_targets(result, 5.0) == (("kept", 0.9), ("lost", 0.25))


def test_what_is_no_number_is_not_suggested() -> None:
    result = found("accuracy", 0.9, broken=(0.9, float("nan"), float("nan")))
    assert suggest_targets(result, 1.0) == (("broken", pytest.approx(0.5)),)
