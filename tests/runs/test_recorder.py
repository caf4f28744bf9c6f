"""A recorder never ends a run, never destroys a file, and goes back exactly."""

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pruneview.pruning.events import LogLine, RunStarted
from pruneview.runs import Recorder, Recording, RecordingError
from pruneview.runs.container.writer import LogWriter
from tests.runs.writing import ImaginedRun, record


@pytest.mark.parametrize("room", [0, 40, 1_500, 2_000, 5_000, 9_000])
def test_a_full_disk_ends_the_recording_and_not_the_run(
    room, tmp_path, monkeypatch
) -> None:
    """Whatever does not fit, what was whole before stays whole."""
    path, warnings = tmp_path / "a.run", []
    written = LogWriter._put

    def put(writer: LogWriter, offset: int, parts) -> None:
        left = room - offset
        for part in parts:
            if len(part) > left:
                written(writer, offset, [part[: max(left, 0)]])
                raise OSError(errno.ENOSPC, "No space left on device")
            written(writer, offset, [part])
            offset, left = offset + len(part), left - len(part)

    monkeypatch.setattr(LogWriter, "_put", put)
    with Recorder.create(path, warnings.append) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, 301, 10):
            run.update(step)
            recorder.checkpoint(lambda step=step: run.checkpoint(step))
        run.end(300)
        assert not recorder.active
    (warning,) = warnings
    assert "a.run" in warning
    assert "No space left" in warning
    assert path.stat().st_size <= room
    if room < 1_500:
        return
    with Recording(path) as recording:
        assert recording.torn_bytes == 0
        assert recording.started is not None
        for step in recording.steps:
            kept = recording.masks_at(step)
            assert all(np.array_equal(kept[p], run.masks[step][p]) for p in kept)


def test_a_file_that_is_full_in_earnest(tmp_path) -> None:
    """On a device without any room, which every Linux has."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    warnings: list[str] = []
    recorder = Recorder.create(full, warnings.append)
    run = ImaginedRun(recorder)
    run.begin()
    run.update(10)
    recorder.checkpoint(lambda: run.checkpoint(10))
    recorder.close()
    assert len(warnings) == 1
    assert full.exists()


def test_too_little_memory_for_a_checkpoint_does_not_end_the_run(tmp_path) -> None:
    warnings: list[str] = []
    with Recorder.create(tmp_path / "a.run", warnings.append) as recorder:
        run = ImaginedRun(recorder)
        run.begin()

        def checkpoint() -> None:
            raise MemoryError

        recorder.checkpoint(checkpoint)
        run.update(10)
    assert "not enough memory" in warnings[0]
    assert len(warnings) == 1


def test_going_back_makes_void_what_came_after_the_checkpoint(tmp_path) -> None:
    path = tmp_path / "a.run"
    recorder = Recorder.create(path)
    run = ImaginedRun(recorder)
    run.begin()
    for step in (10, 20, 30, 40):
        run.update(step)
        if step == 20:
            recorder.checkpoint(lambda: run.checkpoint(20))
    recorder.failed(ValueError("the pipeline raised"))
    recorder.close()
    with Recording(path) as recording:
        assert recording.steps == (10, 20, 30, 40)
        assert recording.outcome == "failed"
        assert recording.failure is not None
        assert "the pipeline raised" in recording.failure.sentence
    with Recorder.continuing(path) as recorder:
        again = ImaginedRun(recorder)
        recorder.event(LogLine("said while the run gets ready"))
        recorder.continued()
        again.update(30)
        again.end(30)
    with Recording(path) as recording:
        assert recording.steps == (10, 20, 30)
        assert recording.outcome == "finished"
        assert recording.failure is None
        assert "said while" not in repr(recording.events())
        assert sum(isinstance(e, RunStarted) for e in recording.events()) == 1
        kept = recording.masks_at(30)
        assert all(np.array_equal(kept[p], again.masks[30][p]) for p in kept)
    # And once more: a second interruption changes nothing.
    with Recorder.continuing(path) as recorder:
        recorder.continued()
    with Recording(path) as recording:
        assert recording.steps == (10, 20)
        assert recording.outcome == "interrupted"


def test_a_run_that_never_begins_leaves_no_file(tmp_path) -> None:
    path = tmp_path / "a.run"
    Recorder.create(path).close()
    assert not path.exists()


def test_files_that_are_there_are_not_replaced(tmp_path) -> None:
    path = tmp_path / "a.run"
    record(path, 20)
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="exists"):
        Recorder.create(path)
    Recorder.create(path, overwrite=True).close()
    assert path.read_bytes() == before  # the new run did not begin
    with Recorder.create(path, overwrite=True) as recorder:
        ImaginedRun(recorder).begin()
    with Recording(path) as recording:
        assert recording.steps == ()
    model = tmp_path / "model.keras"
    model.write_bytes(b"PK a model")
    with pytest.raises(RecordingError, match="not a recording"):
        Recorder.create(model, overwrite=True)
    assert model.read_bytes() == b"PK a model"


def test_places_that_cannot_be_written_are_said_at_once(tmp_path) -> None:
    with pytest.raises(RecordingError, match="cannot be written"):
        Recorder.create(tmp_path / "none" / "a.run")
    with pytest.raises(RecordingError, match="cannot be written"):
        Recorder.continuing(tmp_path / "none.run")
    with pytest.raises(RecordingError, match=r"cannot be|exists"):
        Recorder.create(tmp_path)
    with pytest.raises(RecordingError, match="There is no file"):
        Recording(tmp_path / "none.run")
    with pytest.raises(RecordingError, match="cannot be read"):
        Recording(tmp_path)


def test_one_process_writes_a_recording_at_a_time(tmp_path) -> None:
    pytest.importorskip("fcntl")
    path = tmp_path / "a.run"
    record(path, 20)
    code = (
        "import sys\n"
        "from pruneview.runs import Recorder, RecordingError\n"
        "try:\n"
        "    Recorder.continuing(sys.argv[1]).close()\n"
        "except RecordingError as error:\n"
        "    print(error)\n"
    )

    def other() -> str:
        command = [sys.executable, "-c", code, str(path)]
        root = Path(__file__).parents[2]
        return subprocess.run(
            command, cwd=root, check=True, capture_output=True, text=True
        ).stdout

    with Recorder.continuing(path):
        assert "still going on" in other()
    assert other() == ""


def test_weights_to_look_back_at_do_not_wait_for_the_next_checkpoint(
    tmp_path, monkeypatch
) -> None:
    """A slow disk makes checkpoints rare; what is shown of the run is not."""
    path = tmp_path / "a.run"
    monkeypatch.setattr("pruneview.runs.recorder._CHECKPOINT_EVERY", 3600.0)
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, 101, 10):
            run.update(step)
            if recorder.wants_checkpoint():
                recorder.checkpoint(lambda step=step: run.checkpoint(step))
    with Recording(path) as recording:
        assert recording.looked_back == tuple(range(10, 101, 10))
        assert recording.checkpoint_step == 10
