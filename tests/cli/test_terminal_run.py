"""What the terminal shows of a run, and its exit codes; the session is a fake."""

import json
import os
import signal
from pathlib import Path

import pytest

from pruneview.cli.pruning import run_thread, terminal_run
from pruneview.cli.pruning.requests import RunRequest
from pruneview.cli.pruning.terminal_run import run_in_terminal
from pruneview.formats import FormatError
from pruneview.json_lines import JsonLines
from pruneview.pruning.errors import DataError, ModelError, SaveError
from pruneview.pruning.events import (
    Evaluation,
    LogLine,
)
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.trace import Trace
from tests.cli.fake_session import FakeSession


@pytest.fixture
def session(monkeypatch):
    """The fake in the session's place; its class attributes are the test's own."""
    fake = type("Fake", (FakeSession,), {})
    monkeypatch.setattr(run_thread, "PruningSession", fake)
    return fake


def request(output=None, *, save_stopped=False) -> RunRequest:
    return RunRequest(
        Path("m.keras"), "demo", PruningPlan(), output, False, save_stopped
    )


def test_everything_a_person_needs_is_shown(session, tmp_path, capsys) -> None:
    output = tmp_path / "out.keras"
    assert run_in_terminal(request(output), None, Trace(None)) == 0
    out, err = capsys.readouterr()
    assert "Importing TensorFlow" in err
    assert f"Saved to {output}." in err
    assert "Step 2: sparsity 75.0 %" in out
    assert "Warning: This plan never ends." in out

    def row(start: str) -> list[str]:
        line = next(s.strip() for s in out.splitlines() if s.strip().startswith(start))
        return line.removeprefix(start).split("  ")

    def cells(start: str) -> list[str]:
        return [cell.strip() for cell in row(start) if cell.strip()]

    assert cells("Accuracy on 360 test samples") == ["98.6 %", "98.1 %", "-0.5 points"]
    assert cells("Sparsity of 2 pruned weights")[:2] == ["0.0 %", "75.0 %"]
    assert cells("a/kernel")[:2] == ["0.0 %", "80.0 %"]
    assert cells("b/kernel")[:2] == ["0.0 %", "60.0 %"]
    assert cells("Size, raw") == ["1.6 kB", "1.6 kB"]
    assert cells("Size, deflate (zlib level 6)") == ["1.5 kB", "500 B", "-66.7 %"]


def test_events_are_json_lines_in_order_and_nan_is_null(session, tmp_path) -> None:
    path = tmp_path / "run.jsonl"
    with JsonLines(path, "event") as lines:
        assert run_in_terminal(request(), lines, Trace(None)) == 0

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    records = [
        json.loads(line, parse_constant=no_constants)
        for line in path.read_text().splitlines()
    ]
    assert [record["event"] for record in records] == [
        "preparing",
        "engine_ready",
        "run_started",
        "step_done",
        "mask_updated",
        "log_line",
        "log_line",
        "run_ended",
    ]
    times = [record["time"] for record in records]
    assert times == sorted(times)
    assert records[3]["loss"] is None
    assert records[-1]["sparsity"] == 0.75
    weight = records[-1]["weights"][0]
    assert (weight["path"], weight["size"], weight["zeros"]) == ("a/kernel", 300, 240)


def test_events_on_standard_output_leave_it_to_them(session, capsys) -> None:
    with JsonLines(Path("-"), "event") as lines:
        assert run_in_terminal(request(), lines, Trace(None)) == 0
    out, err = capsys.readouterr()
    assert all(json.loads(line)["event"] for line in out.splitlines())
    assert "Results, after step 3" in err
    assert "Step 2: sparsity 75.0 %" in err
    assert "Downloading data" in err


def test_a_metric_that_is_the_loss_is_shown_once(session, capsys) -> None:
    session.baseline = Evaluation("mse", 314.1234, 314.1234, 500, "test")
    session.final = Evaluation("mse", 105.1, 105.1, 500, "test")
    assert run_in_terminal(request(), None, Trace(None)) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if "on 500 test samples" in line)
    assert row.split("  ")[0].strip() == "MSE on 500 test samples"
    assert "314.1" in row
    assert "-209" in row
    assert "Loss on" not in out


