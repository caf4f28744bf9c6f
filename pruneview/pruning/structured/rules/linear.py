"""What all layers with a kernel share: constants through it, and into its bias."""

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.tracing.axes import Axis, Channels
from pruneview.pruning.structured.tracing.call import Call, Parameter


def through_kernel(
    call: Call,
    read: Axis,
    kernel: Parameter,
    taps: NDArray,
    bias: Parameter | None,
    *,
    made: Channels,
    bordered: str = "",
    share: float = 1.0,
) -> NDArray[np.float64]:
    """Carry constants through a kernel, into its bias; return those that come out.

    Parameters
    ----------
    read
        The channels that the kernel reads.
    taps
        The kernel's values as (positions in space, channels in, channels out).
    made
        The channels that come out.
    bordered
        Why constants do not act alike everywhere ("its padding"); "" where they do.
    share
        Of the positions in space, how many meet in a place of the output on average.
    """
    assert call.folding is not None
    gone, constants = call.folding.settle(read, call.layer)
    if np.any(constants):
        if bordered and len(taps) > 1:
            call.folding.note(
                f"Removed channels carried constants into {call.layer}, and for "
                f"{bordered} these do not act alike everywhere: the outputs differ "
                "near the borders."
            )
        change = share * (constants @ taps[:, gone].astype(np.float64).sum(0))
        call.shift(bias, kernel, change, made)
    result = np.full(len(made), np.nan)
    away = call.folding.gone(made)
    if away.any():
        level = bias_values(call, kernel, bias, len(made))
        quiet = away & ~moved(taps, gone)
        result[quiet] = level[quiet]
    return result


def moved(taps: NDArray, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the channels out depend on any channel in that stays."""
    all_entries = np.count_nonzero(taps, axis=(0, 1))
    return np.asarray(all_entries > np.count_nonzero(taps[:, gone], axis=(0, 1)))


def bias_values(
    call: Call, kernel: Parameter, bias: Parameter | None, size: int
) -> NDArray[np.float64]:
    """Return the bias as it is now, also one that constants have made; else zeros."""
    assert call.folding is not None
    path = bias.path if bias else f"{kernel.path.rpartition('/')[0]}/bias"
    values = call.folding.values.get(path)
    return np.zeros(size) if values is None else np.asarray(values, float).ravel()
