"""SavedModel folders, against what tf_keras sees; TensorFlow reads the checkpoint."""

import json
import os
import subprocess
import sys

import pytest

from pruneview.formats import FormatError, open_model
from pruneview.formats.edit import write_pruned_copy
from tests.formats.conftest import CHECKOUT

pytestmark = pytest.mark.tensorflow


def in_a_process(program: str, *arguments: str) -> list[str]:
    """Run a program that imports TensorFlow, and return the lines it printed."""
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()


def test_every_tensor_agrees_with_keras(models_folder):
    truth = json.loads(
        (models_folder / "truth" / "kws_ref_model.tf_keras.json").read_text()
    )
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from tests.formats.listing import listing\n"
        "print(json.dumps(listing(Path(sys.argv[1]))))\n"
    )
    found = json.loads(in_a_process(program, str(models_folder / "kws_ref_model"))[-1])
    expected = [
        [name, kind, [weight[1:] for weight in weights]]
        for name, kind, weights in truth["layers"]
    ]
    assert found == expected


def test_it_can_be_looked_at_but_not_written(models_folder, tmp_path):
    folder = models_folder / "kws_ref_model"
    with open_model(folder) as model:
        assert model.container == "saved-model"
        assert model.keras_version == "2.4.0"
        assert model.optimizer_variable_count > 0
        assert model.abilities.engine == "tf_keras"
        assert not model.abilities.prune
        weight = model.layers[1].weights[0]
        window = (slice(2, 5), slice(0, 2), slice(0, 1), slice(3, 9))
        assert (weight.read(window) == weight.read()[window]).all()
    with pytest.raises(FormatError, match="SavedModel's own format"):
        write_pruned_copy(folder, tmp_path / "out", lambda weight, old: old)


def test_damaged_variables_have_a_sentence(models_folder, tmp_path):
    folder = tmp_path / "model"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"\xff\xff")
    (folder / "variables" / "variables.index").write_bytes(b"not a table")
    with pytest.raises(FormatError, match="damaged or cut off"):
        open_model(folder)


def test_without_tensorflow_the_sentence_says_what_to_install(models_folder):
    program = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from pruneview.formats import FormatError, open_model\n"
        "try:\n"
        "    open_model(sys.argv[1])\n"
        "except FormatError as error:\n"
        "    print(error)\n"
    )
    (sentence,) = in_a_process(program, str(models_folder / "kws_ref_model"))
    assert "pip install tensorflow" in sentence
