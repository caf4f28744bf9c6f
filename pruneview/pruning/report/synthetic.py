"""Inputs made up for a model that comes without data; the same for the same seed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.report.built import InputSpec

_COARSENESS = (1, 2, 4, 8, 16)


def synthetic_inputs(
    specs: Sequence[InputSpec], samples: int, seed: int
) -> list[NDArray]:
    """Return one array an input, the samples on its first axis.

    Images (three axes) are noise of several coarsenesses, brightnesses and contrasts,
    from 0 to 1, or to what a layer of the model scales to 1; what an embedding takes is
    whole numbers below its vocabulary; whole-number inputs otherwise are 0 and 1;
    the rest is standard normal.
    """
    generator = np.random.default_rng(seed)
    return [_input(spec, samples, generator) for spec in specs]


def describe_inputs(specs: Sequence[InputSpec]) -> str:
    """Say what `synthetic_inputs` makes for these inputs."""
    return " and ".join(dict.fromkeys(_words(spec) for spec in specs))


def _words(spec: InputSpec) -> str:
    shape = "x".join(map(str, spec.shape)) or "scalar"
    if spec.vocabulary is not None:
        return f"random whole numbers below {spec.vocabulary} ({shape})"
    if not _is_real(spec):
        return f"random zeros and ones ({shape})"
    if len(spec.shape) == 3:
        return f"noise images from 0 to {spec.upper:g} ({shape})"
    return f"standard normal noise ({shape})"


def _input(spec: InputSpec, samples: int, generator: np.random.Generator) -> NDArray:
    shape = (samples, *spec.shape)
    if spec.vocabulary is not None:
        return generator.integers(0, spec.vocabulary, shape).astype(spec.dtype)
    if not _is_real(spec):
        return generator.integers(0, 2, shape).astype(spec.dtype)
    if len(spec.shape) != 3:
        return generator.normal(size=shape).astype(spec.dtype)
    images = np.stack([_image(spec.shape, generator) for _ in range(samples)])
    return (images * spec.upper).astype(spec.dtype)


def _image(shape: tuple[int, ...], generator: np.random.Generator) -> NDArray:
    """Return noise of one coarseness, which noise alone would not vary."""
    height, width, channels = shape
    block = int(generator.choice(_COARSENESS))
    rows, columns = -(-height // block), -(-width // block)
    noise = generator.random((rows, columns, channels))
    noise = noise.repeat(block, axis=0).repeat(block, axis=1)[:height, :width]
    low, high = np.sort(generator.random(2))
    return low + noise * (high - low)


def _is_real(spec: InputSpec) -> bool:
    return "float" in spec.dtype
