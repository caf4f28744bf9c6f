"""Every tensor of files that the installed Kerases write, where Keras sees it."""

import json
from pathlib import Path

import pytest

from pruneview.formats import WeightRole, open_model
from tests.formats.listing import all_weights, list_layers, listing

pytestmark = pytest.mark.tensorflow

NAMES = ["nested", "recurrent", "convolutional", "many", "half", "with_lambda"]
DESCRIBED = [
    *[f"keras3_{name}{e}" for name in NAMES for e in (".keras", ".h5")],
    *[f"tf_keras_{name}{e}" for name in NAMES for e in (".keras", ".h5")],
    "keras3_bfloat16.keras",
    "keras3_wide.keras",
    "tf_keras_saved_model",
    *[
        f"tfmot_{name}{e}"
        for name in ("pruned", "quantized")
        for e in (".keras", ".h5")
    ],
]
ALONE = [
    *[f"keras3_{name}.weights.h5" for name in [*NAMES, "subclassed", "bfloat16"]],
    *[f"tf_keras_{name}.weights.h5" for name in [*NAMES, "subclassed"]],
    *[f"tf_keras_{name}_weights.h5" for name in NAMES],
    *[f"tfmot_{n}{e}weights.h5" for n in ("pruned", "quantized") for e in "._"],
    "keras3_subclassed.keras",
    "keras3_subclassed.h5",
    "keras3_wide.weights.json",
    "keras3_exported",
]


def truth(written: Path, name: str) -> list:
    stem = name.split(".", maxsplit=1)[0].removesuffix("_weights")
    return json.loads((written / f"{stem}.json").read_text())


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_layer_and_tensor_is_where_keras_sees_it(written, name):
    expected = truth(written, name)
    if name.startswith("tfmot_quantized"):
        # The wrapper's own variables come in another order than it lists them.
        expected = [[p, kind, sorted(weights)] for p, kind, weights in expected]
        found = [[p, kind, sorted(w)] for p, kind, w in listing(written / name)]
        assert found == expected
    else:
        assert listing(written / name) == expected


@pytest.mark.parametrize("name", ALONE)
def test_weights_alone_are_all_there_and_in_order(written, name):
    expected = truth(written, name)
    with open_model(written / name) as model:
        found = list_layers(model)
        assert model.notes == ()
    assert all_weights(found) == all_weights(expected)
    if "subclassed" not in name and "tfmot" not in name:
        kept = [weights for _, _, weights in expected if weights]
        grouped = [weights for _, _, weights in found if weights]
        if "nested_weights" not in name:
            assert grouped == kept


@pytest.mark.parametrize("name", ["keras3_recurrent.keras", "tf_keras_recurrent.h5"])
def test_roles_in_recurrent_layers(written, name):
    with open_model(written / name) as model:
        kinds = {layer.name: layer for layer in model.layers}
        lstm = next(v for k, v in kinds.items() if k.startswith("bidirectional"))
        assert [str(w.role) for w in lstm.weights] == [
            "kernel",
            "recurrent kernel",
            "bias",
        ] * 2
        names = [w.name for w in lstm.weights]
        assert names[0] == "forward_lstm/kernel"
        assert names[5] == "backward_lstm/bias"
        attention = next(v for k, v in kinds.items() if k.startswith("multi_head"))
        assert [w.name for w in attention.weights][::2] == [
            "query/kernel",
            "key/kernel",
            "value/kernel",
            "attention_output/kernel",
        ]
        assert all(w.prunable for w in attention.weights[::2])
        embedding = next(v for k, v in kinds.items() if k.startswith("embedding"))
        assert embedding.weights[0].role is WeightRole.EMBEDDING


@pytest.mark.parametrize("name", ["keras3_convolutional", "tf_keras_convolutional"])
@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_roles_in_convolutional_layers(written, name, ending):
    with open_model(written / f"{name}{ending}") as model:
        roles = [str(w.role) for layer in model.layers for w in layer.weights]
    assert roles == [
        "kernel",
        *("beta", "moving mean", "moving variance"),
        *("depthwise", "pointwise", "bias"),
        *("depthwise", "bias"),
        # A file without a configuration does not tell gamma from beta.
        "beta" if ending == ".weights.h5" else "gamma",
        *("moving mean", "moving variance"),
        *("kernel", "bias"),
        *("kernel", "bias"),
    ]


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5", "_weights.h5"])
def test_masks_and_thresholds_are_not_weights_to_prune(written, ending):
    with open_model(written / f"tfmot_pruned{ending}") as model:
        layer = next(layer for layer in model.layers if layer.weights)
        assert [(w.name, w.prunable) for w in layer.weights] == [
            ("kernel", True),
            ("bias", False),
            ("mask", False),
            ("threshold", False),
            ("pruning_step", False),
        ]
        assert layer.weights[2].role is WeightRole.MASK
        assert layer.weights[3].role is WeightRole.THRESHOLD


@pytest.mark.parametrize("name", ["keras3_nested.keras", "tf_keras_nested.h5"])
def test_optimizer_variables_are_counted_and_are_no_weights(written, name):
    with open_model(written / name) as model:
        # Two moments a trained weight, and the optimizer's own step.
        trained = sum(
            weight.size
            for layer in model.layers
            if layer.trainable
            for weight in layer.weights
            if "moving" not in weight.name
        )
        assert model.optimizer_variable_count > 10
        assert model.optimizer_bytes >= 2 * 4 * trained
        assert not any("adam" in w.path for x in model.layers for w in x.weights)


def test_code_in_a_lambda_is_listed_and_needs_consent(written):
    for name in ("keras3_with_lambda.keras", "tf_keras_with_lambda.h5"):
        with open_model(written / name) as model:
            (item,) = model.code
            assert item.layer_path == "lambda"
            assert "bytecode" in item.description
            assert not model.abilities.prune_and_train
            assert "consent" in model.abilities.reason


def test_versions_and_shapes_are_told(written):
    with open_model(written / "keras3_convolutional.keras") as model:
        assert model.keras_version.startswith("3.")
        assert model.input_shapes == ((12, 12, 3),)
        assert model.output_shapes == ((10,),)
        assert model.container == "keras-archive"
        assert model.name == "convolutional"
    with open_model(written / "tf_keras_nested.h5") as model:
        assert model.keras_version.startswith("2.")
        assert model.compile_config["loss"] == "categorical_crossentropy"


def test_paths_are_unique(written):
    for path in written.iterdir():
        if path.suffix in {".h5", ".keras"}:
            with open_model(path) as model:
                paths = [w.path for x in model.layers for w in x.weights]
                assert len(set(paths)) == len(paths)
                assert all(model.weight(p).path == p for p in paths)
