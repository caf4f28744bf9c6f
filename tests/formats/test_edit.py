"""Pruned copies: only the chosen weights change, in the file's own layout."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from pruneview.formats import edit as edit_module
from pruneview.formats.edit import write_pruned_copy
from tests.formats import imitations
from tests.formats.imitations import named, numbered, sequential, values, zipped


def smaller_half(weight, old: np.ndarray) -> np.ndarray:
    new = old.copy()
    magnitudes = np.abs(new.astype("float64"))
    new[magnitudes < np.median(magnitudes)] = 0
    return new


def read_all(path) -> dict[str, np.ndarray]:
    with open_model(path) as model:
        return {
            weight.path: np.array(weight.read())
            for layer in model.layers
            for weight in layer.weights
        }


def check_pruned(source, output) -> None:
    before, after = read_all(source), read_all(output)
    assert before.keys() == after.keys()
    with open_model(source) as model:
        for layer in model.layers:
            for weight in layer.weights:
                old, new = before[weight.path], after[weight.path]
                expected = smaller_half(weight, old) if weight.prunable else old
                if str(weight.role) in {"mask", "threshold"}:
                    continue
                assert new.dtype == old.dtype
                assert new.tobytes() == expected.tobytes(), weight.path


def places(path) -> list[tuple[int, int]]:
    """Return where the prunable weights' bytes are in an uncompressed file."""
    with open_model(path) as model:
        return [
            (d.region.offset + d.offset, d.nbytes)
            for layer in model.layers
            for w in layer.weights
            if w.prunable
            for d in (w.dataset, *w.copies)
        ]


def outside(path, inside: list[tuple[int, int]]) -> str:
    data = bytearray(path.read_bytes())
    for start, length in inside:
        data[start : start + length] = b"\0" * length
    return hashlib.sha1(data).hexdigest()


PRUNABLE = [
    "ad01.h5", "cnn3d_16.h5", "gender_mini_XCEPTION.21-0.95.hdf5", "model_lambda.h5",
    "pretrainedResnet.h5", "simple_lstm_tf_keras_1_model.h5", "textgenrnn_weights.hdf5",
    "vww_96.h5",
]  # fmt: skip


@pytest.mark.parametrize("name", PRUNABLE)
def test_nothing_but_the_pruned_weights_changes(models_folder, tmp_path, name):
    source, output = models_folder / name, tmp_path / name
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    inside = places(source)
    assert places(output) == inside
    assert outside(output, inside) == outside(source, inside)
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("name", ["lstm1.keras", "fixed_model.keras"])
def test_archives_keep_every_other_member(models_folder, tmp_path, name):
    source, output = models_folder / name, tmp_path / name
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(output) as new:
        assert new.testzip() is None
        assert old.namelist() == new.namelist()
        for info in old.infolist():
            if info.filename != "model.weights.h5":
                assert old.read(info) == new.read(info.filename)
    assert output.stat().st_size == source.stat().st_size


@pytest.mark.parametrize("settings", [
    {"compression": "gzip"}, {"chunks": (2, 3)},
    {"compression": "lzf", "shuffle": True},
])  # fmt: skip
def test_compressed_and_chunked_data(tmp_path, settings):
    layers = {"d": {"d/kernel:0": values(40, 30)}}
    source = named(tmp_path / "m.h5", layers, **settings)
    output = tmp_path / "out.h5"
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    with h5py.File(output) as h5:
        dataset = h5["d/d/kernel:0"]
        assert dataset.compression == settings.get("compression")


def test_compact_data(tmp_path):
    source = tmp_path / "m.weights.h5"
    with h5py.File(source, "w") as h5:
        group = h5.create_group("layers/dense/vars")
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((4, 3))
        kind = h5py.h5t.NATIVE_FLOAT
        dataset = h5py.h5d.create(group.id, b"0", kind, space, dcpl=plan)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values(4, 3))
    write_pruned_copy(source, tmp_path / "out.h5", smaller_half)
    check_pruned(source, tmp_path / "out.h5")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("storage", [{}, {"compression": "gzip"}])
