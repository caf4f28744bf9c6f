"""The report's figures against computations of their own."""

import json
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.formats.edit import write_pruned_copy
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.events import Event, Preparing
from pruneview.pruning.fidelity.synthetic import synthetic_inputs
from pruneview.pruning.report import lite as lite_module
from pruneview.pruning.report.built import build_from_file, quietly
from pruneview.pruning.report.lite import LiteError, LiteKind, LiteRunner, convert
from pruneview.pruning.report.measure import measure_report
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport, ReportMade
from pruneview.pruning.report.subject import subject_of_file
from pruneview.sparsity.masking.masks import magnitude_mask
from tests.pruning.conftest import Recorder

QUICK = ReportOptions(rounds=3)


def prune_file(path: Path, output: Path, sparsity: float) -> Path:
    def zeros(_weight: Any, values: np.ndarray) -> np.ndarray:
        return np.where(magnitude_mask(values, sparsity), values, values.dtype.type(0))

    write_pruned_copy(path, output, zeros)
    return output


@pytest.fixture(scope="module")
def network(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained convolutional network with its optimizer's state, as .h5."""
    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 1, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).random((32, 8, 8, 3)).astype(np.float32)
    model.fit(x, np.arange(32) % 10, verbose=0)
    path = tmp_path_factory.mktemp("report") / "network.h5"
    with quietly():
        model.save(path)
    return path


@pytest.fixture(scope="module")
def pruned(network: Path) -> Path:
    return prune_file(network, network.with_name("pruned.h5"), 0.9)


@pytest.fixture(scope="module")
def report(network: Path, pruned: Path) -> CostReport:
    return measure_report(subject_of_file(network), subject_of_file(pruned), QUICK)


def values(report: CostReport, key: str) -> tuple[float, float]:
    row = report.row(key)
    assert row.dense is not None
    assert row.pruned is not None
    return row.dense.value, row.pruned.value


def weights_of(path: Path) -> list[np.ndarray]:
    with open_model(path) as model:
        return [np.array(w.read()) for layer in model.layers for w in layer.weights]


def test_stored_sizes_are_those_of_the_arrays(report, network, pruned, keras) -> None:
    model = keras.models.load_model(network, compile=False)
    raw = sum(np.asarray(v).nbytes for v in model.weights)
    assert values(report, "raw") == (raw, raw)
    # Adam keeps two moments of every weight, its step and its learning rate.
    assert 3 * raw < values(report, "raw_with_optimizer")[0] <= 3 * raw + 16
    for place, path in enumerate((network, pruned)):
        arrays = weights_of(path)
        deflated = sum(len(zlib.compress(a.tobytes(), 6)) for a in arrays)
        assert values(report, "deflated")[place] == deflated
        assert values(report, "given")[place] == path.stat().st_size


def test_sparse_size_and_its_bound(report, pruned) -> None:
    size = bound = 0.0
    for array in weights_of(pruned):
        n, k = array.size, int(np.count_nonzero(array))
        size += 1 + min(math.ceil(n / 8) + 4 * k, 4 * n)
        p = k / n
        entropy = -sum(q * math.log2(q) for q in (p, 1 - p) if q)
        bound += n * entropy / 8 + 4 * k
    assert values(report, "sparse")[1] == size
    assert values(report, "entropy_bound")[1] == math.ceil(bound)
    assert bound < size < values(report, "raw")[1] / 4


def test_the_file_that_keras_writes(report, pruned, keras, tmp_path) -> None:
    path = tmp_path / "again.keras"
    keras.models.load_model(pruned, compile=False).save(path)
    # The date in its metadata may be a letter longer.
    assert values(report, "file")[1] == pytest.approx(path.stat().st_size, abs=8)
    deflated = len(zlib.compress(path.read_bytes(), 6))
    assert values(report, "file_deflated")[1] == pytest.approx(deflated, rel=0.01)
    with zipfile.ZipFile(path) as archive:
        kinds = {info.compress_type for info in archive.infolist()}
    assert kinds == {zipfile.ZIP_STORED}  # as the report's sentence says


def test_tensorflow_lite_files_hold_the_model(report, network, pruned) -> None:
    """Sizes are those of a file that computes what Keras computes."""
    built = build_from_file(pruned)
    x = synthetic_inputs(built.inputs, 1, 7)
    wanted = built.model.predict(x[0], verbose=0)
    raw = values(report, "raw")[0]
    for kind, error in ((LiteKind.FLOAT, 1e-5), (LiteKind.SPARSE, 1e-5)):
        file = convert(built, kind, 1, x)
        assert len(file.data) == values(report, f"lite_{kind}")[1]
        assert LiteRunner(file.data, 1).run(x)[0] == pytest.approx(wanted, abs=error)
        assert file.largest_error is not None
        assert file.largest_error < error
    assert values(report, "lite_float")[0] == values(report, "lite_float")[1] > raw
    assert values(report, "lite_dynamic_range")[1] < raw / 2
    assert values(report, "lite_sparse")[1] < raw / 2 < values(report, "lite_sparse")[0]
    deflated = len(zlib.compress(convert(built, LiteKind.FLOAT, 1, x).data, 6))
    assert values(report, "lite_float_deflated")[1] == deflated


