"""Each kind of bad input has a sentence of its own, and leaves nothing open."""

import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from tests.formats import imitations
from tests.formats.imitations import numbered, sequential, values, zipped

OPEN_FILES = Path("/proc/self/fd")


def refusal(path) -> str:
    with pytest.raises(FormatError) as caught:
        open_model(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "Error" not in sentence
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def archive(tmp_path):
    weights = numbered(tmp_path / "w.h5", {"dense": [values(30, 20)]})
    return zipped(tmp_path / "m.keras", weights, sequential(("Dense", "d", {})))


def test_a_file_that_is_not_there(tmp_path):
    assert "no file" in refusal(tmp_path / "none.keras")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads"
)
def test_a_file_without_permission(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    file.chmod(0)
    assert "permission" in refusal(file)


def test_no_permission_is_told_to_the_person(tmp_path, monkeypatch):
    file = imitations.two_layers(tmp_path / "m.h5")

    def denied(*_args, **_settings):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    assert "no permission to read" in refusal(file)


def test_a_folder_that_is_no_model(tmp_path):
    assert "folder that holds no model" in refusal(tmp_path)


def test_a_saved_model_without_variables(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"")
    assert "without variables" in refusal(tmp_path)


def test_an_empty_file(tmp_path):
    file = tmp_path / "m.keras"
    file.touch()
    assert "is empty" in refusal(file)


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_truncated_archive(archive, part):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * part)])
    assert "damaged or cut off" in refusal(archive)


@pytest.mark.parametrize("part", [0.01, 0.5, 0.98])
def test_a_truncated_hdf5_file(tmp_path, part):
    file = imitations.two_layers(tmp_path / "m.h5")
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * part)])
    assert "damaged or cut off" in refusal(file)


def test_an_encrypted_archive(archive):
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as packed:
        directory = packed.start_dir
    data[directory + 8] |= 1
    archive.write_bytes(data)
    assert "encrypted" in refusal(archive)


def test_a_git_lfs_pointer_states_the_size_it_names(tmp_path):
    file = tmp_path / "m.h5"
    file.write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{'a' * 64}\nsize 137610020\n"
    )
    sentence = refusal(file)
    assert "137.6 MB" in sentence
    assert "git lfs pull" in sentence


def test_hdf5_that_is_no_model(tmp_path):
    file = tmp_path / "data.h5"
    with h5py.File(file, "w") as h5:
        h5["measurements/x"] = np.arange(10)
    assert "no Keras model" in refusal(file)


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("readme.txt", "a ZIP archive"),
        ("x_train.npy", "a NumPy archive (.npz)"),
        ("archive/data.pkl", "a PyTorch file"),
    ],
)
def test_a_zip_that_is_no_model(tmp_path, member, words):
    file = tmp_path / "x.keras"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(member, "hello")
    assert f"is {words}, but it holds no Keras model" in refusal(file)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x80\x04\x95 pickle", "pickle"),
        (b"\x93NUMPY\x01\0", "NumPy"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<!DOCTYPE html><p>Not found", "web page"),
        (b'{"class_name": "Sequential"}', "without its weights"),
        (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        (b"plain words", "neither HDF5"),
    ],
)
def test_foreign_files_are_called_by_their_name(tmp_path, data, word):
    file = tmp_path / "m.keras"
    file.write_bytes(data)
    assert word in refusal(file)


def test_an_archive_without_weights_opens_with_a_note(tmp_path):
    file = tmp_path / "m.keras"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("config.json", '{"class_name": "Sequential", "config": '
                        '{"name": "s", "layers": [{"class_name": "Dense", "config": '
                        '{"name": "d"}}]}}')  # fmt: skip
    with open_model(file) as model:
        assert [layer.name for layer in model.layers] == ["d"]
        assert any("lacks model.weights.h5" in note for note in model.notes)
        assert not model.abilities.prune
        assert "only be looked at" in model.abilities.reason


def test_weights_in_a_form_that_is_not_read_are_named(tmp_path):
    file = tmp_path / "m.keras"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("config.json", '{"class_name": "Sequential", "config": {}}')
        packed.writestr("model.weights.npz", "x")
    with open_model(file) as model:
        assert any("model.weights.npz" in note for note in model.notes)


def test_a_model_without_weights_opens_with_a_note(models_folder):
    with open_model(models_folder / "misc_1.h5") as model:
        assert model.layers
        assert any("no weights" in note for note in model.notes)


def test_a_configuration_that_is_damaged_leaves_the_weights(archive, tmp_path):
    file = tmp_path / "broken.keras"
    with zipfile.ZipFile(file, "w") as packed, zipfile.ZipFile(archive) as old:
        packed.writestr("config.json", '{"class_name": "Seq')
        packed.writestr("model.weights.h5", old.read("model.weights.h5"))
    with open_model(file) as model:
        assert [w.name for x in model.layers for w in x.weights] == ["kernel"]
        assert any("configuration" in note for note in model.notes)


def test_a_weight_that_cannot_be_read_leaves_the_rest_readable(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5", fletcher32=True)
    with h5py.File(file) as h5:
        place = h5["dense_1/dense_1/kernel:0"].id.get_chunk_info(0).byte_offset
    data = bytearray(file.read_bytes())
    data[place] ^= 0xFF
    file.write_bytes(data)
    with open_model(file) as model:
        with pytest.raises(FormatError, match="cannot be read"):
            model.weight("dense_1/kernel").read()
        assert model.weight("dense_2/kernel").read().shape == (3, 2)


def test_a_weight_whose_header_is_damaged_leaves_the_rest(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    with h5py.File(file) as h5:
        place = h5py.h5o.get_info(h5["dense_1/dense_1/kernel:0"].id).addr
    data = bytearray(file.read_bytes())
    data[place] = 0x77
    file.write_bytes(data)
    with open_model(file) as model:
        found = [w.path for x in model.layers for w in x.weights]
        assert found == ["dense_1/bias", "dense_2/kernel", "dense_2/bias"]
        assert any("kernel:0" in note for note in model.notes)


def test_an_unknown_weight_is_named(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    with (
        open_model(file) as model,
        pytest.raises(FormatError, match="'nothing/kernel'"),
    ):
        model.weight("nothing/kernel")


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="needs /proc")
def test_refused_files_are_closed(archive, tmp_path):
    data = tmp_path / "data.h5"
    with h5py.File(data, "w") as h5:
        h5["x"] = np.arange(10)
    before = len(list(OPEN_FILES.iterdir()))
    refusal(data)
    archive.write_bytes(archive.read_bytes()[:500])
    refusal(archive)
    assert len(list(OPEN_FILES.iterdir())) == before


def test_members_without_a_name_are_passed_over(archive):
    data = archive.read_bytes()
    end = data.rfind(b"metadata.json")
    archive.write_bytes(data[:end] + b"\0" * 13 + data[end + 13 :])
    with open_model(archive) as model:
        assert [w.path for x in model.layers for w in x.weights] == ["d/kernel"]
        assert model.keras_version is None
