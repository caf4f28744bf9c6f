"""Inputs made up for a model that comes without data; the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_COARSENESS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class InputSpec:
    """One input of a model.

    Attributes
    ----------
    shape
        Without the axis of samples; an axis of any length has one here.
    dtype
        TensorFlow's name of it.
    vocabulary
        Inputs are whole numbers below this, where an embedding takes them.
    upper
        Where values of an image end: 1, or what a layer of the model scales to 1.
    """

    shape: tuple[int, ...]
    dtype: str
    vocabulary: int | None = None
    upper: float = 1.0


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


def is_image(spec: InputSpec) -> bool:
    """Whether an input is taken to be an image: real numbers on three axes."""
    return _is_real(spec) and len(spec.shape) == 3 and spec.vocabulary is None


def _words(spec: InputSpec) -> str:
    shape = "x".join(map(str, spec.shape)) or "scalar"
    if spec.vocabulary is not None:
        return f"random whole numbers below {spec.vocabulary} ({shape})"
    if not _is_real(spec):
        return f"random zeros and ones ({shape})"
    if is_image(spec):
        return f"noise images from 0 to {spec.upper:g} ({shape})"
    return f"standard normal noise ({shape})"


def _input(spec: InputSpec, samples: int, generator: np.random.Generator) -> NDArray:
    shape = (samples, *spec.shape)
    if spec.vocabulary is not None:
        return generator.integers(0, spec.vocabulary, shape).astype(spec.dtype)
    if not _is_real(spec):
        return generator.integers(0, 2, shape).astype(spec.dtype)
    if not is_image(spec):
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