def test_times_have_a_spread_and_say_how_they_were_measured(report) -> None:
    for key in ("latency_keras", "latency_lite_float", "latency_lite_dynamic_range"):
        row = report.row(key)
        for figure in (row.dense, row.pruned):
            assert 0 < figure.low <= figure.value <= figure.high < 1
    assert report.row("latency_lite_float").how == "with XNNPACK"
    said = " ".join(report.conditions)
    assert "1 sample" in said
    assert "thread" in said
    assert "3 rounds" in said


def test_every_row_says_what_would_improve_it(report) -> None:
    for row in report.rows:
        assert row.improve.endswith(".")
        assert row.how
        assert not row.missing
    # Kernels: 432 of 3x3, 512 of 1x1, 11520 of the dense layer.
    assert "4 % of the weights" in report.row("latency_lite_float").improve
    assert report.pruned_zeros.prunable == 12464


def test_it_is_json_with_ratios(report) -> None:
    record = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert record["schema"] == 1
    rows = {row["key"]: row for row in record["rows"]}
    assert rows["deflated"]["ratio"] == pytest.approx(
        values(report, "deflated")[1] / values(report, "deflated")[0]
    )
    assert record["pruned_zeros"]["sparsity"] == pytest.approx(0.9, abs=0.001)
    assert record["fidelity"]["agreement"] <= 1
    assert record["versions"]["tensorflow"]


def test_one_model_alone_has_one_column(network: Path) -> None:
    events: list[Event] = []
    alone = measure_report(
        subject_of_file(network),
        None,
        ReportOptions(sizes_only=True),
        emit=events.append,
    )
    assert alone.pruned_name is alone.pruned_zeros is alone.fidelity is None
    assert all(row.pruned is None and row.ratio is None for row in alone.rows)
    assert "prune" in alone.row("sparse").improve
    assert events == [Preparing("Compressing the weights")]


def test_a_model_that_no_keras_builds_has_sizes_and_a_reason(
    models_folder: Path,
) -> None:
    path = models_folder / "simple_lstm_tf_keras_1_model.h5"
    made = measure_report(subject_of_file(path), None, QUICK)
    assert made.row("deflated").dense is not None
    row = made.row("lite_float")
    assert row.dense is None
    assert path.name in row.missing[0]


def test_without_tensorflow_lite_it_is_said(
    network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise LiteError("The installed TensorFlow comes without TensorFlow Lite.")

    monkeypatch.setattr(lite_module, "_tensorflow_lite", absent)
    made = measure_report(subject_of_file(network), None, QUICK)
    assert made.row("latency_keras").dense is not None
    for key in ("lite_float", "latency_lite_float"):
        assert made.row(key).dense is None
        assert "without TensorFlow Lite" in made.row(key).missing[0]


def test_what_the_converter_lacks_is_named(models_folder: Path) -> None:
    path = models_folder / "cnn3d_16.h5"
    made = measure_report(subject_of_file(path), None, QUICK)
    assert made.row("lite_float").dense is None
    assert "it has no operation for tf.MaxPool3D." in made.row("lite_float").missing[0]
    assert made.row("latency_keras").dense is not None
    assert made.row("latency_lite_float").missing


def test_a_converter_that_fails_is_quoted(
    network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    def fail(_self: object) -> bytes:
        raise RuntimeError("layer.py:3:1: error: odd shape\nand more")

    built = build_from_file(network)
    converter = tf.lite.TFLiteConverter
    made = converter.from_concrete_functions
    kind = type(made([built.function(1)]))
    monkeypatch.setattr(kind, "convert", fail)
    with pytest.raises(LiteError, match="convert the model: odd shape"):
        convert(built, LiteKind.FLOAT, 1, synthetic_inputs(built.inputs, 1, 0))


def test_it_can_be_cancelled(network: Path) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 12

    with pytest.raises(Cancelled):
        measure_report(subject_of_file(network), None, QUICK, cancelled=cancelled)


def test_code_in_a_file_is_not_run(models_folder: Path) -> None:
    with pytest.raises(ModelError, match="holds code"):
        build_from_file(models_folder / "model_lambda.h5")


def test_after_a_run_the_model_in_memory_is_measured(
    opened: Recorder, blobs: Any, small_model: Path
) -> None:
    from pruneview.pruning.planning.plan import PruningPlan

    plan = PruningPlan(final_sparsity=0.5, end_step=3, frequency=1, batch_size=50)
    opened.session.run(plan, blobs)
    made = opened.session.report(QUICK)
    assert made.dense_name == "small.keras"
    assert made.pruned_name == "small.keras, pruned"
    assert made.pruned_zeros is not None
    assert made.pruned_zeros.sparsity == pytest.approx(0.5, abs=0.02)
    # Adam's two moments of every trained weight, and its counters.
    dense, pruned = values(made, "raw")
    assert values(made, "raw_with_optimizer")[1] > 2.5 * pruned
    assert dense == pruned
    assert made.row("lite_sparse").pruned is not None
    assert made.fidelity is not None
    (event,) = opened.of(ReportMade)
    assert event.report is made
    assert event.to_json()["report"]["pruned_name"] == "small.keras, pruned"
