"""``pruneview inspect`` against Keras' own figures, and on files that are no models."""

import json
import math

import h5py
import numpy as np
import pytest

from pruneview.__main__ import main
from pruneview.cli.inspection.description import SCHEMA


def inspect_json(path, capsys) -> dict:
    assert main(["inspect", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


@pytest.fixture
def small_model(tmp_path):
    """A weights file whose every figure is known."""
    path = tmp_path / "small.weights.h5"
    kernel = np.array([[0.0, 1.0, -0.0], [2.0, np.nan, 0.0]], dtype=np.float32)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        file.attrs["keras_version"] = b"2.4.0"
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group["dense/kernel:0"] = kernel
        group["dense/bias:0"] = np.zeros(3, np.float32)
    return path


def test_json_counts_zeros_and_bytes(small_model, capsys) -> None:
    record = inspect_json(small_model, capsys)
    (layer,) = record["layers"]
    kernel, bias = layer["weights"]
    assert kernel["figures"]["parameters"] == 6
    assert kernel["figures"]["zeros"] == 3
    assert kernel["figures"]["sparsity"] == 0.5
    assert kernel["figures"]["bytes"] == 24
    assert kernel["not_finite"] == 1
    assert (kernel["minimum"], kernel["maximum"]) == (0.0, 2.0)
    assert (kernel["path"], kernel["shape"]) == ("dense/kernel", [2, 3])
    assert (kernel["prunable"], bias["prunable"]) == (True, False)
    assert record["totals"]["zeros"] == 6
    assert record["prunable"]["parameters"] == 6
    assert record["totals"]["deflated_bytes"] == sum(
        w["figures"]["deflated_bytes"] for w in layer["weights"]
    )


def test_json_has_the_documented_keys(small_model, capsys) -> None:
    import pruneview.cli.inspection.description as module

    record = inspect_json(small_model, capsys)
    assert record["schema"] == SCHEMA
    layer = record["layers"][0]
    documented = module.__doc__ or ""
    for key in (*record, *layer, *layer["weights"][0], *layer["figures"]):
        assert key in documented


@pytest.mark.parametrize("name", ["ad01.h5", "vww_96.h5", "pretrainedResnet.h5"])
def test_json_agrees_with_what_keras_saw(models_folder, name, capsys) -> None:
    truth = json.loads((models_folder / "truth" / f"{name}.tf_keras.json").read_text())
    record = inspect_json(models_folder / name, capsys)
    seen = [
        [
            layer["name"],
            layer["kind"],
            [w["figures"]["zeros"] for w in layer["weights"]],
        ]
        for layer in record["layers"]
    ]
    assert seen == [
        [layer, kind, [weight[4] for weight in weights]]
        for layer, kind, weights in truth["layers"]
    ]
    assert record["totals"]["parameters"] == sum(
        math.prod(weight[1]) for _, _, weights in truth["layers"] for weight in weights
    )


def test_table_names_layers_figures_and_code(models_folder, capsys) -> None:
    assert main(["inspect", str(models_folder / "model_lambda.h5")]) == 0
    out = capsys.readouterr().out
    dense = next(line for line in out.splitlines() if "dense_3" in line)
    for figure in ("784x64", "50,240", "64", "0.1 %", "0.20 MB"):
        assert figure in dense
    total = next(line for line in out.splitlines() if "Total" in line)
    assert "50,890" in total
    assert "zlib level 6" in out
    assert "Code, not run: lambda_3" in out


def test_optimizer_state_is_told_apart(models_folder, capsys) -> None:
    assert main(["inspect", str(models_folder / "ad01.h5")]) == 0
    assert "not in the totals" in capsys.readouterr().out


def test_a_narrow_terminal_loses_no_figure(models_folder, capsys, monkeypatch) -> None:
    from pruneview.cli import consoles

    monkeypatch.setattr(consoles, "_UNFOLDED", 80)
    assert main(["inspect", str(models_folder / "ad01.h5")]) == 0
    out = capsys.readouterr().out
    lines = out[out.index(" Layer") :].splitlines()
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.strip().startswith("dense_9"))
    for figure in ("82,560", "0.33 MB", "0.30 MB"):
        assert figure in row
    assert any("Dense kernel 128x640 +1" in line for line in lines)


def test_names_cannot_steer_the_terminal(tmp_path, capsys) -> None:
    path = tmp_path / "evil.weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = ["[red]\x1b]0;title\x07"]
        group = file.create_group("[red]\x1b]0;title\x07")
        group.attrs["weight_names"] = [b"kernel:0"]
        group["kernel:0"] = np.ones((2, 2), np.float32)
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[red]\\x1b]0;title\\x07" in out


@pytest.mark.parametrize(
    "name", ["inputs_and_outputs.h5", "transformer_model.keras", "none.h5"]
)
def test_what_is_no_model_exits_2_with_one_sentence(
    models_folder, name, capsys
) -> None:
    assert main(["inspect", str(models_folder / name)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pruneview: ")
    assert name in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_progress_is_shown_when_it_takes_long(models_folder, capsys, monkeypatch):
    from pruneview.cli.inspection import patience

    monkeypatch.setattr(patience, "_PATIENCE", -1.0)
    assert main(["inspect", str(models_folder / "ad01.h5")]) == 0
    assert "Measuring weights: " in capsys.readouterr().err


def test_a_weight_that_cannot_be_read_is_named_and_the_rest_listed(tmp_path, capsys):
    path = tmp_path / "broken.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"good", b"bad"]
        for name in ("good", "bad"):
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode()]
            data = group.create_dataset(
                f"{name}/kernel:0", (64, 64), "float32", chunks=(64, 64), compression=4
            )
            data[:] = np.random.default_rng(0).normal(size=(64, 64))
        where = data.id.get_chunk_info(0)
    raw = bytearray(path.read_bytes())
    raw[where.byte_offset + 20 : where.byte_offset + 60] = b"\xff" * 40
    path.write_bytes(raw)

    assert main(["inspect", str(path)]) == 1
    streams = capsys.readouterr()
    assert "bad/kernel" in streams.err
    assert "4,096" in streams.out
    assert "(unreadable)" in streams.out
    assert main(["inspect", "--json", str(path)]) == 1
    record = json.loads(capsys.readouterr().out)
    weights = {w["path"]: w for layer in record["layers"] for w in layer["weights"]}
    assert weights["good/kernel"]["error"] is None
    assert "bad/kernel" in weights["bad/kernel"]["error"]
