"""Checkpoints that are written over in turn, one of which is whole at any moment."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_FRONT = struct.Struct("<QqQQ")
_CHECK = struct.Struct("<I")
FRONT_SIZE = _FRONT.size + _CHECK.size


@dataclass(frozen=True)
class SlotContent:
    """What a slot holds.

    Attributes
    ----------
    sequence
        Grows by one with each checkpoint.
    step
        The moment of the run.
    log_end
        Where the log ended when it was made.
    """

    sequence: int
    step: int
    log_end: int
    body: memoryview


def pack_front(
    sequence: int, step: int, log_end: int, body: Sequence[memoryview]
) -> bytes:
    """Return what stands before the body: who it is, its length and checksum."""
    used = sum(part.nbytes for part in body)
    front = _FRONT.pack(sequence, step, log_end, used)
    check = zlib.crc32(front)
    for part in body:
        check = zlib.crc32(part, check)
    return front + _CHECK.pack(check)


def sequence_in(front: bytes) -> int:
    """Return the number that a slot claims to have; -1 where it is cut short."""
    return _FRONT.unpack_from(front)[0] if len(front) >= _FRONT.size else -1


def unpack_slot(payload: bytes) -> SlotContent | None:
    """Return what the payload of a slot holds; None where it is not whole."""
    if len(payload) < FRONT_SIZE:
        return None
    sequence, step, log_end, used = _FRONT.unpack_from(payload)
    (check,) = _CHECK.unpack_from(payload, _FRONT.size)
    body = memoryview(payload)[FRONT_SIZE : FRONT_SIZE + used]
    if body.nbytes != used:
        return None
    found = zlib.crc32(body, zlib.crc32(payload[: _FRONT.size]))
    if found != check:
        return None
    return SlotContent(sequence, step, log_end, body)
