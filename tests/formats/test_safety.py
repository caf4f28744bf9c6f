"""Files made to do harm: refused by name, before anything is taken from them."""

import json
import pickle
import resource
import struct
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from pruneview.formats.hdf5 import reading
from tests.formats import imitations
from tests.formats.imitations import named, numbered, sequential, values, zipped


def test_nothing_of_a_file_is_run_or_imported(tmp_path):
    marker = tmp_path / "was_run"
    code = f"import pathlib; pathlib.Path({str(marker)!r}).touch()"

    class Harm:
        def __reduce__(self):
            return exec, (code,)

    (tmp_path / "harm.py").write_text(code)
    config = {
        "class_name": "Sequential",
        "module": "harm",
        "config": {
            "name": "s",
            "layers": [
                {
                    "class_name": "Lambda",
                    "module": "harm",
                    "config": {
                        "name": "evil",
                        "function": [pickle.dumps(Harm()).hex(), None, None],
                    },
                },
                {"class_name": "Dense", "config": {"name": "d"}},
            ],
        },
    }
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    file = zipped(tmp_path / "m.keras", weights, config)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from pruneview.formats import open_model\n"
        f"with open_model({str(file)!r}) as model:\n"
        "    print([item.layer_path for item in model.code])\n"
        "    [w.read() for x in model.layers for w in x.weights]\n"
        "print('harm' in sys.modules, 'marshal_used' in sys.modules)\n"
        "print([m for m in ('tensorflow', 'keras', 'h5py') if m in sys.modules])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines() == ["['evil']", "False False", "[]"]
    assert not marker.exists()


def test_real_lambdas_are_listed_and_not_run(models_folder):
    with open_model(models_folder / "model_lambda.h5") as model:
        assert [item.layer_path for item in model.code] == ["lambda_3", "lambda_4"]
        assert not model.abilities.prune_and_train
        assert "lambda_3, lambda_4" in model.abilities.reason
        assert model.abilities.prune


def test_code_in_any_setting_is_found(tmp_path):
    function = {"class_name": "__lambda__", "config": {"value": ["code", None, None]}}
    config = sequential(("Dense", "d", {"activation": function}))
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    with open_model(zipped(tmp_path / "m.keras", weights, config)) as model:
        assert [item.layer_path for item in model.code] == ["d"]


def with_link(path, link) -> None:
    imitations.two_layers(path)
    with h5py.File(path, "r+") as file:
        del file["dense_1/dense_1/kernel:0"]
        file["dense_1/dense_1/kernel:0"] = link


def with_external_storage(path) -> None:
    imitations.two_layers(path)
    with h5py.File(path, "r+") as file:
        del file["dense_1/dense_1/kernel:0"]
        file["dense_1/dense_1"].create_dataset(
            "kernel:0", (4, 3), "f4", external=[("/etc/passwd", 0, 48)]
        )


def with_virtual_dataset(path) -> None:
    imitations.two_layers(path)
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4, 3))
    with h5py.File(path, "r+") as file:
        del file["dense_1/dense_1/kernel:0"]
        file["dense_1/dense_1"].create_virtual_dataset("kernel:0", layout)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: with_link(p, h5py.ExternalLink("other.h5", "/x")), "external link"),
        (lambda p: with_link(p, h5py.SoftLink("/dense_2")), "soft link"),
        (with_external_storage, "other files"),
        (with_virtual_dataset, "other files"),
    ],
)
def test_what_leads_out_of_the_file_is_refused_by_name(tmp_path, make, words):
    file = tmp_path / "m.h5"
    make(file)
    with pytest.raises(FormatError, match="kernel:0") as caught:
        open_model(file)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside.txt", "a/../../b", "..\\b", "C:\\b"]
)
def test_members_that_lead_out_of_the_archive_are_refused_by_name(tmp_path, name):
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    file = zipped(tmp_path / "m.keras", weights, sequential(("Dense", "d", {})))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(FormatError, match="leads out of the archive"):
        open_model(file)


