"""What is written is what the run ended with, or nothing at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.data import DataSet
from pruneview.pruning.errors import SaveError
from pruneview.pruning.events import Saved
from pruneview.pruning.planning.plan import PruningPlan
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(
    final_sparsity=0.75, end_step=30, frequency=10, epochs=4, batch_size=20
)
PREDICT = """
import sys, numpy as np, keras
samples = np.load(sys.argv[1])
for name in sys.argv[2:]:
    np.save(name + ".npy", keras.models.load_model(name).predict(samples, verbose=0))
"""


@pytest.fixture(scope="module")
def pruned(keras: Any, small_model: Path, blobs: DataSet) -> Recorder:
    recorder = Recorder()
    recorder.session.open(small_model)
    recorder.session.run(PLAN, blobs)
    return recorder


def test_plain_keras_in_a_fresh_process_predicts_the_same(
    pruned: Recorder, blobs: DataSet, tmp_path: Path
) -> None:
    names = [tmp_path / "pruned.keras", tmp_path / "pruned.h5"]
    for name in names:
        pruned.session.save(name)
    saved = pruned.of(Saved)
    assert [(Path(e.path), e.bytes) for e in saved] == [
        (name, name.stat().st_size) for name in names
    ]
    np.save(tmp_path / "x.npy", blobs.x_test)
    subprocess.run(
        [sys.executable, "-c", PREDICT, tmp_path / "x.npy", *names],
        check=True,
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
        stderr=subprocess.PIPE,
        timeout=120,
    )
    expected = pruned.session.predict(blobs.x_test)
    for name in names:
        assert np.array_equal(np.load(f"{name}.npy"), expected)
        with open_model(name) as file:
            assert file.compile_config is not None
            for layer in file.layers:
                for weight in layer.weights:
                    values = pruned.session.values(weight.path)
                    assert np.array_equal(weight.read(), values)
                    if weight.prunable:
                        assert np.mean(weight.read() == 0) == pytest.approx(
                            0.75, abs=0.01
                        )
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "pruned.h5",
        "pruned.h5.npy",
        "pruned.keras",
        "pruned.keras.npy",
        "x.npy",
    ]


@pytest.mark.parametrize("where", ["write", "rename"])
def test_a_full_disk_leaves_what_was_there(
    pruned: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    target = tmp_path / "kept.keras"
    target.write_bytes(b"precious")

    def fails(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = "os.fsync" if where == "write" else "os.replace"
    monkeypatch.setattr(place, fails)
    with pytest.raises(SaveError, match=r"kept.keras was not saved: the disk is full"):
        pruned.session.save(target, overwrite=True)
    monkeypatch.undo()
    assert target.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_is_there_is_replaced_only_when_told(
    pruned: Recorder, small_model: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.keras"
    other.write_bytes(b"precious")
    with pytest.raises(SaveError, match="already"):
        pruned.session.save(other)
    assert other.read_bytes() == b"precious"
    pruned.session.save(other, overwrite=True)
    with open_model(other) as file:
        assert file.layers
    before = small_model.read_bytes()
    with pytest.raises(SaveError, match="the file that was opened"):
        pruned.session.save(small_model)
    assert small_model.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("model.txt", r"end in .keras or .h5"), ("nowhere/m.keras", "no folder")],
)
def test_impossible_places_are_refused(
    pruned: Recorder, tmp_path: Path, name: str, sentence: str
) -> None:
    with pytest.raises(SaveError, match=sentence):
        pruned.session.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
