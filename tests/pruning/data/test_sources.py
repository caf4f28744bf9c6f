"""Where data come from, and what is said of those that cannot be used."""

import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest

from pruneview.pruning.data import (
    DataError,
    DataSpec,
    ModelShapes,
    adapt_inputs,
    check_fit,
    load,
)
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import Event

GOOD = {
    "x_train": np.zeros((6, 4), np.float32),
    "y_train": np.arange(6) % 3,
    "x_test": np.ones((3, 4), np.float32),
    "y_test": np.arange(3),
}


def ignore(_event: Event) -> None:
    pass


def written(folder: Path, **changes: object) -> DataSpec:
    path = folder / "data.npz"
    arrays = {k: v for k, v in (GOOD | changes).items() if v is not None}
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return DataSpec.parse(path)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("demo", DataSpec("demo")),
        ("some/file.npz", DataSpec("npz", "some/file.npz")),
        ("keras:mnist", DataSpec("keras", "mnist")),
        ("cifar10", DataSpec("keras", "cifar10")),
        ("table.csv", DataSpec("csv", "table.csv")),
        ("a/table.CSV:label=The class", DataSpec("csv", "a/table.CSV", "The class")),
        ("images:pictures/of cats", DataSpec("images", "pictures/of cats")),
        ("tfdata:C:/saved", DataSpec("tfdata", "C:/saved")),
        ("package.module:make_data", DataSpec("python", "package.module:make_data")),
        ("some where/data.py:load", DataSpec("python", "some where/data.py:load")),
    ],
)
def test_a_source_is_read_and_written(text: str, spec: DataSpec) -> None:
    assert DataSpec.parse(text) == spec
    assert DataSpec.parse(str(spec)) == spec


@pytest.mark.parametrize("text", ["keras:nothing", "table.txt", "", "1:2", "a.b:"])
def test_other_sources_are_refused_with_the_choices(text: str) -> None:
    with pytest.raises(DataError, match="mnist"):
        DataSpec.parse(text)


def test_the_demo_has_three_parts_that_do_not_overlap() -> None:
    data = load(DataSpec("demo"), ignore)
    assert len(data.x_train) == 1167
    assert len(data.x_test) == 360
    assert data.held_out[2] == "validation"
    assert len(data.held_out[0]) == 270
    assert set(data.y_test) == set(range(10))


def test_an_archive_is_read(tmp_path: Path) -> None:
    data = load(written(tmp_path), ignore)
    assert data.name == "data.npz"
    assert np.array_equal(data.x_test, GOOD["x_test"])
    assert data.held_out[2] == "test"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"y_test": None}, "has no y_test"),
        ({"y_train": np.arange(5)}, "6 samples and y_train has 5"),
        ({"x_train": np.array(["a"] * 6)}, "not numbers"),
        ({"x_train": np.array([None] * 6)}, "could run code"),
        ({"x_test": np.zeros((0, 4))}, "x_test in data.npz is empty"),
        ({"x_test": np.full((3, 4), np.nan)}, "NaN"),
        ({"x_validation": np.zeros((2, 4))}, "only one of"),
    ],
)
def test_odd_arrays_are_refused(
    tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        load(written(tmp_path, **changes), ignore)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive at all"])
def test_damaged_archives_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"data\.npz"):
        load(DataSpec.parse(path), ignore)


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    spec = written(tmp_path, x_train=np.random.default_rng(0).random((6, 4000)))
    whole = Path(spec.name).read_bytes()
    Path(spec.name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read"):
        load(spec, ignore)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file .*gone\.npz"):
        load(DataSpec.parse(tmp_path / "gone.npz"), ignore)


def test_images_are_scaled_and_get_their_channels_and_it_is_said() -> None:
    said: list[str] = []
    data = load(DataSpec("demo"), ignore)
    flat = data.with_inputs(lambda x: (x[..., 0] * 15).astype(np.uint8))
    images = type(flat)(**{**vars(flat), "images": True})
    shapes = ModelShapes(((8, 8, 1),), ((10,),))
    fitted = adapt_inputs(images, shapes, said.append)
    assert fitted.x_train.shape[1:] == (8, 8, 1)
    assert fitted.x_train.max() <= 1
    assert "0..1" in said[0]
    assert "channels" in said[1]
    check_fit(fitted, shapes)


def test_a_model_that_scales_gets_the_pixels_as_they_are() -> None:
    said: list[str] = []
    data = load(DataSpec("demo"), ignore)
    images = type(data)(**{**vars(data), "images": True})
    shapes = ModelShapes(((8, 8, 1),), ((10,),), scales=True)
    assert adapt_inputs(images, shapes, said.append) is images
    assert "scales them itself" in said[0]


def test_models_with_several_inputs_are_refused() -> None:
    data = load(DataSpec("demo"), ignore)
    with pytest.raises(DataError, match="2 inputs"):
        check_fit(data, ModelShapes(((8, 8, 1), (3,)), ((10,),)))


class TestKerasDatasets:
    @pytest.fixture
    def fake(self, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
        module = types.ModuleType("keras.datasets.mnist")
        monkeypatch.setitem(sys.modules, "keras.datasets.mnist", module)
        return module

    def test_without_a_network_a_sentence_says_so(self, fake: types.ModuleType) -> None:
        def load_data() -> None:
            raise OSError("URL fetch failure on https://example.org: no route")

        fake.load_data = load_data  # type: ignore[attr-defined]
        with pytest.raises(DataError, match=r"mnist could not be downloaded .*\.npz"):
            load(DataSpec("keras", "mnist"), ignore)

    def test_a_download_that_hangs_can_be_left(self, fake: types.ModuleType) -> None:
        release = threading.Event()
        fake.load_data = release.wait  # type: ignore[attr-defined]
        asked = []

        def cancelled() -> bool:
            asked.append(True)
            return len(asked) == 2

        try:
            with pytest.raises(Cancelled):
                load(DataSpec("keras", "mnist"), ignore, cancelled)
        finally:
            release.set()
            for thread in threading.enumerate():
                if thread.name == "load mnist":
                    thread.join(10)

    def test_images_are_marked_as_such(self, fake: types.ModuleType) -> None:
        x, y = np.zeros((4, 28, 28), np.uint8), np.arange(4)
        fake.load_data = lambda: ((x, y), (x, y))  # type: ignore[attr-defined]
        data = load(DataSpec("keras", "mnist"), ignore)
        assert data.images
        assert data.name == "keras:mnist"
