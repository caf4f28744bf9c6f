"""Which command a command line means, and what each exit code stands for."""

import dataclasses
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

import pruneview
from pruneview.__main__ import main
from pruneview.cli import arguments
from pruneview.cli.launch import window
from pruneview.cli.plan_options import option_name, plan_from
from pruneview.pruning.planning.plan import PruningPlan

PRUNE = ["prune", "m.keras", "--data", "demo", "--output", "o.keras"]


@pytest.mark.parametrize(
    ("argv", "command", "file"),
    [
        ([], "window", None),
        (["model.keras"], "window", "model.keras"),
        (["./demo"], "window", "demo"),
        (["--", "demo"], "window", "demo"),
        (["--trace", "t.jsonl", "model.keras"], "window", "model.keras"),
        (["--trace=t.jsonl", "inspect", "m.h5"], "inspect", "m.h5"),
        (["--trace", "demo", "inspect", "m.h5"], "inspect", "m.h5"),
        (["inspect", "prune"], "inspect", "prune"),
        (PRUNE, "prune", "m.keras"),
    ],
)
def test_command_is_the_first_word(argv, command, file) -> None:
    name, options = arguments.parse(argv)
    assert name == command
    assert options.file == (None if file is None else Path(file))


def test_trace_may_stand_before_or_after_the_command() -> None:
    for argv in (["--trace", "t.jsonl", "demo"], ["demo", "--trace", "t.jsonl"]):
        name, options = arguments.parse(argv)
        assert (name, options.trace) == ("demo", Path("t.jsonl"))


def test_version_and_help_end_well(capsys) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pruneview {pruneview.__version__}\n"
    assert main(["--help"]) == 0
    overview = capsys.readouterr().out
    for command in arguments.COMMANDS:
        assert f"pruneview {command}" in overview
        assert main([command, "--help"]) == 0
        assert "--trace" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["--nonsense"],
        ["a.h5", "b.h5"],
        ["inspect"],
        ["prune", "m.keras", "--data", "demo"],
        [*PRUNE, "--epochs", "two"],
        [*PRUNE, "--schedule", "cubic"],
    ],
)
def test_wrong_options_exit_2_and_say_which(argv, capsys) -> None:
    assert main(argv) == 2
    assert "usage: pruneview" in capsys.readouterr().err


def test_every_field_of_the_plan_has_an_option() -> None:
    _, options = arguments.parse(PRUNE)
    assert plan_from(options) == PruningPlan()
    values = {
        "schedule": "constant",
        "initial_sparsity": 0.1,
        "final_sparsity": 0.55,
        "begin_step": 3,
        "end_step": -1,
        "frequency": 7,
        "power": 2.5,
        "epochs": 4,
        "batch_size": 16,
        "learning_rate": 0.01,
        "optimizer": "sgd",
        "seed": 9,
        "layers": ("a", "b/c"),
        "loss": "mse",
        "metric": "mae",
        "block_size": (4, 2),
        "block_pooling": "max",
        "sparsity_m_by_n": None,
        "scope": "layer",
        "criterion": "magnitude",
        "layer_sparsity": (("a", 0.5), ("b/c", 0.25)),
        "exclude": ("first", "Embedding"),
        "engine": "tfmot",
    }
    fields = {field.name for field in dataclasses.fields(PruningPlan)}
    # That whole units are meant is one option, whose plan comes of these fields.
    assert values.keys() == fields - {"structured"}
    given = []
    written = {
        "block_size": ["4x2"],
        "sparsity_m_by_n": [],
        "layer_sparsity": ["a=0.5", "b/c=0.25"],
    }
    for field, value in values.items():
        items = value if isinstance(value, tuple) else (value,)
        for item in written.get(field, items):
            given += [option_name(field), str(item)]
    _, options = arguments.parse([*PRUNE, *given])
    assert plan_from(options) == PruningPlan(**values)


def test_patterns_and_shares_are_read_and_refused(capsys) -> None:
    _, options = arguments.parse([*PRUNE, "--sparsity-m-by-n", "2:4"])
    assert plan_from(options).sparsity_m_by_n == (2, 4)
    for option, text in [
        ("--sparsity-m-by-n", "2-4"),
        ("--block-size", "4"),
        ("--layer-sparsity", "dense:0.5"),
    ]:
        assert main([*PRUNE, option, text]) == 2
        assert text in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "file", "demo"),
    [([], None, False), (["{model}"], "{model}", False), (["demo"], None, True)],
)
def test_the_window_is_told_what_to_open(
    tmp_path, monkeypatch, argv, file, demo
) -> None:
    model = tmp_path / "model.keras"
    model.touch()
    calls = []

    def run(path, *, demo, trace, custom_objects=None):
        calls.append((path, demo))
        trace.mark("window_shown")
        return 7

    fake = types.SimpleNamespace(run=run)
    monkeypatch.setitem(sys.modules, "pruneview.gui.app", fake)
    monkeypatch.setattr(window, "display_problem", lambda: None)
    trace = tmp_path / "trace.jsonl"
    words = [word.format(model=model) for word in argv]
    assert main(["--trace", str(trace), *words]) == 7
    assert calls == [(None if file is None else model, demo)]
    assert '"window_shown"' in trace.read_text()


@pytest.mark.parametrize("command", [["main.py"], ["-m", "pruneview"]])
def test_every_way_to_start_is_the_same(command) -> None:
    root = Path(pruneview.__file__).parents[1]
    if not (root / "main.py").exists():
        pytest.skip("not run from a checkout")
    ended = subprocess.run(
        [sys.executable, *command, "--version"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == f"pruneview {pruneview.__version__}\n"


def test_a_fault_of_our_own_is_a_sentence_too(monkeypatch, capsys) -> None:
    def faulty(*_):
        raise KeyError("x")

    monkeypatch.setattr(window, "open_window", faulty)
    assert main([]) == 1
    assert "A fault in pruneview itself: KeyError: 'x'." in capsys.readouterr().err


def test_a_file_that_is_not_there_exits_2(tmp_path, capsys) -> None:
    assert main([str(tmp_path / "none.keras")]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_demo_without_a_display_runs_in_the_terminal(monkeypatch, capsys) -> None:
    import pruneview.cli.pruning.prune

    monkeypatch.setattr(window, "display_problem", lambda: "There is no display.")
    monkeypatch.setattr(pruneview.cli.pruning.prune, "demo_in_terminal", lambda *_: 0)
    assert main(["demo"]) == 0
    said = capsys.readouterr().err
    assert "There is no display. The demo runs in the terminal instead." in said


def test_ctrl_c_ends_with_130(monkeypatch) -> None:
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(window, "open_window", interrupted)
    assert main([]) == 130


def test_the_way_to_the_window_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pruneview.cli import arguments, commands;"
        "from pruneview.cli.launch import window;"
        " arguments.parse(['m.h5']); window.display_problem();"
        " heavy = {'rich', 'numpy', 'h5py', 'tensorflow', 'keras', 'json', 'PySide6'};"
        " print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["ad01.h5", "misc_1.h5"])
def test_a_reader_that_is_gone_ends_it_quietly(models_folder, name) -> None:
    """With more output than a buffer holds, and with less."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pruneview", "inspect", "--json"]
    ended = subprocess.run(
        [*command, models_folder / name],
        env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert ended.stderr == ""
    assert ended.returncode == 128 + signal.SIGPIPE
