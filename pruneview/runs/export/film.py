"""A run as an animation: the heatmap of one weight, with its numbers burnt in."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pruneview.runs.export.look import Look
from pruneview.runs.export.painter import FilmPlan, Painter
from pruneview.runs.export.writing import ExportError, Progress, write_whole
from pruneview.runs.replay import Replay
from pruneview.sparsity.pictures.picture import FIRST_VALUE, robust_limit

_MOST_FRAMES = 300
_LAST_FRAME_MS = 2000
_COLOURS = 256
_MIXTURES = (0.25, 0.5, 0.75)


def write_film(
    replay: Replay,
    path: Path,
    plan: FilmPlan,
    look: Look,
    progress: Progress | None = None,
) -> None:
    """Write an animation: GIF, or WebP where `path` ends with ``.webp``.

    Raises
    ------
    ExportError, ExportCancelled, RecordingError
    """
    progress = progress or Progress()
    stops = _stops(replay, plan)
    durations = [max(20, round(plan.seconds * 1000 / len(stops)))] * len(stops)
    durations[-1] = _LAST_FRAME_MS
    is_webp = path.suffix.lower() == ".webp"
    frames = _frames(replay, stops, plan, look, progress)
    palette = _palette(look)

    def finished() -> Iterator[Image.Image]:
        for frame in frames:
            yield frame if is_webp else _indexed(frame, palette)

    def write(draft: Path) -> None:
        made = finished()
        first = next(made)
        options = {"lossless": True, "method": 0} if is_webp else {"optimize": False}
        first.save(
            draft,
            "WEBP" if is_webp else "GIF",
            save_all=True,
            append_images=made,
            duration=durations,
            loop=0,
            **options,
        )

    write_whole(path, write)


def _stops(replay: Replay, plan: FilmPlan) -> list[int]:
    """Return the steps to be shown: mask updates and both ends, not too many."""
    shown = []
    for step in replay.stops:
        try:
            replay.values(plan.weight, step)
        except KeyError:
            continue
        shown.append(step)
    if not shown:
        raise ExportError(
            f"The recording holds no values of {plan.weight}: choose another weight."
        )
    most = int(min(_MOST_FRAMES, max(1, plan.seconds * 50)))
    if len(shown) > most:
        places = np.linspace(0, len(shown) - 1, most).round().astype(int)
        shown = [shown[place] for place in places]
    return shown


def _frames(
    replay: Replay, stops: list[int], plan: FilmPlan, look: Look, progress: Progress
) -> Iterator[Image.Image]:
    limit = robust_limit(replay.values(plan.weight, stops[0]).array)
    painter = Painter(replay, plan, look, limit)
    for number, step in enumerate(stops):
        progress.at(number / len(stops))
        yield painter.frame(step)


def _palette(look: Look) -> Image.Image:
    """Return a palette in which the colours that mean something are exact."""
    grounds = Image.new("RGB", (6, 1))
    named = (look.ground, look.text, look.muted, look.sparsity, look.accuracy)
    for place, colour in enumerate((*named, look.baseline)):
        grounds.paste(colour, (place, 0, place + 1, 1))
    fixed = np.asarray(grounds)[0].astype(float)
    # Letters have soft edges: mixtures of each colour with the ground.
    mixed = [fixed[0] + (ink - fixed[0]) * s for ink in fixed[1:] for s in _MIXTURES]
    special = look.exact[:FIRST_VALUE].astype(float)
    free = _COLOURS - len(fixed) - len(mixed) - len(special)
    values = np.unique(
        np.concatenate([look.exact[FIRST_VALUE:], look.reduced[FIRST_VALUE:]]), axis=0
    )
    places = np.linspace(0, len(values) - 1, free).round().astype(int)
    rows = np.concatenate([special, fixed, np.array(mixed), values[places]])
    image = Image.new("P", (1, 1))
    image.putpalette(rows.round().astype(np.uint8).reshape(-1).tolist())
    return image


def _indexed(frame: Image.Image, palette: Image.Image) -> Image.Image:
    return frame.quantize(palette=palette, dither=Image.Dither.NONE)
