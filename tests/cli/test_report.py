"""``pruneview report`` and ``pruneview prune --fidelity``, in the terminal."""

import json
from pathlib import Path

import numpy as np
import pytest

from pruneview.__main__ import main
from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from pruneview.resources import resource

MODEL = str(demo_model())


@pytest.fixture(scope="module")
def pruned(tmp_path_factory) -> Path:
    """The demo's model at 80 %, pruned at once."""
    path = tmp_path_factory.mktemp("report") / "pruned.keras"
    arguments = ["prune", MODEL, "--fidelity", "--final-sparsity", "0.8"]
    assert main([*arguments, "--output", str(path)]) == 0
    return path


@pytest.mark.tensorflow
def test_pruning_without_data_says_what_it_did(pruned, capsys) -> None:
    assert main(["prune", MODEL, "--fidelity", "--seed", "3"]) == 0
    out, err = capsys.readouterr()
    assert "Fidelity to the baseline: same class for" in out
    assert "it is not accuracy" in out
    assert "was not saved" in err
    with open_model(pruned) as model:
        kernels = [w for x in model.layers for w in x.weights if w.prunable]
        shares = [(w.read() == 0).mean() for w in kernels]
    assert min(shares) > 0.79


@pytest.mark.tensorflow
def test_the_report_as_json(pruned, capsys) -> None:
    assert main(["report", MODEL, str(pruned), "--json", "--rounds", "2"]) == 0
    record = json.loads(capsys.readouterr().out)
    rows = {row["key"]: row for row in record["rows"]}
    assert rows["raw"]["ratio"] == 1
    assert rows["deflated"]["ratio"] < 0.3
    assert rows["lite_sparse"]["ratio"] < 0.5
    assert rows["latency_keras"]["pruned"]["value"] > 0
    assert record["pruned_zeros"]["sparsity"] == pytest.approx(0.8, abs=0.001)
    assert all(row["improve"] for row in record["rows"])


def test_the_report_for_people(pruned, capsys) -> None:
    assert main(["report", MODEL, str(pruned), "--sizes-only"]) == 0
    out = capsys.readouterr().out
    assert "Sparse encoding" in out
    assert "80.0 %" in out
    assert "what would make it better" in out
    assert "TensorFlow" not in out
    assert main(["report", MODEL, "--sizes-only"]) == 0
    alone = capsys.readouterr().out
    assert "Pruned / dense" not in alone
    assert "no zeros" in alone or "hardly any zeros" in alone


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["report", "gone.keras"], "gone.keras"),
        (["report", MODEL, "--rounds", "1"], "--rounds is 1; it must be from 2"),
        (["report", MODEL, "--threads", "0"], "--threads is 0"),
        (["report", MODEL, "--batch-size", "-4"], "--batch-size is -4"),
        (["prune", MODEL], "required: --output"),
        (["prune", MODEL, "--fidelity", "--data", "demo"], "leave out"),
        (["prune", MODEL, "--fidelity", "--output", "x.h5"], "must end in .keras"),
        (["prune", MODEL, "--fidelity", "--output", MODEL], "reads from"),
        (["prune", MODEL, "--fidelity", "--final-sparsity", "2"], "--final-sparsity"),
        (["prune", MODEL, "--fidelity", "--events", "e.jsonl"], "--events"),
        (["prune", MODEL, "--data", "no.txt", "--output", "o.keras"], "FILE.csv"),
        (["prune", MODEL, "--data", "a:f", "--output", "o.keras"], "--allow-code"),
    ],
)
def test_what_is_wrong_is_said(arguments, sentence, capsys) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_the_help_lists_the_forms_of_data(capsys) -> None:
    assert main(["prune", "--help"]) == 0
    out = capsys.readouterr().out
    for form in ("FILE.csv[:label=NAME]", "[images:]FOLDER", "MODULE:FUNCTION"):
        assert form in out


@pytest.mark.tensorflow
def test_a_table_and_a_report_after_the_run(tmp_path, capsys) -> None:
    """The digits as a table: laid out, split, trained on; then what came of it."""
    digits = np.load(resource("demo", "digits.npz"))
    x, y = digits["x_train"].reshape(-1, 64), digits["y_train"]
    table = tmp_path / "digits.csv"
    lines = [",".join(map(str, [*row, label])) for row, label in zip(x, y, strict=True)]
    header = ",".join([*(f"pixel {place}" for place in range(64)), "digit"])
    table.write_text("\n".join([header, *lines]))
    arguments = ["prune", MODEL, "--data", f"{table}:label=digit", "--report"]
    plan = ["--epochs", "1", "--end-step", "10", "--frequency", "5"]
    output = ["--output", str(tmp_path / "pruned.keras")]
    assert main([*arguments, *plan, *output]) == 0
    out = capsys.readouterr().out
    assert "laid out as the model takes them" in out
    assert "nothing is scaled" in out
    assert "Results, after step" in out
    assert "Time, TensorFlow Lite" in out
    assert "Fidelity to the baseline" in out
