"""``pruneview shrink`` and ``prune --structured``, end to end."""

import json
from pathlib import Path

import pytest

from pruneview.__main__ import main
from pruneview.cli import arguments
from pruneview.cli.shrinking.options import (
    shrink_options_from,
    shrink_plan_from,
    training_from,
)
from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions

BEFORE, HALVED = 167_866, 42_466
DEMO = str(demo_model())


def test_options_make_up_the_plans() -> None:
    _, options = arguments.parse(["shrink", "m.keras", "--output", "o.keras"])
    assert shrink_plan_from(options) == ShrinkPlan()
    assert shrink_options_from(options) == ShrinkOptions()
    assert training_from(options) is None
    written = (
        "shrink m.keras --data demo --ratio 0.25 --criterion l1 --scope global"
        " --round-to 8 --floor 4 --layer a --layer b --layer-ratio a=0.1 --exclude c"
        " --rounds 3 --compare-unstructured --timing-rounds 5 --seed 7 --epochs 4"
        " --learning-rate 0.01 --output o.keras"
    )
    _, options = arguments.parse(written.split())
    assert shrink_plan_from(options) == ShrinkPlan(
        0.25, "l1", "global", 8, 4, {"a": 0.1}, ("a", "b"), ("c",), 7
    )
    assert shrink_options_from(options) == ShrinkOptions("repeat", 3, True, 5)
    assert training_from(options) == PruningPlan(seed=7, epochs=4, learning_rate=0.01)
    _, options = arguments.parse([*written.split(), "--epochs", "0"])
    assert training_from(options) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--ratio", "1"], "--ratio: Ratio is 1.0"),
        (["--gradual"], "--gradual: Method is gradual"),
        (["--rounds", "0"], "--rounds: Rounds is 0"),
        (["--compare-unstructured"], "needs data"),
        (["--record", "a.run"], "--record: A recording holds masks of one model"),
        (["--data", "nowhere.npz"], "nowhere.npz"),
        (["--data", "demo", "--epochs", "-1"], "--epochs: Epochs is -1"),
        (["--output", "small.txt"], "must end in"),
        (["--one-shot", "--gradual"], "not allowed with"),
    ],
)
def test_bad_input_exits_2_and_writes_nothing(
    more, said, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["shrink", DEMO, "--output", "small.keras", *more]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_units_in_prune_need_data_and_what_units_have(tmp_path, capsys) -> None:
    output = str(tmp_path / "small.keras")
    prune = ["prune", DEMO, "--output", output, "--structured"]
    assert main(prune) == 2
    assert "needs --data" in capsys.readouterr().err
    assert main([*prune, "--data", "demo", "--criterion", "movement"]) == 2
    assert "magnitude, taylor, random" in capsys.readouterr().err
    assert main([*prune, "--data", "demo", "--sparsity-m-by-n", "2:4"]) == 2
    assert "where whole units are removed" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.tensorflow
def test_without_data(tmp_path, capsys) -> None:
    output, events = tmp_path / "small.keras", tmp_path / "events.jsonl"
    before = demo_model().read_bytes()
    argv = ["shrink", DEMO, "--output", str(output), "--events", str(events)]
    assert main([*argv, "--timing-rounds", "2"]) == 0
    assert demo_model().read_bytes() == before
    with open_model(output) as model:
        assert model.parameter_count == HALVED
    out = capsys.readouterr().out
    assert f"{BEFORE:,}" in out
    assert "noise images" in out
    assert "Nothing was removed from digit" in out
    assert "Accuracy" not in out
    assert "Time of a call with 32 samples" in out
    lines = events.read_text().splitlines()
    told = {record["event"]: record for record in map(json.loads, lines)}
    assert told["units_removed"]["parameters"] == HALVED
    ended = told["shrink_ended"]
    assert ended["before"]["parameters"] == BEFORE
    assert ended["after"]["layers"][1]["path"] == "conv_1"
    assert ended["difference"]["largest_relative"] < 1e-5
    # What cannot be removed is said, and nothing is written.
    again = str(tmp_path / "again.keras")
    assert main(["shrink", DEMO, "--output", again, "--layer", "digit"]) == 2
    assert "Nothing can be removed from digit" in capsys.readouterr().err
    assert not Path(again).exists()


@pytest.mark.tensorflow
def test_gradually_by_prune(tmp_path, capsys) -> None:
    output = tmp_path / "small.h5"
    argv = ["prune", DEMO, "--data", "demo", "--output", str(output)]
    argv += ["--epochs", "1", "--end-step", "10", "--frequency", "5"]
    assert main([*argv, "--structured", "--final-sparsity", "0.5"]) == 0
    with open_model(output) as model:
        assert model.parameter_count == HALVED
    out = capsys.readouterr().out
    assert "Shrunk gradually" in out
    assert "Accuracy on 360 test samples" in out
