"""Files cut at any byte, and files that somebody has tampered with."""

import contextlib
import json
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruneview.runs import Recorder, Recording, RecordingError
from pruneview.runs.container import records
from pruneview.runs.container.log import RecordLog
from pruneview.runs.container.records import Record
from tests.runs.writing import ImaginedRun, record


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[bytes, ImaginedRun, list[Record]]:
    """The bytes of a recording that was not closed, as after a kill; its records."""
    path = tmp_path_factory.mktemp("runs") / "a.run"
    recorder = Recorder.create(path)
    run = ImaginedRun(recorder)
    run.begin()
    for step in range(10, 61, 10):
        run.update(step)
        if step % 20 == 0:
            recorder.checkpoint(lambda step=step: run.checkpoint(step))
    run.update(70)
    found = path.read_bytes()
    recorder.close()
    log = RecordLog(path)
    log.close()
    return found, run, [r for r in log.records if r.end <= len(found)]


def everything(path: Path) -> tuple[int, ...]:
    """Read all there is in a recording; return its steps."""
    with Recording(path) as recording:
        recording.events()
        recording.checkpoint()
        assert recording.outcome
        for step in recording.steps:
            recording.masks_at(step)
        for step in recording.checkpoints:
            recording.weights_at_checkpoint(step)
        return recording.steps


def cuts(laid: list[Record]) -> set[int]:
    """Return every length, but for the inside of long records, where some do."""
    lengths = set(range(laid[0].offset))
    for one in laid:
        inside = range(one.offset, one.end + 1)
        ends = {*inside[:60], *inside[-60:]}
        lengths |= ends | set(inside if one.length < 400 else inside[::211])
    return lengths


def test_cut_at_every_byte_all_whole_records_remain(whole, tmp_path) -> None:
    found, run, laid = whole
    head, path = laid[0].end, tmp_path / "cut.run"
    path.write_bytes(found)
    for length in sorted(cuts(laid), reverse=True):
        os.truncate(path, length)
        if length < head:
            with pytest.raises(RecordingError) as caught:
                Recording(path)
            assert str(caught.value).startswith(("cut.run ", str(path)))
            continue
        in_full = [r for r in laid if r.end <= length]
        masks = [r.step for r in in_full if r.kind in (records.MASKS, records.CHANGES)]
        with Recording(path) as recording:
            assert recording.steps == tuple(masks)
            assert recording.torn_bytes == length - in_full[-1].end
            slots = sum(r.kind == records.SLOT for r in in_full)
            assert (recording.checkpoint() is not None) == (slots > 0)
            if masks:
                step = masks[-1]
                kept = recording.masks_at(step)
                assert all(np.array_equal(kept[p], run.masks[step][p]) for p in kept)


def test_a_torn_tail_is_cut_off_before_more_is_written(whole, tmp_path) -> None:
    found, _, laid = whole
    path = tmp_path / "cut.run"
    last = [r for r in laid if r.kind == records.EVENT][-1]
    for length in (last.offset + 1, last.payload, last.end - 1):
        path.write_bytes(found[:length])
        with Recorder.continuing(path) as recorder:
            run = ImaginedRun(recorder)
            recorder.continued()
            run.update(80)
        with Recording(path) as recording:
            # Back to the checkpoint of step 60; 70 was never confirmed.
            assert recording.steps == (10, 20, 30, 40, 50, 60, 80)
            assert recording.torn_bytes == 0
            kept = recording.masks_at(80)
            assert all(np.array_equal(kept[p], run.masks[80][p]) for p in kept)


