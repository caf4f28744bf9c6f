"""Agreement of a pruned model with its baseline, and pruning without data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.fidelity.agreement import (
    Fidelity,
    class_outputs,
    measure_fidelity,
    relative_error,
)
from pruneview.pruning.fidelity.one_shot import prune_once
from pruneview.pruning.fidelity.synthetic import InputSpec, synthetic_inputs
from pruneview.pruning.report.built import build_from_file
from pruneview.sparsity.masking.masks import magnitude_mask


class TestSyntheticInputs:
    def test_the_same_seed_gives_the_same_inputs(self) -> None:
        specs = [InputSpec((8, 8, 3), "float32"), InputSpec((5,), "float32")]
        one, other = (synthetic_inputs(specs, 6, 3) for _ in range(2))
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
        assert [x.shape for x in one] == [(6, 8, 8, 3), (6, 5)]
        assert not np.array_equal(one[0], synthetic_inputs(specs, 6, 4)[0])

    def test_they_are_what_the_model_takes(self) -> None:
        image = synthetic_inputs([InputSpec((9, 7, 1), "float32", upper=255.0)], 50, 0)
        assert image[0].min() >= 0
        assert 200 < image[0].max() <= 255
        tokens = synthetic_inputs([InputSpec((12,), "float32", vocabulary=30)], 50, 0)
        assert set(np.unique(tokens[0])) == set(range(30))
        flags = synthetic_inputs([InputSpec((3,), "int32")], 50, 0)
        assert set(np.unique(flags[0])) == {0, 1}

    def test_the_model_says_what_it_takes(self, keras: Any, tmp_path: Path) -> None:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                layers.Rescaling(1 / 127.5, -1),
                layers.Conv2D(2, 3),
            ]
        )
        model.save(tmp_path / "scaled.keras")
        assert build_from_file(tmp_path / "scaled.keras").inputs[0].upper == 255
        model = keras.Sequential([keras.Input((None,)), layers.Embedding(17, 2)])
        model.save(tmp_path / "words.keras")
        (spec,) = build_from_file(tmp_path / "words.keras").inputs
        assert spec.vocabulary == 17
        assert len(spec.shape) == 1


class TestAgreement:
    def test_a_model_agrees_with_itself(self, small_model: Path) -> None:
        built = build_from_file(small_model)
        fidelity = measure_fidelity(built, built, classifying=class_outputs(built))
        assert fidelity.agreement == 1
        assert fidelity.relative_error == 0
        assert fidelity.classes == 3
        assert "same class for 100.0 %" in fidelity.sentence()
        assert fidelity.warning is None

    def test_it_is_what_the_outputs_say(
        self, small_model: Path, tmp_path: Path
    ) -> None:
        output = tmp_path / "pruned.keras"
        result = prune_once(small_model, output, 0.9, samples=200)
        assert result.fidelity is not None
        baseline, pruned = build_from_file(small_model), build_from_file(output)
        x = synthetic_inputs(baseline.inputs, 200, 0)[0]
        want, have = (m.model.predict(x, verbose=0) for m in (baseline, pruned))
        same = np.mean(want.argmax(1) == have.argmax(1))
        assert result.fidelity.agreement == pytest.approx(same)
        assert 0.2 < same < 1
        error = np.linalg.norm(have - want) / np.linalg.norm(want)
        assert result.fidelity.relative_error == pytest.approx(error, rel=1e-4)

    def test_regression_has_no_classes(self, linear_model: Path) -> None:
        built = build_from_file(linear_model)
        assert class_outputs(built) == ()
        fidelity = measure_fidelity(built, built, classifying=(), samples=8)
        assert fidelity.agreement is None
        assert "relative error 0" in fidelity.sentence()

    def test_of_several_outputs_all_must_name_the_same(
        self, keras: Any, tmp_path: Path
    ) -> None:
        flow = given = keras.Input((6,), name="given")
        ends = [
            keras.layers.Dense(width, activation=activation, name=name)(flow)
            for name, width, activation in (
                ("one", 4, "softmax"),
                ("number", 1, None),
                ("other", 3, "softmax"),
            )
        ]
        path = tmp_path / "several.keras"
        keras.Model(given, ends).save(path)
        result = prune_once(path, tmp_path / "pruned.keras", 0.7, samples=300)
        found = result.fidelity
        assert found is not None
        assert found.outputs == ("one", "other")
        assert "same class in one and in other for" in found.sentence()
        built = [build_from_file(p) for p in (path, tmp_path / "pruned.keras")]
        x = synthetic_inputs(built[0].inputs, 300, 0)
        want, have = ([y.argmax(1) for y in b.outputs(x)] for b in built)
        same = (want[0] == have[0]) & (want[2] == have[2])
        assert found.agreement == pytest.approx(same.mean())
        assert 0.1 < same.mean() < np.mean(want[0] == have[0])

    def test_outputs_that_are_no_numbers_have_no_error(self) -> None:
        want = [np.ones((2, 2))]
        assert relative_error(want, [np.full((2, 2), np.nan)]) is None
        assert relative_error(want, [np.full((2, 2), 1.5)]) == 0.5

    def test_few_classes_are_warned_of(self) -> None:
        few = Fidelity(9, 0, "noise", 0.1, 1.0, classes=10, classes_seen=1)
        assert "only 1 of its 10 classes" in str(few.warning)

    def test_pixels_in_the_range_that_tells_classes_apart(
        self, keras: Any, tmp_path: Path
    ) -> None:
        """This model names one class only for anything darker than 100."""
        model = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                keras.layers.GlobalAveragePooling2D(),
                keras.layers.Dense(2, activation="softmax"),
            ]
        )
        model.layers[-1].set_weights([np.array([[0.0, 1.0]]), np.array([100.0, 0.0])])
        model.save(tmp_path / "bytes.keras")
        built = build_from_file(tmp_path / "bytes.keras")
        fidelity = measure_fidelity(built, built, classifying=(0,), samples=100)
        assert fidelity.classes_seen == 2
        assert "from 0 to 255" in fidelity.inputs

    def test_models_of_different_inputs_are_refused(
        self, small_model: Path, keras: Any, tmp_path: Path
    ) -> None:
        keras.Sequential([keras.Input((7,)), keras.layers.Dense(3)]).save(
            tmp_path / "other.keras"
        )
        one, other = map(build_from_file, (small_model, tmp_path / "other.keras"))
        with pytest.raises(ModelError, match="inputs of different shapes"):
            measure_fidelity(one, other, classifying=())


class TestPruningOnce:
    def test_zeros_are_where_the_rule_puts_them(
        self, small_model: Path, tmp_path: Path
    ) -> None:
        output = tmp_path / "pruned.keras"
        result = prune_once(small_model, output, 0.75, layers=("classes",), samples=8)
        assert result.pruned == 1
        with open_model(small_model) as before, open_model(output) as after:
            for layer in before.layers:
                for weight in layer.weights:
                    old, new = weight.read(), after.weight(weight.path).read()
                    if layer.path == "classes" and weight.prunable:
                        assert np.array_equal(new, old * magnitude_mask(old, 0.75))
                        assert result.sparsity == np.mean(new == 0)
                    else:
                        assert np.array_equal(new, old)

    def test_a_file_that_no_keras_builds_is_pruned_too(
        self, models_folder: Path, tmp_path: Path
    ) -> None:
        source = models_folder / "simple_lstm_tf_keras_1_model.h5"
        result = prune_once(source, tmp_path / "pruned.h5", 0.5)
        assert result.sparsity == pytest.approx(0.5, abs=0.01)
        assert result.fidelity is None
        assert "not measured" in result.why_not
        assert result.deflated_bytes < result.baseline_deflated_bytes * 0.7

    def test_what_is_wrong_is_said(self, small_model: Path, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="nothing to prune in nowhere"):
            prune_once(small_model, None, 0.5, layers=("nowhere",))
        with pytest.raises(FormatError):
            prune_once(tmp_path / "gone.keras", None, 0.5)

    def test_nothing_is_left_of_one_that_is_stopped(
        self, small_model: Path, tmp_path: Path
    ) -> None:
        output = tmp_path / "pruned.keras"
        with pytest.raises(Cancelled):
            prune_once(small_model, output, 0.5, cancelled=lambda: True)
        assert not list(tmp_path.iterdir())
