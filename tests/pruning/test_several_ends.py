"""Models with several inputs and outputs: trained as Keras trains them, and pruned."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataError
from pruneview.pruning.data.samples import arrays_of
from pruneview.pruning.events import LogLine, MaskUpdated, RunEnded
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.subject.objectives import SeveralObjectives
from pruneview.runs import Recorder as RunRecorder
from pruneview.runs import Recording
from tests.pruning import several
from tests.pruning.conftest import Files, Recorder

PLAN = PruningPlan(
    end_step=12, frequency=4, epochs=2, batch_size=8, final_sparsity=0.6, seed=3
)
BATCHES = np.random.default_rng(0).permutation(64)[:48].reshape(6, 8).astype(np.int32)


def said(recorder: Recorder) -> str:
    return "\n".join(line.text for line in recorder.of(LogLine))


@pytest.mark.parametrize("name", several.MODELS)
def test_they_are_trained_as_keras_does_pruned_measured_and_saved(
    name: str, files: Files, recorder: Recorder, keras: Any, tmp_path: Path
) -> None:
    """Several steps in one go, against `train_on_batch` of the same model."""
    path, arrays = files[name]
    recorder.session.open(path)
    data = recorder.session.load_data(str(arrays))
    recorder.session.prepare(PLAN, data)
    opened = recorder.session._opened
    assert opened is not None
    losses = opened.engine.train(BATCHES)
    ours = [np.array(values) for values in opened.engine.arrays()]

    model = keras.models.load_model(path, compile=False)
    sparse, mse = "sparse_categorical_crossentropy", "mse"
    loss, weights = {
        "listing": ([sparse, mse], [1.0, 0.25]),
        "siamese": ("binary_crossentropy", None),
        "by_name": ({"sort": sparse, "amount": mse}, None),
        "nested": ([sparse, mse], None),
    }[name]
    model.compile(keras.optimizers.Adam(1e-3), loss, loss_weights=weights)
    (_, fitted) = recorder.session._fitted
    x, y = arrays_of(fitted.x_train), arrays_of(fitted.y_train)
    expected = []
    for batch in BATCHES:
        model.reset_metrics()
        made = model.train_on_batch(
            keras.tree.pack_sequence_as(model.input, [a[batch] for a in x]),
            keras.tree.pack_sequence_as(model.output, [a[batch] for a in y]),
            return_dict=True,
        )
        expected.append(made["loss"])
    np.testing.assert_allclose(losses, expected, rtol=2e-5)
    assert len(set(np.round(losses, 6))) > 1
    for mine, theirs in zip(ours, model.weights, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-3, atol=2e-5)

    ended = recorder.session.run(PLAN, data)
    assert ended.step == 16
    assert ended.sparsity == pytest.approx(0.6, abs=0.05)
    recorder.session.save(tmp_path / "out.keras")
    with warnings.catch_warnings():
        # The state of the optimizer is not in the file.
        warnings.simplefilter("ignore")
        saved = keras.models.load_model(tmp_path / "out.keras")
    _, fitted = recorder.session._fitted
    pack = keras.tree.pack_sequence_as
    results = saved.evaluate(
        pack(saved.input, list(arrays_of(fitted.x_test))),
        pack(saved.output, list(arrays_of(fitted.y_test))),
        verbose=0,
        return_dict=True,
    )
    assert ended.final.loss == pytest.approx(results["loss"], rel=1e-4)
    measured = [one.value for one in ended.final.each()]
    for value in measured:
        assert any(value == pytest.approx(r, rel=1e-4) for r in results.values())
    assert len(measured) == len(arrays_of(fitted.y_test))
    made = recorder.session.predict(fitted.x_test)
    assert [len(array) for array in arrays_of(made)] == [32] * len(measured)


def test_the_log_names_what_is_measured_of_each_output(
    files: Files, recorder: Recorder
) -> None:
    path, arrays = files["listing"]
    recorder.session.open(path)
    plan = PruningPlan(**{**vars(PLAN), "epochs": 1})
    ended = recorder.session.run(plan, recorder.session.load_data(str(arrays)))
    assert ended.final.metric == "kind accuracy"
    assert ended.final.is_fraction
    ((other, error),) = ended.final.others
    assert other == "price mae"
    held = several.arrays_for("listing")
    _, fitted = recorder.session._fitted
    kinds, prices = arrays_of(recorder.session.predict(fitted.x_test))
    right = kinds.argmax(1) == held["y_test_kind"]
    assert ended.final.value == pytest.approx(right.mean())
    apart = np.abs(prices[:, 0] - held["y_test_price"])
    assert error == pytest.approx(apart.mean(), rel=1e-4)
    log = said(recorder)
    assert "mse times 0.25 for price" in log
    assert "inputs for words in listing.npz are taken as they are, from 0 to 19" in log
    (first, *_) = recorder.of(MaskUpdated)
    line = next(text for text in log.splitlines() if text.startswith("Step 4:"))
    assert f"kind accuracy {first.evaluation.value * 100:.1f} %, price mae " in line


@pytest.mark.parametrize("criterion", ["taylor", "movement"])
def test_criteria_that_need_gradients(
    criterion: str, files: Files, recorder: Recorder
) -> None:
    path, arrays = files["siamese"]
    recorder.session.open(path)
    plan = PruningPlan(**{**vars(PLAN), "criterion": criterion, "epochs": 1})
    ended = recorder.session.run(plan, recorder.session.load_data(str(arrays)))
    assert ended.sparsity > 0.2


def digest(recorder: Recorder) -> list[bytes]:
    session = recorder.session
    return [session.values(weight.path).tobytes() for weight in session.weights]


def test_a_stopped_run_goes_on_to_the_same_weights(
    files: Files, keras: Any, tmp_path: Path
) -> None:
    path, arrays = files["by_name"]
    whole, halted, on = Recorder(), Recorder(), Recorder()
    whole.session.open(path)
    whole.session.run(PLAN, whole.session.load_data(str(arrays)))

    halted.session.open(path)
    halted.during = lambda step: halted.control.stop() if step == 6 else None
    with RunRecorder.create(tmp_path / "run.pvrun") as recorder:
        data = halted.session.load_data(str(arrays))
        assert halted.session.run(PLAN, data, recorder).stopped
    with RunRecorder.continuing(tmp_path / "run.pvrun") as recorder:
        assert on.session.resume(recorder.recording, recorder).step == 16
    assert digest(on) == digest(whole)
    with Recording(tmp_path / "run.pvrun") as recording:
        (ended,) = [e for e in recording.events() if isinstance(e, RunEnded)][-1:]
        assert [name for name, _ in ended.final.others] == ["amount mse"]
        branched = Recorder()
        plan = PruningPlan(**{**vars(PLAN), "final_sparsity": 0.8})
        assert branched.session.branch(recording, 9, plan).step > 9


def test_what_the_person_chooses_for_outputs(files: Files, recorder: Recorder) -> None:
    path, arrays = files["listing"]
    recorder.session.open(path)
    data = recorder.session.load_data(str(arrays))
    fields = {"loss": "price=mae", "metric": "price=mse, kind=accuracy"}
    objective = recorder.session.prepare(PruningPlan(**{**vars(PLAN), **fields}), data)
    assert isinstance(objective, SeveralObjectives)
    assert [o.loss for o in objective.each] == [
        "sparse_categorical_crossentropy",
        "mae",
    ]
    assert objective.metric == "price mse"
    with pytest.raises(PlanError, match="outputs are kind, price"):
        recorder.session.prepare(
            PruningPlan(**{**vars(PLAN), "loss": "cost=mae"}), data
        )
    with pytest.raises(DataError, match=r"y_train_kind.*\(\).*\(3,\)"):
        recorder.session.prepare(PruningPlan(**{**vars(PLAN), "loss": "mse"}), data)


def test_a_class_of_ones_own_with_several_ends(
    keras: Any, recorder: Recorder, tmp_path: Path
) -> None:
    @keras.saving.register_keras_serializable(package="several")
    class Pair(keras.Model):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.one = keras.layers.Dense(3, activation="softmax")
            self.other = keras.layers.Dense(2)

        def call(self, inputs: Any) -> Any:
            return {
                "a": self.one(inputs["p"]),
                "b": self.other(keras.ops.concatenate([inputs["p"], inputs["q"]], 1)),
            }

    model = Pair()
    p, q = np.random.default_rng(0).normal(size=(2, 64, 4)).astype(np.float32)
    model({"p": p, "q": q})
    model.save(tmp_path / "pair.keras")
    arrays = {}
    for part in ("train", "test"):
        arrays |= {f"x_{part}_p": p, f"x_{part}_q": q}
        arrays |= {f"y_{part}_a": p[:, :3].argmax(1), f"y_{part}_b": q[:, :2]}
    np.savez(tmp_path / "pair.npz", **arrays)
    recorder.session.open(tmp_path / "pair.keras")
    data = recorder.session.load_data(str(tmp_path / "pair.npz"))
    ended = recorder.session.run(PLAN, data)
    assert ended.final.metric == "a accuracy"
    assert [name for name, _ in ended.final.others] == ["b mse"]


def test_units_are_removed_with_such_data(files: Files, recorder: Recorder) -> None:
    path, arrays = files["by_name"]
    recorder.session.open(path)
    plan = ShrinkPlan(ratio=0.25, criterion="taylor")
    data = recorder.session.load_data(str(arrays))
    ended = recorder.session.shrink(plan, data)
    assert ended.after.parameters < ended.before.parameters
    assert ended.after.evaluation is not None
    assert ended.after.evaluation.metric == "sort accuracy"
