"""``--record``, ``resume`` and ``inspect`` of recordings, on the bundled model."""

import json
import math
import signal
from pathlib import Path

import numpy as np
import pytest

from pruneview.__main__ import main
from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import Evaluation
from pruneview.runs import Recorder, Recording
from tests.cli.test_prune import read_until, start
from tests.runs import writing
from tests.runs.writing import ImaginedRun, record

MODEL = str(demo_model())
PLAN = ["--epochs", "30", "--frequency", "50", "--end-step", "800"]
PLAN += ["--batch-size", "32"]


BRANCH = ["resume", "a.run", "--output", "o.keras", "--from-step"]


def kernels(path: Path) -> dict[str, np.ndarray]:
    with open_model(path) as model:
        weights = [w for layer in model.layers for w in layer.weights]
        return {w.path: w.read() for w in weights if w.prunable}


@pytest.mark.tensorflow
def test_a_run_that_is_killed_goes_on_and_is_saved(tmp_path, capsys) -> None:
    run, output = tmp_path / "a.pruneview-run", tmp_path / "pruned.keras"
    command = ["prune", MODEL, "--data", "demo", *PLAN]
    process = start(*command, "--output", str(output), "--record", str(run))
    assert process.stdout is not None
    read_until(process.stdout, "Step 300")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not output.exists()

    assert main(["inspect", str(run), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["outcome"] == "interrupted"
    assert seen["steps"]["planned"] == 1110
    assert 300 in seen["masks"]
    assert seen["plan"]["frequency"] == 50
    assert seen["final"] is None
    assert main(["inspect", str(run)]) == 0
    out = capsys.readouterr().out
    assert "interrupted at step" in out
    assert "pruneview resume goes on from there" in out

    taken, before = tmp_path / "checkpoint.keras", run.read_bytes()
    only = ["resume", str(run), "--only-checkpoint", "--output", str(taken)]
    assert main(only) == 0
    out, err = capsys.readouterr()
    assert "Press Ctrl-C" not in err
    assert run.read_bytes() == before
    with Recording(run) as recording:
        step = recording.checkpoint_step
        weights = recording.weights_at_checkpoint(step)
    assert "Results, stopped at step" in out
    for path, values in kernels(taken).items():
        assert np.array_equal(values, weights[path])

    assert main(["resume", str(run), "--output", str(output)]) == 0
    out, err = capsys.readouterr()
    assert "The run goes on after step" in out
    assert "Results, after step 1,110" in out
    assert f"Saved to {output}." in err
    with Recording(run) as recording:
        assert recording.outcome == "finished"
        weights = recording.weights_at_checkpoint(1110)
        masks = recording.masks_at(1110)
    for path, values in kernels(output).items():
        assert np.array_equal(values, weights[path])
        assert not values[~masks[path]].any()

    branched, other = tmp_path / "b.pruneview-run", tmp_path / "other.keras"
    branch = ["resume", str(run), "--from-step", "420", "--output", str(other)]
    branch += ["--final-sparsity", "0.5", "--end-step", "1000", "--frequency", "40"]
    before = run.read_bytes()
    assert main([*branch, "--record", str(branched)]) == 0
    out, err = capsys.readouterr()
    assert "Branched from step 420 of a.pruneview-run." in out
    assert "weights come back" in out
    assert "Results, after step 1,110" in out
    assert f"Saved to {other}." in err
    assert run.read_bytes() == before
    with Recording(branched) as recording:
        assert recording.steps[:9] == (*range(50, 401, 50), 440)
        assert recording.plan.final_sparsity == 0.5
        assert recording.plan.batch_size == 32
        assert recording.header.parent.step == 420
    for values in kernels(other).values():
        assert (values == 0).mean() == pytest.approx(0.5, abs=0.01)
    assert main(["inspect", str(branched)]) == 0
    out = capsys.readouterr().out
    assert f"Branched   from step 420 of {run}" in out

    assert main([*command, "--output", str(output), "--record", str(run)]) == 2
    assert "exists" in capsys.readouterr().err
    assert main(["resume", str(run), "--output", str(output)]) == 2
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["resume", "none.run", "--output", "o.keras"], "There is no file none.run"),
        (["resume", MODEL, "--output", "o.keras"], "is not a recording of a run"),
        (["resume", "a.run", "--output", "o.onnx"], "must end in"),
        (["resume", "a.run", "--output", "o.keras"], "cannot be read"),
        (["resume", "a.run", "--output", "o.h5", "--events", "a.run"], "--events"),
        (["resume", "empty.run", "--output", "o.h5"], "is not a recording of a run"),
        (
            [*BRANCH, "99"],
            "--from-step: The step to branch from is 99; it must be from",
        ),
        ([*BRANCH, "0"], "from 1 to 20. From the baseline an ordinary run begins"),
        ([*BRANCH, "9", "--end-step", "9"], "--end-step: End step is 9; it must be"),
        ([*BRANCH, "9", "--power", "-1"], "--power: Power is -1.0; it must be"),
        ([*BRANCH, "9", "--only-checkpoint"], "--only-checkpoint trains no more"),
        ([*BRANCH, "9", "--record", "a.run"], "--record: a.run is used for something"),
        ([*BRANCH, "9"], "cannot be read"),
        ([*BRANCH[:-1], "--power", "2"], "--power belongs to a branch"),
        ([*BRANCH[:-1], "--record", "b.run"], "--record belongs to a branch"),
        (
            ["prune", MODEL, "--data", "demo", "--output", "o.h5", "--record", MODEL],
            "--record: ",
        ),
        (
            ["prune", MODEL, "--data", "demo", "--output", "o.h5", "--record", "a.run"],
            "a.run exists",
        ),
        (
            ["prune", MODEL, "--data", "demo", "--output", "o.h5", "--record", "x/a"],
            "cannot be written",
        ),
    ],
)
def test_what_cannot_be_recorded_or_resumed_exits_2(
    arguments, said, tmp_path, capsys, monkeypatch
) -> None:
    from pruneview.pruning import open_session

    monkeypatch.setattr(open_session, "import_backend", lambda _path: {})
    monkeypatch.chdir(tmp_path)
    record(tmp_path / "a.run", 20)
    before = Path("a.run").read_bytes()
    Path("empty.run").touch()
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert Path("a.run").read_bytes() == before


