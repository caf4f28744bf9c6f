"""A `.keras` archive: its members, checked before any of them is unpacked."""

import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NoReturn

from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.region import Region
from pruneview.formats.limits import (
    EXPANSION_FLOOR,
    MAX_DIRECTORY_BYTES,
    MAX_EXPANSION,
    MAX_JSON_BYTES,
    MAX_MEMBERS,
    readable_bytes,
)

CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
SHARDS = "model.weights.json"

_ENCRYPTED = 0x1
_NOT_32_BITS = 0xFFFF_FFFF
_PIECE = 1 << 20
_ERRORS = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
)


class Archive:
    """An open `.keras` file. Raises FormatError where it is not a sound one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if _directory_bytes(path) > MAX_DIRECTORY_BYTES:
            raise FormatError(
                f"{path.name} lists more members than any model has, so it was not"
                " opened."
            )
        try:
            self._zip = zipfile.ZipFile(path)
        except _ERRORS:
            self._damaged()
        try:
            self._members = self._checked()
        except FormatError:
            self._zip.close()
            raise

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        """Names of the members, without the folder that holds them all."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """Return a small member, such as ``config.json``."""
        info = self._members[name]
        if info.file_size > MAX_JSON_BYTES:
            raise FormatError(
                f"{name} in {self.path.name} claims {readable_bytes(info.file_size)},"
                " which no model's description has, so it was not opened."
            )
        try:
            return self._zip.read(info)
        except _ERRORS:
            self._damaged()

    def region(self, name: str) -> Region:
        """Return a member's bytes: in place where stored, else unpacked to disk."""
        info = self._members[name]
        if info.compress_type == zipfile.ZIP_STORED:
            return Region(self.path, self.data_offset(name), info.file_size)
        return self._unpacked(info)

    def data_offset(self, name: str) -> int:
        """Return the byte at which a member's data begin in the archive."""
        info = self._members[name]
        with self.path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(30)
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            self._damaged()
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        return int(info.header_offset + 30 + name_length + extra_length)

    def info(self, name: str) -> zipfile.ZipInfo:
        """Return the directory's record of a member."""
        return self._members[name]

    @property
    def directory_offset(self) -> int:
        """Byte at which the central directory begins."""
        return int(self._zip.start_dir)

    @property
    def is_zip64(self) -> bool:
        """Whether offsets or sizes are too large for the plain format."""
        limit = 0xFFFF_FFFF
        return self.directory_offset >= limit or any(
            max(i.file_size, i.compress_size, i.header_offset) >= limit
            for i in self._members.values()
        )

    def close(self) -> None:
        """Close the archive; regions stay open on their own."""
        self._zip.close()

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise FormatError(
                f"{self.path.name} lists {len(infos):,} members, which no model has, so"
                " it was not opened."
            )
        for info in infos:
            self._check(info)
        prefix = _common_folder(infos)
        return {
            info.filename.removeprefix(prefix): info
            for info in infos
            if info.filename and not info.filename.endswith("/")
        }

    def _check(self, info: zipfile.ZipInfo) -> None:
        name = info.filename.replace("\\", "/")
        if (
            name.startswith("/")
            or name[1:2] == ":"
            or ".." in PurePosixPath(name).parts
        ):
            raise FormatError(
                f"{self.path.name} holds {info.filename!r}, a name that leads out of"
                " the archive, so it was not opened."
            )
        if info.flag_bits & _ENCRYPTED:
            raise FormatError(
                f"{self.path.name} is encrypted. Unpack it with its password and pack"
                " it again without one."
            )
        if info.file_size > max(EXPANSION_FLOOR, MAX_EXPANSION * info.compress_size):
            raise FormatError(
                f"{info.filename} in {self.path.name} claims"
                f" {readable_bytes(info.file_size)} in"
                f" {readable_bytes(info.compress_size)}, more than compression can"
                " reach, so it was not opened."
            )

    def _unpacked(self, info: zipfile.ZipInfo) -> Region:
        # On disk, not in memory: a compressed archive may hold gigabytes.
        with tempfile.NamedTemporaryFile(
            prefix="pruneview-", suffix=".h5", delete=False
        ) as target:
            temporary = Path(target.name)
            try:
                with self._zip.open(info) as source:
                    left = info.file_size
                    while piece := source.read(_PIECE):
                        left -= len(piece)
                        if left < 0:
                            self._damaged()
                        target.write(piece)
            except _ERRORS as error:
                temporary.unlink(missing_ok=True)
                if isinstance(error, OSError) and error.errno is not None:
                    raise FormatError(
                        f"{self.path.name} could not be unpacked: {error.strerror}."
                    ) from None
                self._damaged()
        return Region(temporary, delete=True)

    def _damaged(self) -> NoReturn:
        raise FormatError(
            f"{self.path.name} begins like a .keras archive but is damaged or cut off."
            " Copy or download it again."
        ) from None


def _directory_bytes(path: Path) -> int:
    """Return the size that the end of a ZIP file gives for its directory.

    `zipfile` reads all of it into memory before anything can be asked.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 128))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    wide = tail.rfind(b"PK\x06\x06")
    if end < 0 or end + 22 > len(tail):
        return 0
    (found,) = struct.unpack_from("<I", tail, end + 12)
    if found == _NOT_32_BITS and wide >= 0 and wide + 56 <= len(tail):
        (found,) = struct.unpack_from("<Q", tail, wide + 40)
    return int(found)


def _common_folder(infos: list[zipfile.ZipInfo]) -> str:
    """Return the one folder that holds every member, where a person zipped it."""
    configs = [i.filename for i in infos if i.filename.endswith("/" + CONFIG)]
    top_level = any(i.filename == CONFIG for i in infos)
    if top_level or len(configs) != 1:
        return ""
    prefix = configs[0].removesuffix(CONFIG)
    return prefix if all(i.filename.startswith(prefix) for i in infos) else ""
