"""``pruneview prune`` and ``pruneview demo`` on the bundled model, for real."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pruneview.__main__ import main
from pruneview.formats import open_model
from pruneview.pruning.demo import DEMO_PLAN, demo_model
from pruneview.pruning.planning.plan import preflight

MODEL = str(demo_model())
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the program where there is no display."""
    environment = {k: v for k, v in os.environ.items() if k not in DISPLAYS}
    return subprocess.Popen(
        [sys.executable, "-m", "pruneview", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(stream, words: str) -> list[str]:
    """Read lines up to the one that holds `words`; fail when it never comes."""
    lines = []
    for line in stream:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"{words!r} was not said, but: {''.join(lines)}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A whole demo without a display: its process, events, and saved model."""
    folder = tmp_path_factory.mktemp("demo")
    output, events = folder / "pruned.keras", folder / "run.jsonl"
    process = start("demo", "--output", str(output), "--events", str(events))
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    records = [json.loads(line) for line in events.read_text().splitlines()]
    return out, err, records, output


@pytest.mark.tensorflow
def test_demo_says_why_and_runs_in_the_terminal(demo) -> None:
    out, err, _, output = demo
    assert "There is no display" in err
    assert "The demo runs in the terminal instead." in err
    assert f"Saved to {output}." in err
    steps = [line for line in out.splitlines() if line.startswith("Step ")]
    flight = preflight(DEMO_PLAN, 1167)
    assert len(steps) == len(flight.update_steps)
    assert f"Results, after step {flight.steps:,}" in out


@pytest.mark.tensorflow
def test_demo_keeps_its_promise(demo) -> None:
    """80 % zeros, within a point of the baseline, a third of the size."""
    *_, records, _ = demo
    ended = next(record for record in records if record["event"] == "run_ended")
    assert ended["sparsity"] == pytest.approx(0.8, abs=0.001)
    assert ended["baseline"]["value"] >= 0.98
    assert ended["final"]["value"] >= ended["baseline"]["value"] - 0.01
    assert ended["final"]["samples"] == 360
    assert ended["deflated_bytes"] <= ended["baseline_deflated_bytes"] / 3


@pytest.mark.tensorflow
def test_the_saved_model_holds_the_zeros_that_were_reported(demo, capsys) -> None:
    *_, records, output = demo
    ended = next(record for record in records if record["event"] == "run_ended")
    with open_model(output) as model:
        for reported in ended["weights"]:
            values = model.weight(reported["path"]).read()
            assert np.count_nonzero(values == 0) == reported["zeros"]
    assert main(["inspect", str(output), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["prunable"]["zeros"] == sum(w["zeros"] for w in ended["weights"])
    assert seen["totals"]["deflated_bytes"] == ended["deflated_bytes"]
    assert seen["totals"]["bytes"] == ended["raw_bytes"]


@pytest.mark.tensorflow
def test_ctrl_c_in_a_run_ends_with_130_and_its_results(tmp_path) -> None:
    output = tmp_path / "pruned.keras"
    process = start("demo", "--output", str(output))
    assert process.stdout is not None
    read_until(process.stdout, "Step 100")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Results, stopped at step " in out
    assert "nothing was saved" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.tensorflow
def test_a_second_ctrl_c_ends_at_once(tmp_path) -> None:
    process = start("demo")
    assert process.stderr is not None
    read_until(process.stderr, "Importing TensorFlow")
    process.send_signal(signal.SIGINT)
    # Said by the loop that waits, while the import goes on.
    read_until(process.stderr, "Press Ctrl-C again")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert "Ready after" not in process.stderr.read()
    process.communicate()


@pytest.mark.tensorflow
def test_prune_to_h5_with_chosen_layers(tmp_path, capsys) -> None:
    """On the test's own thread, as another program may call it."""
    output = tmp_path / "pruned.h5"
    plan = ["--schedule", "constant", "--final-sparsity", "0.5", "--end-step", "-1"]
    plan += ["--frequency", "10", "--epochs", "1", "--layer", "dense"]
    command = ["prune", MODEL, "--data", "demo", "--output", str(output), *plan]
    before = Path(MODEL).read_bytes()
    assert main(command) == 0
    assert Path(MODEL).read_bytes() == before
    out = capsys.readouterr().out
    assert "Sparsity of the pruned weight" in out
    with open_model(output) as model:
        for layer in model.layers:
            for weight in layer.weights:
                if weight.prunable:
                    zeros = np.mean(weight.read() == 0)
                    wanted = 0.5 if layer.name == "dense" else 0.0
                    assert zeros == pytest.approx(wanted, abs=0.001)
    assert main(command) == 2
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.tensorflow
def test_data_of_another_shape_exit_2(models_folder, tmp_path, capsys) -> None:
    output = tmp_path / "out.keras"
    file = str(models_folder / "ad01.h5")
    assert main(["prune", file, "--data", "demo", "--output", str(output)]) == 2
    err = capsys.readouterr().err
    assert "(8, 8, 1)" in err
    assert "640" in err
    assert not output.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--final-sparsity", "1.5"], "--final-sparsity: "),
        (["--epochs", "0", "--batch-size", "0"], "--batch-size: "),
        (["--data", "nonsense"], "nonsense"),
        (["--data", "none.npz"], "none.npz"),
        (["--output", "out.onnx"], "must end in .keras or .h5"),
        (["--output", "none/out.h5"], "There is no folder none"),
        (["--output", MODEL, "--overwrite"], "a file the run reads from"),
        (["--events", MODEL], "--events: "),
        (["--events", "out.keras"], "the same file"),
    ],
)
def test_bad_options_exit_2_before_tensorflow(
    options, said, tmp_path, capsys, monkeypatch
) -> None:
    from pruneview.cli.pruning import run_thread

    def too_late(_):
        raise AssertionError("TensorFlow would have been imported")

    monkeypatch.setattr(run_thread.PruningSession, "warm_up", too_late)
    monkeypatch.chdir(tmp_path)
    command = ["prune", MODEL, "--data", "demo", "--output", "out.keras"]
    assert main([*command, *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.keras").exists()


def test_every_problem_of_a_plan_is_named(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["prune", MODEL, "--data", "demo", "--output", "out.keras"]
    assert main([*command, "--epochs", "0", "--power", "-1", "--frequency", "0"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    for option in ("--epochs", "--power", "--frequency"):
        assert any(line.startswith(f"pruneview: {option}: ") for line in lines)


@pytest.mark.parametrize("name", ["inputs_and_outputs.h5", "transformer_model.keras"])
def test_what_is_no_model_exits_2(models_folder, name, tmp_path, capsys) -> None:
    command = ["prune", str(models_folder / name), "--data", "demo"]
    assert main([*command, "--output", str(tmp_path / "out.keras")]) == 2
    err = capsys.readouterr().err
    assert name in err
    assert err.count("\n") == 1


def test_the_demo_plan_is_sound() -> None:
    assert preflight(DEMO_PLAN, 1167).warnings == ()
