"""What is found out of a branch before anything is opened; without TensorFlow."""

import dataclasses

import pytest

from pruneview.pruning.errors import RecordingError
from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.training.branching import check_branch
from pruneview.pruning.training.recording import BranchPoint
from pruneview.runs import Recorder, Recording
from pruneview.runs.header import decode_header, encode_header
from tests.runs.writing import HEADER, record


@pytest.mark.parametrize(
    ("step", "changes", "field", "words"),
    [
        (0, {}, "from_step", "is 0; it must be from 1 to 50"),
        (51, {}, "from_step", "is 51; it must be from 1 to 50, the last"),
        (50, {"end_step": 50}, "end_step", "End step is 50; it must be greater"),
        (50, {"schedule": "constant", "end_step": 40}, "end_step", "End step is 40"),
        (50, {"schedule": "one-shot"}, "begin_step", "Begin step is 0"),
        (50, {"sparsity_m_by_n": (2, 4)}, "sparsity_m_by_n", "2:4; it must be left"),
        (50, {"final_sparsity": 2.0}, "final_sparsity", "Final sparsity is 2.0"),
    ],
)
def test_what_leaves_nothing_to_do_is_said_by_field(
    step, changes, field, words, tmp_path
) -> None:
    record(tmp_path / "a.run", 50)
    plan = dataclasses.replace(HEADER.plan, **changes)
    with Recording(tmp_path / "a.run") as recording:
        check_branch(recording, 50, HEADER.plan)
        with pytest.raises(PlanError) as caught:
            check_branch(recording, step, plan)
    assert words in caught.value.problems[field]


def test_whole_units_are_refused(tmp_path) -> None:
    record(tmp_path / "a.run", 50)
    plan = dataclasses.replace(HEADER.plan, structured=ShrinkPlan())
    with (
        Recording(tmp_path / "a.run") as recording,
        pytest.raises(RecordingError, match="removes whole units"),
    ):
        check_branch(recording, 50, plan)


def test_a_header_names_the_run_it_comes_from(tmp_path) -> None:
    point = BranchPoint(tmp_path / "a.run", "f00d", 340)
    header = dataclasses.replace(HEADER, run_id="beef", parent=point)
    assert decode_header(encode_header(header)) == header
    assert decode_header(encode_header(HEADER)).parent is None
    hostile = encode_header(header).replace(b"340", b"-340")
    with pytest.raises(RecordingError, match="is damaged"):
        decode_header(hostile)


def test_a_branch_whose_beginning_was_not_written_says_where_to_go(tmp_path) -> None:
    path, whole = tmp_path / "b.run", tmp_path / "a.run"
    record(whole, 20)
    point = BranchPoint(whole, "", 340)
    with Recorder.create(path) as recorder:
        recorder.begin(lambda: dataclasses.replace(HEADER, parent=point))
    with Recording(path) as recording:
        for ask in (recording.checkpoint, lambda: recording.checkpoint_before(400)):
            with pytest.raises(RecordingError, match=r"from step 340 of .*a\.run"):
                ask()
