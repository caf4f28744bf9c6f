"""Scores against what their formulas say, on a network that is small enough."""

import numpy as np
import pytest

from pruneview.pruning.structured.criteria import CRITERIA, score_groups, unit_norms
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import DependencyGraph, build_graph


def _layer(kind: str, name: str, **config: object) -> dict:
    return {"class_name": kind, "config": {"name": name, **config}}


@pytest.fixture(scope="module")
def graph() -> DependencyGraph:
    """Convolution, normalisation and a Dense, described as Keras 2 did."""
    config = {
        "class_name": "Sequential",
        "config": [
            _layer(
                "Conv2D", "conv", batch_input_shape=[None, 5, 5, 2], kernel_size=[3, 3]
            ),
            _layer("BatchNormalization", "bn", axis=-1),
            _layer("Flatten", "flatten"),
            _layer("Dense", "dense", units=2),
        ],
    }
    shapes = {
        "conv/kernel": (3, 3, 2, 4), "conv/bias": (4,), "bn/gamma": (4,),
        "bn/beta": (4,), "bn/moving_mean": (4,), "bn/moving_variance": (4,),
        "dense/kernel": (36, 2), "dense/bias": (2,),
    }  # fmt: skip
    return build_graph(config, shapes)


@pytest.fixture(scope="module")
def values(graph: DependencyGraph) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    return {p: generator.normal(size=shape) for p, shape in graph.shapes.items()}


def test_flatten_spreads_a_filter_over_its_rows(graph: DependencyGraph) -> None:
    group = graph.group("conv")
    assert group.title == "4 filters of conv"
    rows = next(m for m in group.members if m.weight_path == "dense/kernel")
    assert rows.role == "consumes"
    assert rows.indices(1).tolist() == list(range(1, 36, 4))
    assert graph.group_at("dense/kernel", 0, 9) == (group, 1)
    assert graph.group_at("conv/kernel", 2, 0) is None


@pytest.mark.parametrize("order", [1, 2])
def test_norms(graph: DependencyGraph, values: dict, order: int) -> None:
    flat = values["conv/kernel"].reshape(-1, 4)
    scores = score_groups(graph, values, f"l{order}")
    assert set(scores) == {"conv"}
    expected = np.linalg.norm(flat, order, axis=0)
    np.testing.assert_allclose(scores["conv"], expected)
    np.testing.assert_allclose(unit_norms(graph.group("conv"), values, order), expected)


def test_geometric_median(graph: DependencyGraph, values: dict) -> None:
    flat = values["conv/kernel"].reshape(-1, 4).T
    expected = np.linalg.norm(flat[:, None] - flat[None], axis=-1).sum(1)
    scores = score_groups(graph, values, "geometric-median")
    np.testing.assert_allclose(scores["conv"], expected, rtol=1e-6)


def test_scale_of_normalisation(graph: DependencyGraph, values: dict) -> None:
    scores = score_groups(graph, values, "batchnorm-scale")
    np.testing.assert_allclose(scores["conv"], np.abs(values["bn/gamma"]))


def test_taylor(graph: DependencyGraph, values: dict) -> None:
    gradients = {path: np.full(v.shape, 0.5) for path, v in values.items()}
    scores = score_groups(graph, values, "taylor", gradients=gradients)
    total = sum(
        (values[p] * gradients[p]).reshape(-1, 4).sum(0)
        for p in ("conv/kernel", "conv/bias", "bn/gamma", "bn/beta")
    )
    np.testing.assert_allclose(scores["conv"], np.abs(total))


def test_random_is_decided_by_the_seed(graph: DependencyGraph, values: dict) -> None:
    one, same, other = (
        score_groups(graph, values, "random", seed=seed)["conv"] for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_refusals(graph: DependencyGraph, values: dict) -> None:
    with pytest.raises(ShrinkError, match="choose one of l1"):
        score_groups(graph, values, "l3")
    with pytest.raises(ShrinkError, match="needs gradients"):
        score_groups(graph, values, "taylor")
    assert "taylor" in CRITERIA
