"""The values of TensorFlow's variables, read when they are asked for."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def same_bits(one: NDArray, other: NDArray) -> bool:
    """Whether two arrays of one size and type are equal to the bit."""
    first, second = (a.reshape(-1).view(np.uint8) for a in (one, other))
    return np.array_equal(first, second)


class Values(Sequence[NDArray]):
    """The values of variables, each read when it is asked for."""

    def __init__(self, variables: Sequence[Any]) -> None:
        self._variables = variables

    def __len__(self) -> int:
        return len(self._variables)

    def __getitem__(self, place: Any) -> Any:
        tensor = self._variables[place].value.read_value()
        try:
            return np.asarray(memoryview(tensor))  # without a copy
        except (TypeError, ValueError, BufferError):  # bfloat16 has no buffer
            return tensor.numpy()
