"""The plan's options in a run for real: mended, left out, and said why."""

import json

import pytest

from pruneview.__main__ import main
from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model

pytestmark = pytest.mark.tensorflow


def test_a_mended_run_reaches_its_target_and_says_what_was_left_out(
    tmp_path, capsys
) -> None:
    output, events = tmp_path / "out.keras", tmp_path / "run.jsonl"
    command = ["prune", str(demo_model()), "--data", "demo", "--output", str(output)]
    options = ["--epochs", "1", "--batch-size", "64", "--exclude", "first", "--mend"]
    assert main([*command, *options, "--events", str(events)]) == 0
    out = capsys.readouterr().out
    assert "The plan is mended: end step 1000 becomes" in out
    assert "was not pruned: excluded." in out
    records = [json.loads(line) for line in events.read_text().splitlines()]
    ended = next(r for r in records if r["event"] == "run_ended")
    assert ended["sparsity"] == pytest.approx(0.8, abs=0.005)
    first, *others = ended["outcomes"]
    assert (first["target"], first["cause"]) == (None, "excluded")
    assert {round(o["target"], 3) for o in others} == {0.8}
    with open_model(output) as file:
        kernels = [w for layer in file.layers for w in layer.weights if w.prunable]
        assert (kernels[0].read() != 0).all()


def test_what_the_model_has_not_is_bad_input(tmp_path, capsys) -> None:
    command = ["prune", str(demo_model()), "--data", "demo"]
    command += ["--output", str(tmp_path / "out.keras")]
    assert main([*command, "--exclude", "LSTM"]) == 2
    assert "nothing to exclude by LSTM" in capsys.readouterr().err
    assert main([*command, "--block-size", "4x4", "--scope", "global"]) == 2
    assert "--scope: Scope is 'global'; it must be layer" in capsys.readouterr().err
    assert main([*command, "--engine", "tfmot"]) == 2
    assert "written by Keras 3" in capsys.readouterr().err