def test_archives_stored_and_deflated(tmp_path, compression, storage):
    weights = numbered(tmp_path / "w.h5", {"dense": [values(80, 50)]}, **storage)
    config = sequential(("Dense", "d", {}))
    source = zipped(tmp_path / "m.keras", weights, config, compression=compression)
    with zipfile.ZipFile(source, "a", compression=compression) as archive:
        archive.writestr("assets/words.txt", "after the weights " * 20)
    output = tmp_path / "out.keras"
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(output) as new:
        assert new.testzip() is None
        for member in old.infolist():
            written = new.getinfo(member.filename)
            assert written.compress_type == member.compress_type
            assert written.date_time == member.date_time
            if member.filename != "model.weights.h5":
                assert old.read(member) == new.read(written)
    if compression:
        assert output.stat().st_size < source.stat().st_size


def test_an_archive_written_to_a_stream_keeps_its_descriptors(tmp_path):
    weights = numbered(tmp_path / "w.h5", {"dense": [values(80, 50)]})

    class Stream:
        def __init__(self, file):
            self.write, self.flush = file.write, file.flush

    source = tmp_path / "m.keras"
    with (
        source.open("wb") as file,
        zipfile.ZipFile(Stream(file), "w", compression=8) as archive,
    ):
        archive.writestr("config.json", "{}")
        archive.write(weights, "model.weights.h5")
        archive.writestr("metadata.json", "{}")
    output = tmp_path / "out.keras"
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    with zipfile.ZipFile(output) as archive:
        assert archive.testzip() is None