@pytest.mark.parametrize(
    "failure",
    [
        ("load_data", DataError("The data are odd."), 2),
        ("open", FormatError("The file is odd."), 2),
        ("open", ModelError("The model is odd."), 2),
        ("run", DataError("The shapes do not fit."), 2),
        ("run", PlanError({"layers": "There is no layer x."}), 2),
        ("run", RuntimeError("out of luck"), 1),
        ("run", MemoryError(), 1),
        ("warm_up", ImportError("no TensorFlow"), 1),
        ("save", SaveError("The disk is full."), 2),
    ],
)
def test_each_failure_is_a_sentence_and_an_exit_code(
    session, tmp_path, capsys, failure
) -> None:
    method, error, code = failure
    session.raises = {method: error}
    path = tmp_path / "run.jsonl"
    with JsonLines(path, "event") as lines:
        asked = request(tmp_path / "out.keras")
        assert run_in_terminal(asked, lines, Trace(None)) == code
    err = capsys.readouterr().err
    sentence = str(error) or "not enough memory"
    assert sentence in err
    assert "Traceback" not in err
    failed = json.loads(path.read_text().splitlines()[-1])
    assert failed["event"] == "failed"
    assert "Traceback" in failed["details"]
    assert list(tmp_path.iterdir()) == [path]


def interrupt_when_waiting(monkeypatch) -> None:
    """Send the process a Ctrl-C as soon as the run waits for one."""
    real = terminal_run._show_all

    def show_all(queue, display) -> None:
        shown = display.show

        def show(event) -> None:
            shown(event)
            if event == LogLine("waiting"):
                os.kill(os.getpid(), signal.SIGINT)

        display.show = show
        try:
            real(queue, display)
        finally:
            display.show = shown

    monkeypatch.setattr(terminal_run, "_show_all", show_all)


@pytest.mark.parametrize("save_stopped", [False, True])
def test_ctrl_c_stops_and_shows_what_was_reached(
    session, tmp_path, capsys, monkeypatch, save_stopped
) -> None:
    session.wait_for_stop = True
    interrupt_when_waiting(monkeypatch)
    output = tmp_path / "out.keras"
    asked = request(output, save_stopped=save_stopped)
    previous = signal.getsignal(signal.SIGINT)
    assert run_in_terminal(asked, None, Trace(None)) == 130
    assert signal.getsignal(signal.SIGINT) is previous
    out, err = capsys.readouterr()
    assert "Results, stopped at step 2" in out
    assert output.exists() == save_stopped
    assert ("Saved to" in err) == save_stopped
    assert ("nothing was saved" in err) != save_stopped


def test_a_record_that_is_lost_stops_the_run(session, tmp_path, capsys) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    lines = JsonLines(full, "event")
    assert run_in_terminal(request(tmp_path / "o.h5"), lines, Trace(None)) == 1
    assert "events could not be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No space left"):
        lines.close()


def test_the_moments_of_a_run_are_traced_once(session, tmp_path) -> None:
    path = tmp_path / "trace.jsonl"
    with Trace(path) as trace:
        run_in_terminal(request(), None, trace)
    marks = [json.loads(line)["mark"] for line in path.read_text().splitlines()]
    assert marks == [
        "process_start",
        "engine_ready",
        "run_started",
        "mask_updated",
        "run_ended",
    ]


def test_the_bar_shows_steps_and_leaves_the_lines(session, capsys, monkeypatch) -> None:
    from rich.console import Console

    from pruneview.cli.consoles import Consoles

    def terminals(**_) -> Consoles:
        console = Console(force_terminal=True, width=100, markup=False, highlight=False)
        return Consoles(console, console)

    monkeypatch.setattr(terminal_run, "consoles", terminals)
    assert run_in_terminal(request(), None, Trace(None)) == 0
    out = capsys.readouterr().out
    assert "Pruning" in out
    assert "1/3  sparsity 40.0 %  50 steps/s" in out
    assert "Step 2: sparsity 75.0 %" in out
    assert out.rstrip().endswith("--output OUT saves it.")


def test_code_that_calls_exit_is_a_failure_and_not_a_silent_end(
    session, capsys
) -> None:
    session.raises = {"open": SystemExit(3)}
    assert run_in_terminal(request(), None, Trace(None)) == 1
    assert "SystemExit" in capsys.readouterr().err
