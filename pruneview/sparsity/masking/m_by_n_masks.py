"""Masks with m zeros in every n consecutive weights: the rule of tfmot, in numpy.

The rule is that of ``tensorflow_model_optimization``'s
``pruning_utils.generate_m_by_n_mask``: groups run along the input channels (the first
axis of a matrix, the third of a convolution's kernel); of each n weights the n - m of
largest magnitude are kept, the first of those that tie. A last group that is cut short
is filled up with zeros, which are removed first, so it may lose fewer than m weights.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Axis along which groups run, by the number of axes.
_CHANNEL_AXIS = {2: 0, 4: 2}


def fits_m_by_n(shape: tuple[int, ...]) -> bool:
    """Return whether weights of that shape can have such a mask: 2 or 4 axes."""
    return len(shape) in _CHANNEL_AXIS


def m_by_n_zeros(shape: tuple[int, ...], m_by_n: tuple[int, int]) -> int:
    """Return how many weights of that shape the mask removes."""
    zeros, group = m_by_n
    channels = shape[_CHANNEL_AXIS[len(shape)]]
    if channels == 0:
        return 0
    cut_short = max(channels % group - (group - zeros), 0)
    size = int(np.prod(shape))
    return size // channels * (channels // group * zeros + cut_short)


def m_by_n_mask(weights: NDArray[Any], m_by_n: tuple[int, int]) -> NDArray[np.bool_]:
    """Return True for each weight that is kept, in the shape of `weights`.

    Parameters
    ----------
    weights
        Two or four axes, any floating dtype.
    m_by_n
        Zeros in a group, and weights in a group; the first is the smaller.

    Raises
    ------
    ValueError
        Where `weights` has another number of axes.
    """
    if not fits_m_by_n(weights.shape):
        raise ValueError(
            f"m by n sparsity needs 2 or 4 axes; these weights have {weights.ndim}"
        )
    zeros, group = m_by_n
    axis = _CHANNEL_AXIS[weights.ndim]
    magnitudes = np.moveaxis(np.abs(weights), axis, -1)
    outer, channels = magnitudes.shape[:-1], magnitudes.shape[-1]
    padding = -channels % group
    padded = np.pad(magnitudes, [(0, 0)] * len(outer) + [(0, padding)])
    rows = padded.reshape(-1, group)
    order = np.argsort(-rows, axis=1, kind="stable")
    kept = np.zeros(rows.shape, np.bool_)
    np.put_along_axis(kept, order[:, : group - zeros], values=True, axis=1)
    whole = kept.reshape(*outer, channels + padding)[..., :channels]
    return np.ascontiguousarray(np.moveaxis(whole, -1, axis))
