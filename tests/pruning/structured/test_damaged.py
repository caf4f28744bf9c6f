"""Configurations that no Keras wrote: a sentence, or a graph, and never a traceback."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import build_graph, config_of, graph_of_model
from tests.pruning.structured import networks

pytestmark = pytest.mark.tensorflow

_JUNK: tuple[Any, ...] = (None, -1, "odd", [], {}, [[["odd", 0, 0]]], 10**9, True)


def _places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else ()
    for key, item in inside or (enumerate(value) if isinstance(value, list) else ()):
        yield from _places(item, (*path, key))


@pytest.mark.parametrize(
    "build",
    [networks.nested, networks.reshaped, networks.attention, networks.operators],
    ids=lambda b: b.__name__,
)
def test_damaged_configurations(keras: Any, build: networks.Build) -> None:
    model = build(keras)
    config, shapes = config_of(model), graph_of_model(model).shapes
    refused = list[str]()
    for number, place in enumerate(list(_places(config))[::7]):
        damaged = copy.deepcopy(config)
        holder = damaged
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = _JUNK[number % len(_JUNK)]
        try:
            build_graph(damaged, shapes)
        except ShrinkError as error:
            refused.append(str(error))
    assert refused
    assert all(sentence.endswith(".") for sentence in refused)


def test_weights_that_do_not_fit(keras: Any) -> None:
    model = networks.residual(keras)
    config, shapes = config_of(model), dict(graph_of_model(model).shapes)
    for path, shape in shapes.items():
        for other in (shape[:-1], (*shape[:-1], 77), (1, *shape)):
            build_graph(config, shapes | {path: other})
        fewer = {p: s for p, s in shapes.items() if p != path}
        build_graph(json.loads(json.dumps(config)), fewer)
