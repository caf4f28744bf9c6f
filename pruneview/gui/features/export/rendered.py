"""Pictures of panels as files: encoded and written on a thread of the reader pool."""

import base64
import io
import re
from pathlib import Path
from typing import BinaryIO, cast

from PIL import Image
from PySide6.QtGui import QImage

from pruneview.runs.export.writing import ExportError, Progress, write_whole

#: How Qt embeds a picture in a drawing.
_EMBEDDED = re.compile(rb'xlink:href="data:image/png;base64,([^"]*)"')


class _Watched:
    """A stream that stops taking anything once the file is not wanted any more."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream, self._progress = stream, progress

    def write(self, data: bytes) -> int:
        self._progress.at(0.0)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


def write_png(image: QImage, path: Path, progress: Progress) -> None:
    """Write a picture of 32 bits a pixel.

    Raises
    ------
    ExportError, ExportCancelled
    """

    def write(draft: Path) -> None:
        with draft.open("wb") as stream:
            _encode(image, stream, progress)

    write_whole(path, write)


def write_svg(drawing: bytes, path: Path, cells: QImage, progress: Progress) -> None:
    """Write a drawing, with cells in the place of its picture of one pixel.

    Parameters
    ----------
    cells
        32 bits a pixel; none: the drawing is whole.

    Raises
    ------
    ExportError, ExportCancelled
    """
    if not cells.isNull():
        drawing = _with_cells(drawing, cells, progress)

    def write(draft: Path) -> None:
        draft.write_bytes(drawing)

    write_whole(path, write)


def _encode(image: QImage, stream: BinaryIO, progress: Progress) -> None:
    """Write a picture as PNG, without the lock that the window waits for."""
    size = image.width(), image.height()
    bits = cast("bytearray", image.constBits())
    pixels = Image.frombuffer("RGB", size, bits, "raw", "BGRX", image.bytesPerLine(), 1)
    pixels.save(cast("BinaryIO", _Watched(stream, progress)), "PNG")


def _with_cells(drawing: bytes, cells: QImage, progress: Progress) -> bytes:
    stream = io.BytesIO()
    _encode(cells, stream, progress)
    # Cells keep their edges, however large they are shown.
    whole = (
        b'style="image-rendering:pixelated" xlink:href="data:image/png;base64,%s"'
        % base64.b64encode(stream.getvalue())
    )
    for found in _EMBEDDED.finditer(drawing):
        with Image.open(io.BytesIO(base64.b64decode(found[1]))) as embedded:
            if embedded.size == (1, 1):
                return drawing[: found.start()] + whole + drawing[found.end() :]
    raise ExportError("The drawing has no place for its cells: export a PNG instead.")
