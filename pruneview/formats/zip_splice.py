"""Replace the contents of members of a ZIP archive and leave every other byte alone.

After PKWARE's APPNOTE 6.3: local headers (4.3.7), the central directory (4.3.12) and
its end (4.3.16).
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from pruneview.formats.archive import Archive
from pruneview.formats.errors import FormatError

_PIECE = 1 << 22
_LEVEL = 6
_NOT_32_BITS = 0xFFFF_FFFF
_DESCRIPTOR = 0x8


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
    infos = {archive.info(name).header_offset: name for name in contents}
    moved: list[tuple[int, int]] = []  # where in the source, by how much from there on
    sums: dict[int, tuple[int, int]] = {}  # header offset -> CRC, compressed size
    directory = archive.directory_offset
    with archive.path.open("rb") as source, output.open("wb+") as target:
        at = 0
        for header in sorted(infos):
            info = archive.info(infos[header])
            start = archive.data_offset(infos[header])
            _copy(source, target, at, start)
            data_at = target.tell()
            crc, size = _write_member(info, contents[infos[header]], target)
            at = start + info.compress_size
            _patch_local(info, target, header + _shift(moved, header), crc, size)
            if info.flag_bits & _DESCRIPTOR:
                at = _copy_descriptor(source, target, at, crc, (info, size))
            moved.append((at, target.tell() - at))
            sums[header] = (crc, size)
            assert target.tell() >= data_at
        _copy(source, target, at, archive.path.stat().st_size)
        if any(delta for _, delta in moved) and archive.is_zip64:
            raise _too_big(archive)
        _patch_directory(target, directory + _shift(moved, directory), moved, sums)
        _patch_end(target, moved, directory)


def _write_member(
    info: zipfile.ZipInfo, contents: Path, target: BinaryIO
) -> tuple[int, int]:
    """Write a member's data; return CRC-32 and size as stored."""
    crc = 0
    begin = target.tell()
    stored = info.compress_type == zipfile.ZIP_STORED
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    if not stored and info.compress_type != zipfile.ZIP_DEFLATED:
        raise FormatError(
            f"{info.filename} is compressed in a way that cannot be written (method"
            f" {info.compress_type}). Save the model again with Keras."
        )
    with contents.open("rb") as file:
        while piece := file.read(_PIECE):
            crc = zlib.crc32(piece, crc)
            target.write(piece if stored else packer.compress(piece))
    if not stored:
        target.write(packer.flush())
    return crc, target.tell() - begin


def _patch_local(
    info: zipfile.ZipInfo, target: BinaryIO, header: int, crc: int, size: int
) -> None:
    end = target.tell()
    target.seek(header + 14)
    _, old, _ = struct.unpack("<III", target.read(12))
    if not info.flag_bits & _DESCRIPTOR:
        target.seek(header + 14)
        target.write(struct.pack("<I", crc))
        if old != _NOT_32_BITS:
            target.write(struct.pack("<I", size))
        elif size != info.compress_size:
            raise FormatError(
                f"{info.filename} has another size after pruning, which its ZIP64"
                " header cannot tell. Save the model again with Keras."
            )
    target.seek(end)


def _copy_descriptor(
    source: BinaryIO,
    target: BinaryIO,
    at: int,
    crc: int,
    member: tuple[zipfile.ZipInfo, int],
) -> int:
    """Write the data descriptor that follows a member; return where it ends."""
    info, size = member
    source.seek(at)
    head = source.read(4)
    signature = head if head == b"PK\x07\x08" else b""
    wide = info.compress_size > _NOT_32_BITS or info.file_size > _NOT_32_BITS
    target.write(signature + struct.pack("<IQQ" if wide else "<III", crc, size,
                                         info.file_size))  # fmt: skip
    return at + len(signature) + (20 if wide else 12)


def _patch_directory(
    target: BinaryIO,
    start: int,
    moved: list[tuple[int, int]],
    sums: Mapping[int, tuple[int, int]],
) -> None:
    for at, entry in _directory(target, start):
        (offset,) = struct.unpack_from("<I", entry, 42)
        if offset in sums:
            crc, size = sums[offset]
            target.seek(at + 16)
            target.write(struct.pack("<I", crc))
            if struct.unpack_from("<I", entry, 20)[0] != _NOT_32_BITS:
                target.write(struct.pack("<I", size))
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
    size = target.seek(0, 2)
    tail_at = max(0, size - (1 << 16) - 22)
    target.seek(tail_at)
    tail = target.read()
    at = tail_at + tail.rfind(b"PK\x05\x06")
    target.seek(at + 16)
    target.write(struct.pack("<I", directory + delta))


def _shift(moved: list[tuple[int, int]], position: int) -> int:
    """Return by how much a position of the source lies further on in the copy."""
    return max((at_delta for at_delta in moved if at_delta[0] <= position),
               default=(0, 0))[1]  # fmt: skip


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    left = end - start
    while left > 0 and (piece := source.read(min(_PIECE, left))):
        target.write(piece)
        left -= len(piece)


def _too_big(archive: Archive) -> FormatError:
    return FormatError(
        f"{archive.path.name} is a ZIP64 archive with compressed weights, whose size"
        " changes. Save the model again with Keras, which does not compress."
    )
