"""What a file is, by its first bytes and never by its name."""

import os
import re
from pathlib import Path
from typing import BinaryIO

from pruneview.formats.errors import FormatError
from pruneview.formats.limits import readable_bytes

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_LFS = b"version https://git-lfs.github.com/spec/"
_FOREIGN = (
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"<!DOCTYPE", "a web page, perhaps an error page saved as a download"),
    (b"<html", "a web page, perhaps an error page saved as a download"),
    (b"\x08\x01\x12", "an ONNX model or a protocol buffer"),
)


def identify(path: Path) -> str:
    """Return ``hdf5``, ``zip``, ``shards`` or ``folder``.

    Raises
    ------
    FormatError
        It is not there, cannot be read, is empty, or is something else.
    """
    try:
        if path.is_dir():
            return "folder"
        if path.exists() and not path.is_file():
            raise FormatError(f"{path} is not an ordinary file, so it was not opened.")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(4096)
            userblock = _hdf5_after_userblock(file, size) if size else False
    except FileNotFoundError:
        raise FormatError(
            f"There is no file {path}. Check the name and the folder."
        ) from None
    except PermissionError:
        raise FormatError(
            f"You have no permission to read {path}. Ask its owner, or copy it."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a valid name"
        raise FormatError(f"{path} cannot be read: {reason}.") from None
    if size == 0:
        raise FormatError(f"{path.name} is empty. Copy or download it again.")
    if head.startswith(HDF5_SIGNATURE) or userblock:
        return "hdf5"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    return _other(path, head)


def _other(path: Path, head: bytes) -> str:
    if head.startswith(_LFS):
        raise FormatError(_lfs_sentence(path.name, head))
    if b"TFL3" in head[4:8]:
        raise FormatError(
            f"{path.name} is a TensorFlow Lite model. Open the Keras model that it was"
            " converted from."
        )
    for start, words in _FOREIGN:
        if head.startswith(start):
            raise FormatError(f"{path.name} is no Keras model: it is {words}.")
    if head.lstrip()[:1] == b"{" and b'"weight_map"' in head:
        return "shards"
    if head.lstrip()[:1] == b"{":
        raise FormatError(
            f"{path.name} is JSON: a model's description without its weights. Open the"
            " .keras or .h5 file that belongs to it."
        )
    raise FormatError(
        f"{path.name} is no Keras model: it is neither HDF5 (.h5, .hdf5) nor a .keras"
        " archive."
    )


def _hdf5_after_userblock(file: BinaryIO, size: int) -> bool:
    """HDF5 may begin at byte 512, 1024, 2048 and so on."""
    offset = 512
    while offset + 8 <= min(size, 1 << 20):
        file.seek(offset)
        if file.read(8) == HDF5_SIGNATURE:
            return True
        offset *= 2
    return False


def _lfs_sentence(name: str, head: bytes) -> str:
    match = re.search(rb"^size (\d{1,18})\s*$", head, re.MULTILINE)
    size = f" of {readable_bytes(int(match.group(1)))}" if match else ""
    return (
        f"{name} is not the model but a git-lfs pointer to a file{size}. Fetch it with"
        " 'git lfs pull', or download it from the project's page."
    )
