"""Replace the contents of members of a ZIP archive and leave every other byte alone.

After PKWARE's APPNOTE 6.3: local headers (4.3.7), the central directory (4.3.12) and
its end (4.3.16).
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pruneview.formats.containers.archive import Archive
from pruneview.formats.errors import FormatError

_PIECE = 1 << 22
_LEVEL = 6
_NOT_32_BITS = 0xFFFF_FFFF
_DESCRIPTOR = 0x8


class Written(NamedTuple):
    """CRC-32, and size as stored and unpacked, of a member as it was written."""

    crc: int
    stored: int
    size: int


def splice(archive: Archive, contents: Mapping[str, Path], output: Path) -> None:
    """Write a copy of an archive in which some members have other contents.

    Parameters
    ----------
    archive
        The archive to copy.
    contents
        Files with the new contents, by the name of the member. They are compressed as
        the member was.
    output
        Where to write the copy.

    Raises
    ------
    FormatError
        The archive needs ZIP64 for what would have to be changed.
    OSError
        Writing failed.
    """
    members = {archive.info(name).header_offset: name for name in contents}
    moved: list[tuple[int, int]] = []  # where in the source, by how much from there on
    written: dict[int, Written] = {}
    directory = archive.directory_offset
    with archive.path.open("rb") as source, output.open("wb+") as target:
        at = 0
        for header in sorted(members):
            info = archive.info(members[header])
            start = archive.data_offset(members[header])
            _copy(source, target, at, start)
            member = _write_member(info, contents[members[header]], target)
            at = start + info.compress_size
            if info.flag_bits & _DESCRIPTOR:
                at = _write_descriptor(source, target, at, info, member)
            else:
                _patch_sizes(target, header + _shift(moved, header) + 14, info, member)
            moved.append((at, target.tell() - at))
            written[header] = member
        if moved[-1][1] and archive.is_zip64:
            raise _too_big(archive.path.name)
        _copy(source, target, at, archive.path.stat().st_size)
        _patch_directory(target, directory + _shift(moved, directory), moved, {
            header: (archive.info(members[header]), member)
            for header, member in written.items()
        })  # fmt: skip
        _patch_end(target, moved, directory)


def _write_member(info: zipfile.ZipInfo, contents: Path, target: BinaryIO) -> Written:
    """Write a member's data, compressed as they were."""
    stored = info.compress_type == zipfile.ZIP_STORED
    if not stored and info.compress_type != zipfile.ZIP_DEFLATED:
        raise FormatError(
            f"{info.filename} is compressed in a way that cannot be written (method"
            f" {info.compress_type}). Save the model again with Keras."
        )
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc, size = 0, 0
    begin = target.tell()
    with contents.open("rb") as file:
        while piece := file.read(_PIECE):
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            target.write(piece if stored else packer.compress(piece))
    if not stored:
        target.write(packer.flush())
    return Written(crc, target.tell() - begin, size)


def _patch_sizes(
    target: BinaryIO, at: int, info: zipfile.ZipInfo, member: Written
) -> None:
    """Write CRC-32 and sizes where a header has them, and return to the end."""
    target.seek(at)
    _, *old = struct.unpack("<III", target.read(12))
    if _NOT_32_BITS not in old:
        fields = struct.pack("<III", *member)
    elif (member.stored, member.size) == (info.compress_size, info.file_size):
        fields = struct.pack("<I", member.crc)
    else:
        raise _too_big(info.filename)
    target.seek(at)
    target.write(fields)
    target.seek(0, os.SEEK_END)


def _write_descriptor(
    source: BinaryIO,
    target: BinaryIO,
    at: int,
    info: zipfile.ZipInfo,
    member: Written,
) -> int:
    """Write the descriptor that follows a member's data; return where the old ends."""
    source.seek(at)
    head = source.read(4)
    signature = head if head == b"PK\x07\x08" else b""
    wide = max(info.compress_size, info.file_size) > _NOT_32_BITS
    form = "<IQQ" if wide else "<III"
    target.write(signature + struct.pack(form, *member))
    return at + len(signature) + struct.calcsize(form)


def _patch_directory(
    target: BinaryIO,
    start: int,
    moved: list[tuple[int, int]],
    written: Mapping[int, tuple[zipfile.ZipInfo, Written]],
) -> None:
    for at, entry in _directory(target, start):
        (offset,) = struct.unpack_from("<I", entry, 42)
        if offset in written:
            _patch_sizes(target, at + 16, *written[offset])
        if offset != _NOT_32_BITS:
            target.seek(at + 42)
            target.write(struct.pack("<I", offset + _shift(moved, offset)))


def _directory(target: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    at = start
    while True:
        target.seek(at)
        entry = target.read(46)
        if len(entry) < 46 or not entry.startswith(b"PK\x01\x02"):
            return
        yield at, entry
        at += 46 + sum(struct.unpack_from("<HHH", entry, 28))


def _patch_end(target: BinaryIO, moved: list[tuple[int, int]], directory: int) -> None:
    delta = _shift(moved, directory)
    if not delta:
        return
    size = target.seek(0, os.SEEK_END)
    tail_at = max(0, size - (1 << 16) - 22)
    target.seek(tail_at)
    tail = target.read()
    at = tail_at + tail.rfind(b"PK\x05\x06")
    target.seek(at + 16)
    target.write(struct.pack("<I", directory + delta))


def _shift(moved: list[tuple[int, int]], position: int) -> int:
    """Return by how much a position of the source lies further on in the copy."""
    return next((by for at, by in reversed(moved) if at <= position), 0)


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    left = end - start
    while left > 0 and (piece := source.read(min(_PIECE, left))):
        target.write(piece)
        left -= len(piece)


def _too_big(name: str) -> FormatError:
    return FormatError(
        f"{name} is too large to be compressed anew in place (ZIP64). Save the model"
        " again with Keras, which does not compress."
    )
