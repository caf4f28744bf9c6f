"""An animation as MP4 with H.264, by PyAV, which is an extra of this program."""

import importlib.util
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from pruneview.runs.export.writing import ExportError

if TYPE_CHECKING:  # the window asks for what is installed as it starts
    from PIL import Image

#: Frames a second: every player and every slide program takes a steady rate.
RATE = 30
#: What is missing where the extra is not installed, and what to do about it.
MISSING = (
    "MP4 needs the package PyAV, which is not installed: "
    'run  pip install "pruneview[video]"  and export again. '
    "GIF and WebP need nothing more."
)
_NO_ENCODER = (
    "MP4 needs the H.264 encoder x264, which this PyAV was built without: install "
    "PyAV from PyPI, or choose WebP."
)
#: Squares of 16 x 16 pixels, at most, that decoders of level 5.1 take: 4096 x 2304.
_MOST_SQUARES = 36_864
_SQUARE = 16
#: Of ITU-T H.273: BT.709 primaries, transfer and matrix, as all screens of today have.
_BT709 = 1
#: Luma of 16 to 235, which is the only range that every player knows.
_LIMITED_RANGE = 1
_OPTIONS = {
    # A quality at which letters and cells have clean edges.
    "crf": "16",
    "preset": "veryfast",
    "profile": "high",
    # Frames that the encoder holds back are its memory: some 0.5 GB at 3840 × 2160.
    "rc-lookahead": "2",
    "bf": "0",
}
_CODEC: Final = "libx264"
_THREADS = 2


def is_installed() -> bool:
    """Whether PyAV is there; it is not imported."""
    return importlib.util.find_spec("av") is not None


def fitting(width: int, height: int) -> tuple[int, int]:
    """Return the nearest smaller size that a film can have: both sides are even.

    Raises
    ------
    ExportError
        Where few machines could play it.
    """
    squares = -(-width // _SQUARE) * -(-height // _SQUARE)
    if squares > _MOST_SQUARES:
        raise ExportError(
            f"An MP4 of {width} × {height} pixels would play on few machines: choose "
            "at most 4096 × 2304, or as many pixels in another shape."
        )
    return width // 2 * 2, height // 2 * 2


def repeats(durations: Iterable[int]) -> list[int]:
    """Return for how many frames each picture stands, from its milliseconds.

    Their sum is right to within a frame; every picture has at least one.
    """
    ends = [round(end * RATE / 1000) for end in accumulate(durations)]
    return [
        max(1, end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]


def write_mp4(
    draft: Path,
    pictures: Iterable[tuple["Image.Image", int]],
    size: tuple[int, int],
    wrote: Callable[[], None],
) -> None:
    """Write pictures one by one; no more than the encoder looks ahead is in memory.

    Parameters
    ----------
    pictures
        Each with the number of frames for which it stands, of `size`: width and
        height, both even.
    wrote
        Called after every frame; what it raises ends the film.

    Raises
    ------
    ExportError
        Where PyAV is missing.
    OSError
    """
    try:
        import av  # noqa: PLC0415 - an extra
        from av.error import FFmpegError  # noqa: PLC0415
    except ImportError as error:
        raise ExportError(MISSING if not is_installed() else _broken(error)) from error
    if _CODEC not in av.codecs_available:
        raise ExportError(_NO_ENCODER)
    # The index in front: a player can begin before it has all of the file.
    options = {"movflags": "+faststart"}
    try:
        with av.open(str(draft), "w", format="mp4", options=options) as film:
            stream = film.add_stream(_CODEC, RATE, _OPTIONS)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            coder = stream.codec_context
            coder.thread_count, coder.gop_size = _THREADS, RATE
            coder.colorspace = coder.color_primaries = coder.color_trc = _BT709
            coder.color_range = _LIMITED_RANGE
            tick, number = Fraction(1, RATE), 0
            for picture, count in pictures:
                frame = av.VideoFrame.from_ndarray(np.asarray(picture)).reformat(
                    format="yuv420p",
                    dst_colorspace=_BT709,
                    dst_color_range=_LIMITED_RANGE,
                )
                for _ in range(count):
                    frame.pts, frame.time_base = number, tick
                    film.mux(stream.encode(frame))
                    number += 1
                    wrote()
            film.mux(stream.encode(None))
    except FFmpegError as error:
        raise OSError(error.errno or 0, error.strerror or str(error)) from error


def _broken(error: ImportError) -> str:
    return (
        f"MP4 needs the package PyAV, which cannot be loaded here ({error}): "
        'run  pip install --force-reinstall "pruneview[video]"  and export again.'
    )
