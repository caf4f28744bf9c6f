"""Messages of protocol buffers, without a library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruneview.formats import FormatError
from pruneview.formats.containers.protobuf import fields
from pruneview.formats.containers.saved_objects import descriptions, object_graph


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


@given(st.lists(st.tuples(
    st.integers(1, 2**20), st.integers(0, 2**64 - 1) | st.binary(max_size=300)
)))  # fmt: skip
def test_fields_come_back_in_order(pairs):
    message = b"".join(field(number, value) for number, value in pairs)
    assert list(fields(message)) == pairs
    wanted = [(n, v) for n, v in pairs if n == 3 and isinstance(v, bytes)]
    assert list(fields(message, 3)) == wanted


def test_fixed_fields_are_bytes():
    message = bytes([1 << 3 | 1, *range(8), 2 << 3 | 5, *range(4)])
    assert list(fields(message)) == [(1, bytes(range(8))), (2, bytes(range(4)))]


class Reader:
    """Stands for TensorFlow's reader of a checkpoint."""

    def __init__(self, graph: bytes) -> None:
        self.graph = graph

    def has_tensor(self, _name: str) -> bool:
        return True

    def get_tensor(self, _name: str) -> bytes:
        return self.graph


@given(st.binary(max_size=60))
def test_damage_is_told(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("model")
    (folder / "keras_metadata.pb").write_bytes(data)
    for read in (
        lambda: list(fields(data)),
        lambda: object_graph(Reader(data)),
        lambda: descriptions(folder),
    ):
        try:
            read()
        except FormatError as error:
            sentence = str(error)
            if not sentence.endswith("."):
                pytest.fail(sentence)


def test_objects_and_their_variables():
    attribute = field(2, b"dense/kernel") + field(3, b"layer/kernel/.ATTRIBUTES")
    child = field(1, 7) + field(2, b"kernel")
    graph = field(1, field(1, child) + field(2, attribute))
    assert object_graph(Reader(graph)) == (
        [{"kernel": 7}],
        ["layer/kernel/.ATTRIBUTES"],
        {"layer/kernel/.ATTRIBUTES": "dense/kernel"},
    )