def test_inspect_tells_what_is_in_a_finished_run(tmp_path, capsys) -> None:
    path = tmp_path / "a.run"
    record(path, 30)
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "finished at step 30 of 100" in out
    assert "seed 5" in out
    assert "Final      accuracy 90.0 % on 100 test samples" in out
    assert len([line for line in out.splitlines() if " 90.0 % " in line]) >= 3


def test_inspect_writes_json_of_any_number(tmp_path, capsys, monkeypatch) -> None:
    score = Evaluation(
        "kind accuracy", math.nan, math.inf, 9, "test", (("mse", math.inf),)
    )
    monkeypatch.setattr(writing, "SCORE", score)
    path = tmp_path / "a.pruneview-run"
    record(path, 20)
    assert main(["inspect", str(path), "--json"]) == 0
    final = json.loads(capsys.readouterr().out)["final"]
    assert (final["value"], final["loss"], final["others"]) == (
        None,
        None,
        [["mse", None]],
    )


def test_a_run_that_goes_on_is_not_called_interrupted(tmp_path, capsys) -> None:
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        run.update(10)
        assert main(["inspect", str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["outcome"] == "running"
        recorder.checkpoint(lambda: run.checkpoint(10))
        assert main(["inspect", str(path)]) == 0
        out = capsys.readouterr().out
        assert "being recorded now, at step 10 of 100" in out
        assert "should the run be interrupted" in out
        assert "resume" not in out
    assert main(["inspect", str(path)]) == 0
    assert "interrupted at step 10 of 100" in capsys.readouterr().out


def test_the_help_names_what_equal_bits_take(capsys) -> None:
    assert main(["resume", "--help"]) == 0
    out = capsys.readouterr().out
    assert "TF_NUM_INTRAOP_THREADS=1" in out
    assert "TF_DETERMINISTIC_OPS=1" in out


def test_inspect_of_a_damaged_recording_exits_2(tmp_path, capsys) -> None:
    path = tmp_path / "a.run"
    record(path, 30)
    path.write_bytes(path.read_bytes()[:20])
    assert main(["inspect", str(path)]) == 2
    assert "ends before its run began" in capsys.readouterr().err
