"""Thumbnails for the wall, of a file's weights or of a run's moment. No Qt here."""

import numpy as np

from pruneview.formats import FormatError, Weight
from pruneview.pruning.in_memory import whole as whole_weight
from pruneview.pruning.pieces import is_large
from pruneview.runs import Replay
from pruneview.sparsity.pictures.banded import render_bands
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.picture import block_for, robust_limit, whole
from pruneview.sparsity.pictures.thumbnail import Thumbnail, ThumbnailWish, thumbnail
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.reader_pool import Request


def draw_moment(
    replay: Replay,
    step: int,
    wishes: tuple[ThumbnailWish, ...],
    display: Display,
    request: Request,
) -> None:
    """Report a thumbnail of each weight at a step, or the path of one not kept.

    Raises
    ------
    RecordingError
        Where that part of the recording is damaged.
    """
    differs = display.quantity is Quantity.DIFFERENCE
    for wish in wishes:
        if request.cancelled:
            return
        path = wish.weight_path
        try:
            values = replay.values(path, step).array
        except KeyError:
            request.report(path)
            continue
        before = replay.baseline(path) if differs else None
        request.report(thumbnail(wish, values, display, before))


def draw_all(
    wanted: list[tuple[Weight, ThumbnailWish]], display: Display, request: Request
) -> None:
    """Report a thumbnail of each weight of the file, the small ones first."""
    for weight, wish in sorted(wanted, key=lambda pair: pair[0].nbytes):
        if request.cancelled:
            return
        try:
            if is_large(weight) and len(weight.shape) == 2:
                drawn = _draw_large(weight, wish, display, request)
            else:
                before = whole_weight(weight)
                drawn = thumbnail(
                    wish,
                    np.asarray(weight.read()),
                    display,
                    None if before is None else before.read(),
                )
        except FormatError:
            continue  # said where the weights are counted
        if drawn is not None:
            request.report(drawn)


def _draw_large(
    weight: Weight, wish: ThumbnailWish, display: Display, request: Request
) -> Thumbnail | None:
    """Draw a matrix in bands, its zeros counted as they pass."""
    display = display.of_weights
    canvas = canvas_for(weight.shape)
    everything = whole(canvas)
    block = block_for(everything, wish.pixels_down, wish.pixels_across)
    zeros = 0
    before = whole_weight(weight)
    sample = weight.read((slice(0, None, max(1, canvas.height // 64)), slice(None)))

    def read(start: int, stop: int, step: int) -> np.ndarray:
        nonlocal zeros
        window = (slice(start, stop, step), slice(None))
        band = weight.read(window)
        zeros += band.size - int(np.count_nonzero(band))
        old = None if before is None else before.read(window)
        return display.of(band, old)

    picture = render_bands(
        read,
        canvas,
        everything,
        block=block,
        limit=display.limit or robust_limit(sample, display.percentile),
        tone=display.tone,
        cancelled=lambda: request.cancelled,
    )
    if picture is None:
        return None
    return Thumbnail(weight.path, picture, zeros, weight.size)
