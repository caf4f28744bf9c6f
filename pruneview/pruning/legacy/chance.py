"""Layers with chance in them, such as Dropout, whose state can be set and kept."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

_GENERATOR = "_random_generator"


@contextlib.contextmanager
def stateful_chance(model: Any) -> Iterator[list[Any]]:
    """Trace inside of it: layers draw from generators whose states are yielded.

    What tf_keras draws from by default keeps its state where it can be neither set nor
    saved. Afterwards each layer has its own generator back, as the kind is written
    into files, where Keras 3 does not know it.
    """
    own = {
        layer: getattr(layer, _GENERATOR)
        for layer in model._flatten_layers()
        if getattr(layer, _GENERATOR, None) is not None
    }
    generators = [type(generator)(0, "stateful") for generator in own.values()]
    for layer, generator in zip(own, generators, strict=True):
        generator._maybe_init()
        setattr(layer, _GENERATOR, generator)
    try:
        yield [generator._generator.state for generator in generators]
    finally:
        for layer, generator in own.items():
            setattr(layer, _GENERATOR, generator)


def seed_chance(states: Sequence[Any], seed: int) -> None:
    """Set each state to what follows from the seed and its place."""
    for place, variable in enumerate(states):
        state = np.zeros(variable.shape, np.int64)
        state[0], state[-1] = seed, place
        variable.assign(state)
