"""Figures of built models: every call found, shapes as they are when it runs."""

from typing import Any

import numpy as np
import pytest

from pruneview.pruning.demo import demo_model
from pruneview.pruning.structured.measuring.model import (
    measure_latencies,
    model_figures,
)

pytestmark = pytest.mark.tensorflow


def test_every_call_counts_weights_once_and_extents_as_they_are(keras: Any) -> None:
    layers = keras.layers
    # The nested model leaves its extents open; the outer one fixes them.
    inner = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(4, 3, padding="same", name="wide"),
        ],
        name="inner",
    )
    shared = layers.Conv2D(4, 1, use_bias=False, name="shared")
    inputs = keras.Input((8, 8, 3))
    flow = inner(inputs)
    flow = shared(shared(flow)) + flow
    outputs = layers.Dense(2, name="classes")(layers.Flatten()(flow))
    figures = model_figures(keras.Model(inputs, outputs))
    rows = {row.path: row for row in figures.layers}
    assert rows["inner/wide"].macs == 64 * 4 * 27
    assert (rows["shared"].macs, rows["shared"].parameters) == (2 * 64 * 16, 16)
    assert rows["classes"].macs == 256 * 2
    assert figures.macs == 64 * 4 * 27 + 2 * 64 * 16 + 512
    assert figures.parameters == 112 + 16 + 514
    assert figures.raw_bytes == 4 * figures.parameters
    # At the sum three maps of 8x8x4 float32 are alive.
    assert figures.peak_bytes == 3 * 8 * 8 * 4 * 4
    assert not figures.uncounted
    assert keras.Layer.__call__.__name__ != "call"


def test_time_steps_directions_and_zeros(keras: Any) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((5, 6)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both"),
            layers.TimeDistributed(layers.Dense(3, use_bias=False), name="each"),
        ]
    )
    model.layers[1].set_weights([np.eye(8, 3)])
    figures = model_figures(model)
    macs = {row.path: row.macs for row in figures.layers}
    assert macs == {"both": 2 * 5 * (6 * 16 + 4 * 16), "each": 5 * 8 * 3}
    # A bias of an LSTM is one for the gate that forgets, zero for the three others.
    assert figures.parameters - figures.nonzero == 2 * 12 + 21


def test_the_demo_model_and_its_time(keras: Any) -> None:
    model = keras.models.load_model(demo_model(), compile=False)
    figures = model_figures(model, quick=True)
    assert figures.parameters == model.count_params()
    assert figures.compressor == "deflate (ISA-L level 2)"
    times = measure_latencies({"a": model, "b": model}, batches=(1, 4), rounds=3)
    assert [one.batch for one in times["b"]] == [1, 4]
    assert all(0 < one.low <= one.median <= one.high for one in times["a"])
