"""Protocol buffers on the wire: fields by number, without a schema or a library.

After "Encoding", protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator

from pruneview.formats.errors import DamagedError

_FIXED_BYTES = {1: 8, 5: 4}


def fields(
    message: int | bytes, only: int | None = None
) -> Iterator[tuple[int, int | bytes]]:
    """Yield a message's fields as number and value, in order.

    Numbers come as int; texts, bytes and messages as bytes.

    Parameters
    ----------
    message
        The message's bytes; a number, which is no message, has no fields.
    only
        Yield the messages of this field alone.

    Raises
    ------
    DamagedError
        The bytes are no message.
    """
    if not isinstance(message, bytes):
        return
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        value: int | bytes
        if kind == 0:
            value, at = _varint(message, at)
        elif kind == 2:
            length, at = _varint(message, at)
            value, at = _take(message, at, length)
        elif kind in _FIXED_BYTES:
            value, at = _take(message, at, _FIXED_BYTES[kind])
        else:
            raise DamagedError("A description in the model's folder is damaged.")
        if only is None or (tag >> 3 == only and isinstance(value, bytes)):
            yield tag >> 3, value


def _take(message: bytes, at: int, length: int) -> tuple[bytes, int]:
    if at + length > len(message):
        raise DamagedError("A description in the model's folder is cut off.")
    return message[at : at + length], at + length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise DamagedError("A description in the model's folder is damaged.")