def test_sharded_weights(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    numbered(folder / "m_00000.weights.h5", {"dense": [values(6, 5)]})
    numbered(folder / "m_00001.weights.h5", {"dense_1": [values(5, 4)]})
    index = folder / "m.weights.json"
    index.write_text(
        '{"weight_map": {"/a": "m_00000.weights.h5", "/b": "m_00001.weights.h5"}}'
    )
    output = tmp_path / "out" / "m.weights.json"
    write_pruned_copy(index, output, smaller_half)
    check_pruned(index, output)
    with pytest.raises(FormatError, match="never changed"):
        write_pruned_copy(index, folder / "other.weights.json", smaller_half)


def test_only_the_weights_that_are_asked_for(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")
    asked = []

    def second_only(weight, old):
        asked.append(weight.path)
        return np.zeros_like(old) if weight.path == "dense_2/kernel" else None

    write_pruned_copy(source, tmp_path / "out.h5", second_only)
    assert asked == ["dense_1/kernel", "dense_2/kernel"]
    before, after = read_all(source), read_all(tmp_path / "out.h5")
    assert not after.pop("dense_2/kernel").any()
    del before["dense_2/kernel"]
    assert all(np.array_equal(before[path], after[path]) for path in before)


@pytest.mark.tensorflow
@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5", "_weights.h5"])
def test_masks_of_tfmot_follow(written, tmp_path, ending):
    source = written / f"tfmot_pruned{ending}"
    output = tmp_path / source.name
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    with open_model(output) as model:
        layers = [layer for layer in model.layers if layer.weights]
        assert len(layers) == 2
        for layer in layers:
            kernel, _, mask, threshold, _ = (w.read() for w in layer.weights)
            np.testing.assert_array_equal(mask, (kernel != 0).astype("float32"))
            assert threshold == np.abs(kernel[kernel != 0]).min()
            for copy in layer.weights[0].copies:
                np.testing.assert_array_equal(copy.read(), kernel)


@pytest.mark.tensorflow
def test_keras_loads_what_was_written(written, tmp_path):
    for name in ("keras3_nested.keras", "keras3_nested.h5", "keras3_bfloat16.keras"):
        write_pruned_copy(written / name, tmp_path / name, smaller_half)
    program = (
        "import os; os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "import sys, keras, numpy as np\n"
        "for path in sys.argv[1:]:\n"
        "    model = keras.saving.load_model(path)\n"
        "    kernels = [w for w in model.weights if w.path.endswith('kernel')]\n"
        "    for kernel in kernels:\n"
        "        zeros = np.mean(keras.ops.convert_to_numpy(kernel) == 0)\n"
        "        assert 0.3 < zeros < 0.6, (path, kernel.path, zeros)\n"
        "    print(len(kernels))\n"
    )
    files = [str(file) for file in sorted(tmp_path.iterdir())]
    ended = subprocess.run(
        [sys.executable, "-c", program, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.split() == ["12", "6", "6"], ended.stderr[-2000:]


@pytest.mark.parametrize("ending", [".keras", ".KERAS"])
def test_an_ending_that_contradicts_the_format_is_refused(tmp_path, ending):
    source = imitations.two_layers(tmp_path / "m.h5")
    target = tmp_path / "out" / f"copy{ending}"
    with pytest.raises(FormatError, match=r"copy\.h5"):
        write_pruned_copy(source, target, smaller_half)
    assert not target.parent.exists()
    write_pruned_copy(source, target.with_suffix(".h5"), smaller_half)


def test_the_source_is_never_written(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")
    data = source.read_bytes()
    other = tmp_path / "link.h5"
    os.link(source, other)
    for target in (source, tmp_path / "." / "m.h5", other):
        with pytest.raises(FormatError, match="never changed"):
            write_pruned_copy(source, target, smaller_half, overwrite=True)
    assert source.read_bytes() == data


def test_an_existing_file_is_kept_unless_asked(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")
    output = tmp_path / "out.h5"
    output.write_text("mine")
    with pytest.raises(FormatError, match="exists already"):
        write_pruned_copy(source, output, smaller_half)
    assert output.read_text() == "mine"
    write_pruned_copy(source, output, smaller_half, overwrite=True)
    check_pruned(source, output)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no permission to write")],
)
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch, number, words):
    source = imitations.two_layers(tmp_path / "m.h5")
    folder = tmp_path / "out"
    folder.mkdir()

    def fail(_file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(edit_module.os, "fsync", fail)
    with pytest.raises(FormatError, match=words):
        write_pruned_copy(source, folder / "m.h5", smaller_half)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_folder_that_cannot_be_written(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")
    with pytest.raises(FormatError, match="could not be written"):
        write_pruned_copy(source, "/dev/full/m.h5", smaller_half)


def test_an_exception_of_the_caller_leaves_nothing(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")

    def stopped(weight, old):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pruned_copy(source, tmp_path / "out.h5", stopped)
    assert list(tmp_path.iterdir()) == [source]


def test_values_of_another_shape_or_type_are_refused(tmp_path):
    source = imitations.two_layers(tmp_path / "m.h5")
    for change in (lambda _, old: old[:1], lambda _, old: old.astype("float64")):
        with pytest.raises(FormatError, match="another shape or type"):
            write_pruned_copy(source, tmp_path / "out.h5", change)


def test_a_model_without_weights_is_refused(models_folder, tmp_path):
    with pytest.raises(FormatError, match="only be looked at"):
        write_pruned_copy(models_folder / "misc_1.h5", tmp_path / "o.h5", smaller_half)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_with_weights_in_parts(tmp_path, compression):
    source = tmp_path / "m.keras"
    with zipfile.ZipFile(source, "w", compression=compression) as archive:
        mapping = {}
        for number, name in enumerate(("dense", "dense_1", "dense_2")):
            part = f"model_{number:05}.weights.h5"
            file = numbered(tmp_path / part, {name: [values(60, 50)]})
            mapping[f"/layers/{name}/vars"] = part
            archive.write(file, part)
        archive.writestr("model.weights.json", json.dumps({"weight_map": mapping}))
        names = [("Dense", f"d{n}", {}) for n in range(3)]
        archive.writestr("config.json", json.dumps(sequential(*names)))
    output = tmp_path / "out.keras"
    write_pruned_copy(source, output, smaller_half)
    check_pruned(source, output)
    assert list(read_all(output)) == ["d0/kernel", "d1/kernel", "d2/kernel"]
    with zipfile.ZipFile(output) as archive:
        assert archive.testzip() is None
