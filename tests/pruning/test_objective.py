"""Which loss and metric a model calls for."""

from typing import Any

import numpy as np
import pytest

from pruneview.pruning.subject.objective import (
    CROSSENTROPIES,
    Objective,
    suggest_objective,
    with_choices,
)

SPARSE, DENSE, BINARY = CROSSENTROPIES
CLASSES = np.array([0, 1, 2, 1])
ONE_HOT = np.eye(3, dtype=np.float32)[CLASSES]


def function(name: str) -> dict[str, Any]:
    return {"module": "builtins", "class_name": "function", "config": name}


@pytest.mark.parametrize(
    ("loss", "metrics", "expected"),
    [
        ("mse", ["mae"], ("mse", "mae")),
        ("mean_squared_error", None, ("mse", "mse")),
        (SPARSE, ["accuracy"], (SPARSE, "accuracy")),
        (function(DENSE), [["acc"]], (DENSE, "accuracy")),
        ([BINARY], [function("binary_accuracy")], (BINARY, "accuracy")),
        ({"out": "MeanAbsoluteError"}, [], ("mae", "mae")),
        ("huber", [{"class_name": "F1Score", "config": {}}], ("huber", "huber")),
    ],
)
def test_the_compile_configuration_decides(
    loss: object, metrics: object, expected: tuple[str, str]
) -> None:
    config = {"loss": loss, "metrics": metrics}
    objective = suggest_objective(config, "softmax", 3)
    assert (objective.loss, objective.metric) == expected
    assert "compile" in objective.source


def test_options_of_the_loss_are_kept() -> None:
    loss = {
        "class_name": "SparseCategoricalCrossentropy",
        "config": {"from_logits": True, "reduction": "sum", "ignore_class": 3},
    }
    objective = suggest_objective({"loss": loss}, "linear", 3)
    assert objective.loss == SPARSE
    assert objective.options == (("from_logits", True),)


@pytest.mark.parametrize(
    ("activation", "width", "labels", "expected"),
    [
        ("softmax", 3, CLASSES, (SPARSE, "accuracy")),
        ("softmax", 3, ONE_HOT, (DENSE, "accuracy")),
        ("sigmoid", 1, CLASSES % 2, (BINARY, "accuracy")),
        ("linear", 3, CLASSES, (SPARSE, "accuracy")),
        ("linear", 1, CLASSES, ("mse", "mse")),
        ("linear", 640, np.zeros((4, 640)), ("mse", "mse")),
        ("sigmoid", 3, ONE_HOT * 0.5, ("mse", "mse")),
    ],
)
def test_without_one_the_output_layer_decides(
    activation: str, width: int, labels: np.ndarray, expected: tuple[str, str]
) -> None:
    objective = suggest_objective(None, activation, width, labels)
    assert (objective.loss, objective.metric) == expected
    assert "output layer" in objective.source
    logits = activation == "linear" and objective.loss == SPARSE
    assert objective.options == ((("from_logits", True),) if logits else ())


def test_the_form_of_the_labels_picks_the_variant() -> None:
    config = {"loss": DENSE}
    assert suggest_objective(config, "softmax", 3, CLASSES).loss == SPARSE
    config = {"loss": SPARSE}
    assert suggest_objective(config, "softmax", 3, ONE_HOT).loss == DENSE


def test_what_the_person_chose_wins() -> None:
    found = Objective(SPARSE, "accuracy", "the model")
    assert with_choices(found, None, None, "softmax") is found
    chosen = with_choices(found, "mean_absolute_error", None, "softmax")
    assert (chosen.loss, chosen.metric, chosen.source) == ("mae", "mae", "the plan")
    assert with_choices(found, None, "acc", "softmax").metric == "accuracy"
    assert with_choices(found, BINARY, None, "linear").options
