"""Weights before and after a run, for a page."""

import base64
import html
import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from pruneview.runs.export.look import Look, picture_of
from pruneview.runs.export.writing import Progress
from pruneview.runs.replay import Replay
from pruneview.sparsity.pictures.picture import (
    EXACT,
    FIRST_VALUE,
    ZERO,
    Picture,
    robust_limit,
)

_HEATMAPS = 6
#: A picture's own size, at most, whatever a window shows: two stand side by side on a
#: page, and this is more than a screen of usual size or a printer has for each.
PIXELS = 640
#: Beyond it a weight's cells are not square: most of the room would be empty.
_SQUARE_UP_TO = 2.5


def heatmaps(replay: Replay, look: Look, progress: Progress) -> Iterable[str]:
    """Yield the largest weights, each at the first and the last step that is known.

    Both of a pair are on one scale, that of the first.

    Raises
    ------
    ExportCancelled, RecordingError
    """
    largest = sorted(
        replay.at(replay.last_step).weights, key=lambda w: w.size, reverse=True
    )[:_HEATMAPS]
    found = []
    for number, weight in enumerate(largest):
        progress.at(0.1 + 0.9 * number / len(largest))
        pair = _pair(replay, weight.path, look)
        if pair:
            found.append(pair)
    if not found:
        return
    yield "<h2>Weights before and after</h2>"
    yield (
        "<p>An exact zero has a colour of its own. Where a pixel stands for several "
        "weights it has the colour of the largest, darkened by their share of zeros. "
        f"Pictures are computed from the weights at up to {PIXELS} × {PIXELS} pixels; "
        "what one stands for is said below each.</p>"
    )
    yield from found


def _pair(replay: Replay, path: str, look: Look) -> str:
    figures: list[str] = []
    limit = None
    for step in _ends(replay):
        try:
            values = replay.values(path, step).array
        except KeyError:
            continue
        limit = limit or robust_limit(values)
        picture = picture_of(values, PIXELS, PIXELS, limit)
        figures.append(_figure(picture, f"{path} at step {step:,}", look))
    if not figures or limit is None:
        return ""
    return f"<div class=pair>{''.join(figures)}</div>{_key(limit, look)}"


def _figure(picture: Picture, name: str, look: Look) -> str:
    high, wide = picture.block
    cells = (
        "1 pixel = 1 weight"
        if picture.block == EXACT
        else f"1 pixel = {high} × {wide} weights"
    )
    region = picture.region
    shape = {True: " class=wide", False: " class=tall"}
    long = max(region.height, region.width) > _SQUARE_UP_TO * min(
        region.height, region.width
    )
    kind = shape[region.width > region.height] if long else ""
    table = look.exact if picture.block == EXACT else look.reduced
    name = html.escape(name)
    return (
        f'<figure><img{kind} alt="{name}" src="{_source(picture.codes, table)}">'
        f"<figcaption>{name}<small>{cells}</small></figcaption></figure>"
    )


def _key(limit: float, look: Look) -> str:
    """Return the key to the colours of a pair."""
    zero = "#{:02x}{:02x}{:02x}".format(*look.exact[ZERO])
    bar = np.arange(FIRST_VALUE, 256, dtype=np.uint8)[None, :]
    return (
        f'<p class=key><i style="background:{zero}"></i> exact zero'
        f"<span>≤ −{limit:.4g}</span>"
        f'<img alt="from negative to positive" src="{_source(bar, look.exact)}">'
        f"<span>≥ {limit:.4g}</span></p>"
    )


def _source(codes: np.ndarray, table: np.ndarray) -> str:
    """Return a picture as an address that holds it; a byte a pixel."""
    image = Image.fromarray(np.ascontiguousarray(codes))
    image.putpalette(table.reshape(-1).tolist())
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def _ends(replay: Replay) -> tuple[int, ...]:
    """Return the first step whose values are known, and the last."""
    first = 0 if replay.has_baseline else min(replay.recording.looked_back, default=0)
    return first, replay.last_step
