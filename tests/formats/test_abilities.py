"""What is said without Keras, against what the installed Kerases do."""

import json
import subprocess
import sys

import pytest

from pruneview.formats import open_model
from tests.formats.conftest import CHECKOUT
from tests.formats.keras_layers import TABLE

ENGINES = {
    "ad01.h5": "keras3",
    "bugged_model.keras": None,
    "cnn3d_16.h5": "tf_keras",
    "fixed_model.keras": None,
    "gender_mini_XCEPTION.21-0.95.hdf5": "keras3",
    "lstm1.keras": None,
    "misc_1.h5": "keras3",
    "pretrainedResnet.h5": "keras3",
    "simple_lstm_tf_keras_1_model.h5": None,
    "textgenrnn_weights.hdf5": None,
    "vww_96.h5": "tf_keras",
}
LOADING = """
import json, os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, tf_keras
found = {}
for path in sys.argv[1:]:
    for name, loader in (("keras3", keras.models), ("tf_keras", tf_keras.models)):
        try:
            loader.load_model(path, compile=False)
        except Exception:
            continue
        found[path] = name
        break
print(json.dumps(found))
"""


@pytest.mark.parametrize(("name", "engine"), ENGINES.items())
def test_the_engine_of_real_files(models_folder, name, engine):
    with open_model(models_folder / name) as model:
        abilities = model.abilities
        assert abilities.engine == engine
        assert abilities.look
        prunable = any(w.prunable for layer in model.layers for w in layer.weights)
        assert abilities.prune == prunable
        assert abilities.prune_and_train == (engine is not None and prunable)
        assert abilities.reason.endswith(".")


@pytest.mark.tensorflow
def test_the_engine_of_written_files_is_the_keras_that_loads_them(written):
    names = ["nested", "recurrent", "convolutional", "many", "half"]
    files = [
        str(written / f"{loader}_{name}{ending}")
        for loader in ("keras3", "tf_keras")
        for name in names
        for ending in (".keras", ".h5")
    ]
    files += [
        str(written / "keras3_subclassed.keras"),
        str(written / "keras3_wide.keras"),
    ]
    ended = subprocess.run(
        [sys.executable, "-c", LOADING, *files],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    loaded = json.loads(ended.stdout.splitlines()[-1])
    for file in files:
        with open_model(file) as model:
            assert model.abilities.engine == loaded.get(file), (file, model.abilities)


@pytest.mark.tensorflow
def test_the_table_is_that_of_the_installed_kerases():
    program = (
        "import json, os; os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "from tests.formats.keras_layers import table\n"
        "print(json.dumps(table()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout.splitlines()[-1]) == json.loads(TABLE.read_text())


@pytest.mark.tensorflow
def test_wrapped_models_are_told_from_plain_ones(written):
    for ending in (".h5", ".keras"):
        with open_model(written / f"tfmot_pruned{ending}") as model:
            assert model.abilities.engine == "tf_keras"
            assert model.abilities.prune_and_train
            assert "without the wrappers" in model.abilities.reason
    with open_model(written / "tfmot_quantized.h5") as model:
        assert not model.abilities.prune_and_train
        assert model.abilities.prune
        assert "quantization" in model.abilities.reason