def test_shards_that_lead_out_of_their_folder_are_refused_by_name(tmp_path):
    index = tmp_path / "m.weights.json"
    index.write_text(json.dumps({"weight_map": {"/vars": "../other.weights.h5"}}))
    with pytest.raises(FormatError, match=r"\.\./other"):
        open_model(index)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    file = tmp_path / "m.keras"
    with zipfile.ZipFile(file, "w", compression=8) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\0" * 1000)
    data = bytearray(file.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 0xF0000000)
    file.write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError, match=r"4\.0 GB in"):
        open_model(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("shape", [(1 << 40,), (1 << 33, 1 << 33), (1 << 62, 4, 4)])
def test_an_array_that_claims_more_than_its_file_holds_is_refused(tmp_path, shape):
    file = tmp_path / "m.h5"
    imitations.two_layers(file)
    with h5py.File(file, "r+") as h5:
        del h5["dense_1/dense_1/kernel:0"]
        h5["dense_1/dense_1"].create_dataset(
            "kernel:0", shape, "f4", chunks=(1,) * len(shape)
        )
    with pytest.raises(FormatError, match="kernel:0"):
        open_model(file)


def test_a_shape_larger_than_the_data_is_not_read(tmp_path):
    file = named(tmp_path / "m.h5", {"d": {"d/kernel:0": values(40, 30)}})
    data = file.read_bytes()
    shape = struct.pack("<QQ", 40, 30)
    assert data.count(shape) >= 1
    file.write_bytes(data.replace(shape, struct.pack("<QQ", 4000, 30)))
    with open_model(file) as model:
        assert not any(layer.weights for layer in model.layers)
        assert any("is damaged" in note for note in model.notes)


def test_deep_nesting_of_groups_is_refused(tmp_path):
    file = tmp_path / "m.h5"
    with h5py.File(file, "w") as h5:
        h5["layers/" + "layers/" * 200 + "vars/0"] = values(3, 2)
    with pytest.raises(FormatError, match="nested too deeply"):
        open_model(file)


def test_deep_nesting_of_a_configuration_is_refused(tmp_path):
    config: dict = {"class_name": "Dense", "config": {"name": "d"}}
    for _ in range(200):
        config = {"class_name": "Sequential", "config": {"layers": [config]}}
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    with pytest.raises(FormatError, match="nested too deeply"):
        open_model(zipped(tmp_path / "m.keras", weights, config))
    text = "[" * 100_000
    with zipfile.ZipFile(tmp_path / "n.keras", "w") as archive:
        archive.writestr("config.json", text)
        archive.write(weights, "model.weights.h5")
    with open_model(tmp_path / "n.keras") as model:
        assert model.config is None


def test_groups_that_hold_themselves_end(tmp_path):
    file = tmp_path / "m.h5"
    with h5py.File(file, "w") as h5:
        h5["layers/dense/vars/0"] = values(3, 2)
        h5["layers/dense/again"] = h5["layers"]
        h5["layers/again"] = h5["/"]
    with open_model(file) as model:
        assert [w.path for x in model.layers for w in x.weights] == ["dense/kernel"]


def test_object_references_are_not_followed(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    with h5py.File(file, "r+") as h5:
        del h5["dense_1/dense_1/kernel:0"]
        h5["dense_1/dense_1"].create_dataset(
            "kernel:0", data=[h5.ref, h5["dense_2"].ref], dtype=h5py.ref_dtype
        )
    with open_model(file) as model:
        assert any("kernel:0" in note for note in model.notes)


def needs_the_library(path):
    with h5py.File(path, "w", libver="latest") as h5:
        h5["layers/dense/vars/0"] = values(3, 2)
    return path


def test_a_crash_of_the_library_is_contained(tmp_path, monkeypatch):
    script = tmp_path / "probe.py"
    script.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(reading, "__file__", str(tmp_path / "reading.py"))
    with pytest.raises(FormatError, match="crashes the HDF5 library"):
        open_model(needs_the_library(tmp_path / "m.h5"))


def test_a_hang_of_the_library_is_contained(tmp_path, monkeypatch):
    script = tmp_path / "probe.py"
    script.write_text("while True: pass")
    monkeypatch.setattr(reading, "__file__", str(tmp_path / "reading.py"))
    monkeypatch.setattr(reading, "PROBE_SECONDS", 0.2)
    with pytest.raises(FormatError, match="takes unreasonably long"):
        open_model(needs_the_library(tmp_path / "m.h5"))


def test_ordinary_files_never_reach_the_library(models_folder):
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from pruneview.formats import FormatError, open_model\n"
        f"for path in sorted(Path({str(models_folder)!r}).iterdir()):\n"
        "    if path.is_file():\n"
        "        try:\n"
        "            with open_model(path) as model:\n"
        "                [w.read() for x in model.layers for w in x.weights]\n"
        "        except FormatError:\n"
        "            pass\n"
        "print('h5py' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "False"


def test_values_of_a_mapped_file_cannot_be_changed(tmp_path):
    file = named(tmp_path / "m.h5", {"d": {"d/kernel:0": values(400, 300)}})
    with open_model(file) as model:
        array = model.weight("d/kernel").read()
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
        assert isinstance(array, np.ndarray)
