"""Half of the units of files that nobody here wrote."""

from pathlib import Path

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.structured.building import (
    graph_of_opened,
    shrink_model,
    values_of,
)
from pruneview.pruning.structured.choose import choose_units, unit_masks
from pruneview.pruning.structured.compare import compare_outputs
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.graph import graph_of_file
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.subject.opening import open_with_engine
from pruneview.resources import resource
from tests.pruning.structured.shrinking import TOLERANCE

pytestmark = pytest.mark.tensorflow

_NAMES = (
    "pretrainedResnet.h5", "gender_mini_XCEPTION.21-0.95.hdf5", "vww_96.h5", "ad01.h5",
    "cnn3d_16.h5", "kws_ref_model",
)  # fmt: skip


@pytest.mark.parametrize("name", _NAMES)
def test_real_files(models_folder: Path, keras: object, name: str) -> None:
    _check(models_folder / name, 0.15 if name.startswith("ad01") else 0.0)


def test_demo(keras: object) -> None:
    _check(resource("demo", "digits_cnn.keras"), 0.0)


def _check(path: Path, slack: float) -> None:
    opened = open_with_engine(path)
    graph, values = graph_of_opened(opened), values_of(opened)
    with open_model(path) as file:
        of_file = graph_of_file(file)
    assert [(g.id, g.title) for g in graph.groups] == [
        (g.id, g.title) for g in of_file.groups
    ]
    choice = choose_units(graph, score_groups(graph, values, "l2"), ShrinkPlan())
    small, notes = shrink_model(opened, choice, graph=graph)
    model = opened.engine.model
    ratio = small.count_params() / model.count_params()
    assert ratio < 0.35 + slack or path.name.startswith("cnn3d")
    masks = unit_masks(graph, choice)
    for (live, variable), name in zip(live_weights(model).items(), values, strict=True):
        assert live.rpartition("/")[2] == name.rpartition("/")[2]
        if name in masks:
            variable.assign(values[name] * masks[name])
    shape = (4, *(32 if n is None else n for n in model.inputs[0].shape[1:]))
    given = np.random.default_rng(0).uniform(0, 1, shape).astype("float32")
    assert notes == ()
    difference = compare_outputs(model, small, given)
    assert difference.largest_relative <= TOLERANCE
