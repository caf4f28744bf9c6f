"""Pruning without data, from the command line."""

import json

import numpy as np
import pytest

from pruneview.__main__ import main
from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file
from pruneview.sparsity.masking.masks import magnitude_mask


def weights_of(path):
    with open_model(path) as model:
        return {
            weight.path: (weight.prunable, np.array(weight.read()))
            for layer in model.layers
            for weight in layer.weights
        }


def run(*words):
    return main(["prune", *map(str, words)])


def test_the_smallest_weights_are_zero_and_the_rest_is_as_it_was(tmp_path, capsys):
    output = tmp_path / "pruned.keras"

    assert run(demo_model(), "--final-sparsity", 0.7, "--output", output) == 0

    before, after = weights_of(demo_model()), weights_of(output)
    assert before.keys() == after.keys()
    for path, (prunable, values) in before.items():
        kept = magnitude_mask(values, 0.7) if prunable else True
        np.testing.assert_array_equal(after[path][1], np.where(kept, values, 0))
    printed = capsys.readouterr().out
    assert "70.0 %" in printed
    assert "Nothing was trained" in printed


@pytest.mark.parametrize(
    "name",
    [
        "ad01.h5",
        "vww_96.h5",
        "model_lambda.h5",
        "simple_lstm_tf_keras_1_model.h5",
        "textgenrnn_weights.hdf5",
        "lstm1.keras",
        "fixed_model.keras",
        "gender_mini_XCEPTION.21-0.95.hdf5",
        "cnn3d_16.h5",
        "pretrainedResnet.h5",
    ],
)
def test_files_that_keras_can_and_cannot_load(models_folder, tmp_path, name, capsys):
    source, output = models_folder / name, tmp_path / name
    original = source.read_bytes()

    assert run(source, "--final-sparsity", 0.5, "--output", output) == 0

    assert source.read_bytes() == original
    before, after = weights_of(source), weights_of(output)
    changed = 0
    for path, (prunable, values) in before.items():
        same = after[path][1].tobytes() == values.tobytes()
        assert prunable or same
        changed += not same
    assert changed
    capsys.readouterr()


def test_only_the_layers_that_were_chosen(tmp_path, capsys):
    output = tmp_path / "pruned.keras"
    run(demo_model(), "--layer", "dense", "--output", output)

    before, after = weights_of(demo_model()), weights_of(output)
    changed = {p for p in before if (before[p][1] != after[p][1]).any()}
    assert changed == {"dense/kernel"}
    capsys.readouterr()


def test_events_are_one_json_object(tmp_path, capsys):
    output, events = tmp_path / "pruned.keras", tmp_path / "events.jsonl"
    run(demo_model(), "--output", output, "--events", events)

    (record,) = [json.loads(line) for line in events.read_text().splitlines()]
    assert record["event"] == "pruned_file"
    assert record["file_bytes"] == output.stat().st_size
    dense = next(w for w in record["weights"] if w["path"] == "dense/kernel")
    assert dense["zeros"] == int((weights_of(output)["dense/kernel"][1] == 0).sum())
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--events", "no_such_folder/e.jsonl"], "--events"),
        (["--custom-objects", "mine.py"], "--data"),
        (["--final-sparsity", "1.5"], "1.5"),
        (["--layer", "no_such_layer"], "no_such_layer"),
        (["--layer", "flatten"], "no weight that can be pruned"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(tmp_path, capsys, words, said):
    output = tmp_path / "pruned.keras"

    assert run(demo_model(), *words, "--output", output) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_model_itself_and_existing_files_are_not_replaced(tmp_path, capsys):
    copy = tmp_path / "mine.keras"
    copy.write_bytes(demo_model().read_bytes())
    other = tmp_path / "other.keras"
    other.write_text("precious")

    assert run(copy, "--output", copy, "--overwrite") == 2
    assert run(copy, "--output", other) == 2
    assert other.read_text() == "precious"
    assert copy.read_bytes() == demo_model().read_bytes()
    assert run(copy, "--output", other, "--overwrite") == 0
    capsys.readouterr()


def test_cancel_leaves_nothing_behind(tmp_path):
    from pruneview.pruning.errors import Cancelled

    calls = []

    def cancelled():
        calls.append(1)
        return len(calls) > 1

    with pytest.raises(Cancelled):
        prune_file(
            demo_model(), tmp_path / "out.keras", 0.5, layers=None, cancelled=cancelled
        )
    assert not list(tmp_path.iterdir())
