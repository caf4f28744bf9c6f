"""A run as an animation: the heatmap of one weight, with its numbers burnt in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from pruneview.runs.export import video
from pruneview.runs.export.look import Look
from pruneview.runs.export.painter import FilmPlan, Painter
from pruneview.runs.export.writing import ExportError, Progress, write_whole
from pruneview.runs.replay import Replay
from pruneview.sparsity.pictures.picture import FIRST_VALUE, robust_limit

_MOST_FRAMES = 300
#: Changes a second, at most, of a GIF and a WebP.
_RATE = 50
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
    """Write an animation: MP4 or WebP where `path` ends so, or else GIF.

    An MP4 has an even width and height: an odd one loses a pixel.

    Raises
    ------
    ExportError, ExportCancelled, RecordingError
    """
    progress = progress or Progress()
    kind = path.suffix.lower()
    if kind == ".mp4":
        width, height = video.fitting(plan.width, plan.height)
        plan = replace(plan, width=width, height=height)
    stops = _stops(replay, plan, video.RATE if kind == ".mp4" else _RATE)
    durations = [max(20, round(plan.seconds * 1000 / len(stops)))] * len(stops)
    durations[-1] = _LAST_FRAME_MS
    frames = _frames(replay, stops, plan, look)
    if kind == ".mp4":
        counts = video.repeats(durations)
        told = _Told(progress, sum(counts))
        size = plan.width, plan.height
        shown = zip(frames, counts, strict=True)
        write_whole(
            path, lambda draft: video.write_mp4(draft, shown, size, told.one_more)
        )
        return
    told = _Told(progress, len(stops))
    palette = _palette(look)
    is_webp = kind == ".webp"

    def finished() -> Iterator[Image.Image]:
        for frame in frames:
            told.one_more()
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


class _Told:
    """Counts what was written, and learns that no more is wanted."""

    def __init__(self, progress: Progress, count: int) -> None:
        self._progress, self._count, self._done = progress, count, 0

    def one_more(self) -> None:
        """Raise ExportCancelled where the film is not wanted any more."""
        self._done += 1
        self._progress.at(self._done / self._count)


def _stops(replay: Replay, plan: FilmPlan, rate: int) -> list[int]:
    """Return the steps to be shown: mask updates and both ends, not too many."""
    shown = []
    for step in replay.stops:
        try:
            replay.values(plan.weight, step)
        except KeyError:
            continue
        shown.append(step)
    if not shown:
        raise ExportError(_nothing_of(replay, plan.weight))
    most = int(min(_MOST_FRAMES, max(1, plan.seconds * rate)))
    if len(shown) > most:
        places = np.linspace(0, len(shown) - 1, most).round().astype(int)
        shown = [shown[place] for place in places]
    return shown


def _nothing_of(replay: Replay, weight: str) -> str:
    header = replay.recording.header
    pruned = [path for path, _ in header.pruned]
    if not weight:
        return f"Select the weight that is to be shown, {pruned[0]} for one."
    if weight in pruned and not replay.has_baseline:
        return (
            f"The recording holds no values of {weight}: none were kept before it "
            f"ended. Open the model that it was made of, {header.model.name}, and then "
            "the recording: the weights are then known from the file."
        )
    return (
        f"The recording holds no values of {weight}: select one that the run prunes, "
        f"{pruned[0]} for one."
    )


def _frames(
    replay: Replay, stops: list[int], plan: FilmPlan, look: Look
) -> Iterator[Image.Image]:
    limit = robust_limit(replay.values(plan.weight, stops[0]).array)
    painter = Painter(replay, plan, look, limit)
    for step in stops:
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
