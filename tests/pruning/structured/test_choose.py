"""Plans, and which units they choose."""

import numpy as np
import pytest

from pruneview.pruning.structured.choose import Choice, choose_units, unit_masks
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import DependencyGraph, build_graph
from pruneview.pruning.structured.plan import ShrinkPlan


def _dense(name: str, units: int, *inputs: str) -> dict:
    return {
        "class_name": "Dense",
        "name": name,
        "config": {"name": name, "units": units},
        "inbound_nodes": [[[i, 0, 0, {}] for i in inputs]],
    }


def _merge(kind: str, name: str, *inputs: str) -> dict:
    return _dense(name, 0, *inputs) | {"class_name": kind, "config": {"name": name}}


@pytest.fixture(scope="module")
def graph() -> DependencyGraph:
    """Dense "a", and "b" and "c" whose concatenation is added to "d"."""
    given = {
        "class_name": "InputLayer",
        "name": "given",
        "config": {"name": "given", "batch_input_shape": [None, 3]},
        "inbound_nodes": [],
    }
    layers = [
        given, _dense("a", 10, "given"), _dense("b", 2, "a"), _dense("c", 6, "a"),
        _dense("d", 8, "a"), _merge("Concatenate", "concat", "b", "c"),
        _merge("Add", "add", "concat", "d"), _dense("last", 1, "add"),
    ]  # fmt: skip
    config = {
        "class_name": "Functional",
        "config": {
            "layers": layers,
            "input_layers": [["given", 0, 0]],
            "output_layers": [["last", 0, 0]],
        },
    }
    shapes = {}
    for name, rows, units in (
        ("a", 3, 10), ("b", 10, 2), ("c", 10, 6), ("d", 10, 8), ("last", 8, 1),
    ):  # fmt: skip
        shapes |= {f"{name}/kernel": (rows, units), f"{name}/bias": (units,)}
    return build_graph(config, shapes)


@pytest.fixture
def scores(graph: DependencyGraph) -> dict[str, np.ndarray]:
    return {"a": np.arange(10.0) + 1, "b": np.arange(8.0) + 1}


def test_groups(graph: DependencyGraph) -> None:
    assert [(g.id, g.size, g.removable) for g in graph.groups] == [
        ("a", 10, True),
        ("b", 8, True),
        ("last", 1, False),
    ]
    assert graph.group("b").layers == ("b", "c", "d")
    assert graph.group("b").title == "8 neurons of b, c, d"
    assert [e.layer_path for e in graph.excluded] == ["last"]


def test_lowest_go_first(graph: DependencyGraph, scores: dict) -> None:
    keep = choose_units(graph, scores, ShrinkPlan(ratio=0.3)).keep
    assert np.flatnonzero(~keep["a"]).tolist() == [0, 1, 2]


def test_every_layer_keeps_its_floor(graph: DependencyGraph, scores: dict) -> None:
    """The two units of "b" are lowest, but one of them must stay."""
    keep = choose_units(graph, scores, ShrinkPlan(ratio=0.5)).keep["b"]
    assert np.flatnonzero(~keep).tolist() == [0, 2, 3, 4]
    keep = choose_units(graph, scores, ShrinkPlan(ratio=0.9, floor=2)).keep["b"]
    assert np.flatnonzero(keep).tolist() == [0, 1, 6, 7]
    assert choose_units(graph, scores, ShrinkPlan(ratio=0.99)).keep["a"].sum() == 1


def test_rounding_keeps_multiples(graph: DependencyGraph, scores: dict) -> None:
    plan = ShrinkPlan(ratio=0.5, round_to=4)
    keep = choose_units(graph, scores, plan).keep
    assert np.flatnonzero(keep["a"]).tolist() == [2, 3, 4, 5, 6, 7, 8, 9]


def test_global_scope_takes_from_where_it_matters_least(
    graph: DependencyGraph, scores: dict
) -> None:
    scores = {"a": np.array([1.0] * 5 + [9.0] * 5), "b": np.full(8, 3.0)}
    keep = choose_units(graph, scores, ShrinkPlan(ratio=5 / 18, scope="global")).keep
    assert (~keep["a"]).sum() == 5
    assert keep["b"].all()


def test_ratios_of_their_own(graph: DependencyGraph, scores: dict) -> None:
    for scope in ("layer", "global"):
        plan = ShrinkPlan(ratio=0.0, ratios={"d": 0.25}, scope=scope)
        keep = choose_units(graph, scores, plan).keep
        assert keep["a"].all()
        assert (~keep["b"]).sum() == 2


def test_layers_and_exclusions(graph: DependencyGraph, scores: dict) -> None:
    for plan in (ShrinkPlan(layers=("a",)), ShrinkPlan(exclude=("c",))):
        assert set(choose_units(graph, scores, plan).keep) == {"a"}


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (ShrinkPlan(ratio=1.0), "1 would leave nothing"),
        (ShrinkPlan(ratio=0.96, floor=0), "none of the 10 neurons of a"),
        (ShrinkPlan(layers=("last",)), "outputs of the model"),
        (ShrinkPlan(layers=("nowhere",)), "nowhere, which layers names"),
        (ShrinkPlan(ratios={"e": 0.5}), "Choose among a, b"),
        (ShrinkPlan(exclude=("neuron",)), "Nothing is left to remove"),
    ],
)
def test_refusals(
    graph: DependencyGraph, scores: dict, plan: ShrinkPlan, words: str
) -> None:
    with pytest.raises(ShrinkError, match=words):
        choose_units(graph, scores, plan)


def test_a_model_with_nothing_to_remove() -> None:
    config = {
        "class_name": "Sequential",
        "config": [_dense("only", 2) | {"batch_input_shape": [None, 3]}],
    }
    graph = build_graph(config, {"only/kernel": (3, 2), "only/bias": (2,)})
    with pytest.raises(ShrinkError, match="nothing that can be removed"):
        choose_units(graph, {}, ShrinkPlan())


def test_masks(graph: DependencyGraph) -> None:
    masks = unit_masks(graph, Choice({"b": np.arange(8) != 3}))
    assert set(masks) == {"c/kernel", "c/bias", "d/kernel", "d/bias"}
    assert not masks["c/kernel"][:, 1].any()
    assert masks["d/kernel"].sum() == 70


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ratio", -0.1), ("ratio", float("nan")), ("criterion", "l7"), ("floor", -1),
        ("scope", "all"), ("round_to", 0), ("ratios", {"a": 1.0}), ("layers", ()),
        ("exclude", "a"), ("seed", 0.5),
    ],
)  # fmt: skip
def test_impossible_plans_are_told_by_field(field: str, value: object) -> None:
    problems = ShrinkPlan(**{field: value}).validate()
    assert set(problems) == {field}
    assert problems[field].startswith(field.capitalize().replace("_", " "))


def test_plans_survive_json() -> None:
    plan = ShrinkPlan(0.25, "l1", "global", 8, 2, {"a": 0.1}, ("a",), ("head",), 4)
    assert ShrinkPlan.from_json(plan.to_json()) == plan
    with pytest.raises(ShrinkError, match="speed is no field"):
        ShrinkPlan.from_json({"speed": 1})
