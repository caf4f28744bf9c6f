"""Damaged files end in a model or a sentence: never in anything else.

500 mutations by default; ``PRUNEVIEW_FUZZ=20000`` for a release.
"""

import contextlib
import os
import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruneview.formats import FormatError, open_model
from tests.formats import imitations

EXAMPLES = int(os.environ.get("PRUNEVIEW_FUZZ", "500"))
SECONDS = 2.0


def computing() -> float:
    """Seconds of computing so far, here and in helper processes that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


MEGABYTES = 500
SMALL = 300_000
MARKS = (b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"FRHP", b"PK\x01\x02",
         b"PK\x03\x04", b"PK\x05\x06", b"layer_names", b"weight_names",
         b"keras_version", b'"config"', b"model_config", b"dtype")  # fmt: skip
PIECES = st.one_of(
    st.binary(min_size=1, max_size=16),
    st.sampled_from([
        b"\0" * 8, b"\xff" * 8, b"\x01" + b"\0" * 7, b"\xff\xff\xff\x7f", b"\0\0\0\x80",
        b"\0" * 64, b"TREE", b"SNOD", b"\x10\0", b"\x11\0", b"\x08\0", b"../x", b"]}",
    ]),
)  # fmt: skip
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "insert", "delete", "cut", "copy"]),
        st.integers(0, 10_000),  # which place: marks first, then anywhere
        st.integers(0, 400),  # how far from it
        PIECES,
    ),
    min_size=1,
    max_size=4,
)


def places_of(data: bytes) -> list[int]:
    """Return where structure begins: mutations elsewhere only change values."""
    found = [0, 8, 64, len(data) - 64]
    for mark in MARKS:
        at = data.find(mark)
        while at >= 0:
            found.append(at)
            at = data.find(mark, at + 1)
    return sorted(found)


def mutate(data: bytes, mutations: list) -> bytes:
    changed = bytearray(data)
    places = places_of(data)
    for kind, place, distance, piece in mutations:
        at = (places[place % len(places)] + distance) % max(1, len(changed))
        if kind == "write":
            changed[at : at + len(piece)] = piece
        elif kind == "insert":
            changed[at:at] = piece
        elif kind == "delete":
            del changed[at : at + len(piece)]
        elif kind == "cut":
            del changed[at:]
        else:
            other = places[distance % len(places)]
            changed[at : at + 48] = data[other : other + 48]
    return bytes(changed)


@pytest.fixture(scope="module")
def originals(models_folder, tmp_path_factory) -> list[tuple[str, bytes]]:
    folder = tmp_path_factory.mktemp("originals")
    config = imitations.sequential(("Dense", "dense_1", {}), ("Dense", "dense_2", {}))
    imitations.two_layers(folder / "chunked.h5", compression="gzip", config=config)
    plain = imitations.numbered(
        folder / "plain.h5", {"dense": [imitations.values(4, 3)]}
    )
    imitations.zipped(folder / "packed.keras", plain, config, compression=8)
    files = [*models_folder.iterdir(), *folder.iterdir()]
    return [
        (f.name, f.read_bytes())
        for f in sorted(files)
        if f.is_file() and f.stat().st_size < SMALL
    ]


def test_mutated_files_end_in_a_model_or_a_sentence(originals, tmp_path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, len(originals) - 1), MUTATIONS)
    def attempt(which: int, mutations: list) -> None:
        name, data = originals[which]
        path = tmp_path / name
        path.write_bytes(mutate(data, mutations))
        begun = computing()
        open_and_read(path)
        assert computing() - begun < SECONDS

    attempt()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MEGABYTES * 1024


def open_and_read(path: Path) -> None:
    with contextlib.suppress(FormatError), open_model(path) as model:
        for layer in model.layers:
            for weight in layer.weights:
                with contextlib.suppress(FormatError):
                    weight.read()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "name", "layers", "module"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def replace_somewhere(value: object, number: int, new: object) -> object:
    """Return a copy in which one of the values inside, by its number, is another."""
    left = [number]

    def copy(item: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            return new
        if isinstance(item, dict):
            return {key: copy(inner) for key, inner in item.items()}
        if isinstance(item, list):
            return [copy(inner) for inner in item]
        return item

    return copy(value)


def test_odd_configurations_end_in_a_model_or_a_sentence(tmp_path):
    inner = imitations.sequential(
        ("LSTM", "lstm", {"units": 2, "use_bias": True}),
        ("Dense", "dense", {"units": 3, "activation": "relu", "trainable": True}),
    )
    inner = {**inner, "name": "inner", "inbound_nodes": [[["start", 0, 0, {}]]]}
    layer = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
    wrapped = {"class_name": "TimeDistributed", "config": {"name": "t", "layer": layer}}
    start = {"class_name": "InputLayer", "name": "start", "inbound_nodes": [],
             "config": {"name": "start", "batch_input_shape": [None, 4]}}  # fmt: skip
    config = {
        "class_name": "Functional",
        "config": {"name": "m", "layers": [start, inner, layer, wrapped]},
        "compile_config": {"optimizer": "adam"},
    }
    arrays = [imitations.values(4, 3), imitations.values(3)]
    groups = {"dense": arrays, "sequential/layers/dense": arrays, "lstm/cell": arrays}
    weights = imitations.numbered(tmp_path / "w.h5", groups)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(1, 70), JSON)
    def attempt(number: int, new: object) -> None:
        changed = replace_somewhere(config, number, new)
        open_and_read(imitations.zipped(tmp_path / "m.keras", weights, changed))

    attempt()