def test_a_checkpoint_torn_while_written_over_leaves_the_other(whole, tmp_path) -> None:
    found, _, laid = whole
    slots = [r for r in laid if r.kind == records.SLOT]
    assert len(slots) == 2
    path = tmp_path / "a.run"
    path.write_bytes(found)
    with Recording(path) as recording:
        assert recording.checkpoint_step == 60
    for newest in slots:
        damaged = bytearray(found)
        damaged[newest.payload + 100] ^= 255
        path.write_bytes(damaged)
        with Recording(path) as recording:
            assert recording.checkpoint_step in (40, 60)
            assert recording.checkpoint() is not None
        with Recorder.continuing(path) as recorder:
            recorder.continued()
            run = ImaginedRun(recorder)
            run.update(80)
            size = path.stat().st_size
            recorder.checkpoint(lambda run=run: run.checkpoint(80))
            assert path.stat().st_size - size < slots[0].length  # no third slot
        with Recording(path) as recording:
            assert recording.checkpoint_step == 80


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_damage_anywhere_is_a_recording_error_or_harmless(
    whole, tmp_path, data
) -> None:
    found = bytearray(whole[0])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(found) - 1))
        found[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.run"
    path.write_bytes(found)
    with contextlib.suppress(RecordingError):
        everything(path)


def sealed(kind: bytes, payload: bytes, *, deflate: bool = False) -> bytes:
    """Return a record whose checksums are right, whatever it holds."""
    stored = zlib.compress(payload) if deflate else payload
    made = Record(kind, deflate, 10, 0, len(stored), zlib.crc32(stored))
    return records.pack_header(made) + stored


PREAMBLE = records.PREAMBLE.pack(records.MAGIC, records.VERSION)
HEAD = {
    "plan": {},
    "data": None,
    "data_sha256": "",
    "model": "m",
    "model_sha256": "",
    "versions": {},
    "pruned": [["a", [4, 4]]],
}


def head(**changes: object) -> bytes:
    return PREAMBLE + sealed(records.HEAD, json.dumps(HEAD | changes).encode())


def slot(body: bytes) -> bytes:
    front = struct.pack("<QqQQ", 1, 1, 0, len(body))
    check = zlib.crc32(body, zlib.crc32(front))
    return sealed(records.SLOT, front + struct.pack("<I", check) + body)


def arrays(table: object) -> bytes:
    text = json.dumps({"facts": {}, "arrays": table}).encode()
    return struct.pack("<I", len(text)) + text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a recording"),
        (b"PK\x03\x04 and so on, a model", "is not a recording"),
        (records.PREAMBLE.pack(records.MAGIC, 99), "version 99"),
        (PREAMBLE, "ends before its run began"),
        (PREAMBLE + sealed(records.EVENT, b"{}"), "ends before its run began"),
        (PREAMBLE + sealed(records.HEAD, b"[1]"), "does not say what run"),
        (PREAMBLE + sealed(records.HEAD, b"[" * 100_000), "does not say what run"),
        (head(plan={"epochs": -1}), "Epochs is -1"),
        (head(plan={"of_a_later_version": 1}), "of_a_later_version"),
        (head(plan=[]), "does not say what run"),
        (head(pruned=[["a", [1 << 62, 1 << 62]]]), "does not say what run"),
        (head(pruned=[["a", [-1]]]), "does not say what run"),
        (head(model=3), "does not say what run"),
        (head() + sealed(records.EVENT, b"no json"), "damaged at byte"),
        (head() + sealed(records.EVENT, b"[]"), "damaged at byte"),
        (head() + sealed(records.EVENT, b'{"event":"paused"}'), "damaged at byte"),
        (head() + sealed(records.CHANGES, b"\0\0"), "no beginning"),
        (head() + sealed(records.MASKS, b"\0"), "do not fit"),
        (head() + sealed(records.MASKS, bytes(1 << 28), deflate=True), "damaged"),
        (head() + sealed(records.BACK, b"\0"), "damaged"),
        (head() + slot(b""), "does not say what arrays"),
        (head() + slot(arrays([["a", "O", [1]]])), "does not say what arrays"),
        (head() + slot(arrays([["a", "float32", [1 << 40]]])), "what arrays"),
        (head() + slot(arrays([["a", "bits", [-8]]])), "what arrays"),
        (head() + slot(arrays([["a", "finfo", [1]]])), "what arrays"),
        (head() + slot(arrays([])), "its checkpoint lacks"),
        (head() + sealed(records.WEIGHTS, b"\xff\xff\xff\xff"), "what arrays"),
    ],
)
def test_what_is_no_recording_is_said_in_a_sentence(content, said, tmp_path) -> None:
    path = tmp_path / "odd.run"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=said):
        everything(path)


@pytest.mark.parametrize("offset", [0, 16, 1 << 40, (1 << 64) - 1])
def test_an_index_that_lies_is_not_believed(offset, tmp_path) -> None:
    path = tmp_path / "a.run"
    record(path, 30)
    with Recording(path) as recording:
        steps = recording.steps
    forged = sealed(records.INDEX, b"\0" * 33)
    content = path.read_bytes() + forged
    end = sealed(records.END, struct.pack("<Q", offset))
    path.write_bytes(content + end)
    assert everything(path) == steps
    own = sealed(records.END, struct.pack("<Q", len(content) - len(forged)))
    path.write_bytes(content + own)
    assert everything(path) == steps


def test_nothing_in_the_reader_can_run_code() -> None:
    package = Path(records.__file__).parents[1]
    for file in package.rglob("*.py"):
        text = file.read_text()
        for word in ("pickle", "marshal", "eval(", "exec(", "np.load"):
            assert word not in text, file
