"""Tables, folders of images, saved data sets and functions as data."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataError, DataSet, DataSpec, ModelShapes, load
from pruneview.pruning.data.fitting import adapt_inputs
from pruneview.pruning.data.identity import identity
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import Event, LogLine
from pruneview.pruning.planning.sample_count import training_samples


class Told(list[Event]):
    """Events, and what the log says."""

    @property
    def said(self) -> str:
        return " ".join(event.text for event in self if isinstance(event, LogLine))


def read(text: str, **changes: Any) -> tuple[DataSet, Told]:
    told = Told()
    spec = DataSpec.parse(text)
    return load(type(spec)(**{**vars(spec), **changes}), told.append), told


def whole(data: DataSet) -> tuple[np.ndarray, np.ndarray]:
    assert data.x_validation is not None
    assert data.y_validation is not None
    x = np.concatenate([data.x_train, data.x_test, data.x_validation])
    y = np.concatenate([data.y_train, data.y_test, data.y_validation])
    return x, y


class TestTables:
    @pytest.fixture
    def table(self, tmp_path: Path) -> Path:
        path = tmp_path / "flowers.csv"
        rows = [f"{i},{i / 10},{'abc'[i % 3]}" for i in range(30)]
        path.write_text("width,height,Class\n" + "\n".join(rows) + "\n")
        return path

    def test_words_become_classes_by_name(self, table: Path) -> None:
        data, told = read(str(table))
        x, y = whole(data)
        order = np.argsort(x[:, 0])
        assert np.array_equal(x[order, 0], np.arange(30))
        assert x[order, 1] == pytest.approx(np.arange(30) / 10)
        assert np.array_equal(y[order], np.arange(30) % 3)
        assert x.dtype == np.float32
        assert "0 a, 1 b, 2 c" in told.said

    def test_it_is_split_the_same_way_each_time_and_that_is_said(
        self, table: Path
    ) -> None:
        data, told = read(str(table))
        again, _ = read(str(table))
        assert (len(data.x_train), len(data.x_test)) == (24, 3)
        assert np.array_equal(data.x_train, again.x_train)
        assert "24 to train on" in told.said
        assert "seed 0" in told.said
        assert training_samples(DataSpec.parse(str(table))) == 24

    def test_another_column_may_hold_the_labels(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("\ufeffa;b\n" + "".join(f"{i};{i % 2}\n" for i in range(20)))
        data, _ = read(f"{path}:label=b")
        assert data.y_train.dtype.kind == "i"
        data, _ = read(f"{path}:label=a")
        assert set(whole(data)[1]) == set(range(20))

    def test_fractions_are_no_classes(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("x,label\n" + "".join(f"{i},{i / 2}\n" for i in range(20)))
        assert read(str(path))[0].y_train.dtype == np.float32

    def test_quoted_cells(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("x,label\n" + '"1.5","one, or two"\n' * 12)
        data, told = read(str(path))
        assert set(data.x_train[:, 0]) == {1.5}
        assert "0 one, or two" in told.said

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ("", "is empty"),
            ("1,2\n3,4\n", "must name the columns"),
            ("x,label\n", "no rows"),
            ("x,y\n1,2\n", "Which column"),
            ("x,label,class\n1,2,3\n", "Which column"),
            ("label\n1\n", "no column beside"),
            ("x,label\n1,2\n", "1 samples; at least 10"),
            ("x,label\n" + "1,2\n" * 5 + "?,2\n" + "1,2\n" * 9, r"Row 7 .*'\?'.*'x'"),
            ("x,label\n" + "1,2\n" * 5 + ",2\n" + "1,2\n" * 9, "Row 7 .*nothing"),
            ("x,label\n" + "1,2\n" * 5 + "1,\n" + "1,2\n" * 9, "Row 7 .*no label"),
            (
                "x,label\n" + "1,2\n" * 5 + "1\n" + "1,2\n" * 9,
                r"Row 7 .* fewer columns, 1, than",
            ),
            ("x,label\n" + "nan,2\n" * 12, "NaN"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, tmp_path: Path, content: str, sentence: str
    ) -> None:
        path = tmp_path / "t.csv"
        path.write_text(content)
        with pytest.raises(DataError, match=sentence):
            read(str(path))

    def test_a_column_that_is_not_there(self, table: Path) -> None:
        with pytest.raises(DataError, match="no column 'kind'; its columns are width"):
            read(f"{table}:label=kind")

    def test_no_file_and_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="There is no file"):
            read(str(tmp_path / "gone.csv"))
        (tmp_path / "t.csv").write_bytes(b"x,label\n\xff\xfe,1\n" * 20)
        with pytest.raises(DataError, match="UTF-8"):
            read(str(tmp_path / "t.csv"))

    def test_rows_are_laid_out_as_the_model_takes_them(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        names = ",".join(f"p{i}" for i in range(6))
        row = ",".join(map(str, range(6)))
        path.write_text(f"{names},label\n" + f"{row},1\n" * 12)
        said: list[str] = []
        shapes = ModelShapes(((2, 3, 1),), ((2,),))
        data = adapt_inputs(read(str(path))[0], shapes, said.append)
        assert np.array_equal(data.x_train[0, ..., 0], [[0, 1, 2], [3, 4, 5]])
        assert "from 0 to 5; nothing is scaled" in said[0]
        assert "laid out" in said[1]


def png(path: Path, pixels: np.ndarray) -> None:
    """Write an RGB image, without any library."""
    height, width, _ = pixels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return (
            struct.pack(">I", len(data))
            + checked
            + struct.pack(">I", zlib.crc32(checked))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels.astype(np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def pictures(root: Path, count: int, size: int = 4) -> None:
    for number, name in enumerate(("cat", "ape")):
        for place in range(count):
            colour = np.full((size, size, 3), (100 * number, place, 7), np.uint8)
            png(root / name / f"{place}.png", colour)


@pytest.mark.tensorflow
class TestImages:
    SHAPE = (4, 4, 3)

    def test_folders_are_classes_by_name(self, tmp_path: Path, keras: Any) -> None:
        pictures(tmp_path / "animals", 10)
        (tmp_path / "animals" / "cat" / "notes.txt").write_text("no image")
        (tmp_path / "animals" / "empty").mkdir()
        data, told = read(str(tmp_path / "animals"), shape=self.SHAPE)
        assert data.images
        x, y = whole(data)
        assert x.shape == (20, 4, 4, 3)
        assert x.dtype == np.uint8
        # "ape" comes first by name; its pictures are those of number 1.
        assert np.array_equal(x[:, 0, 0, 0], np.where(y == 0, 100, 0))
        assert "0 ape, 1 cat" in told.said
        spec = DataSpec.parse(tmp_path / "animals")
        assert training_samples(spec) == len(data.x_train) == 16

    def test_parts_in_folders_stay_apart(self, tmp_path: Path, keras: Any) -> None:
        pictures(tmp_path / "train", 7)
        pictures(tmp_path / "val", 2)
        data, _ = read(f"images:{tmp_path}", shape=self.SHAPE)
        assert (len(data.x_train), len(data.x_test)) == (14, 4)
        assert data.x_validation is None
        assert training_samples(DataSpec.parse(f"images:{tmp_path}")) == 14
        pictures(tmp_path / "test", 3)
        data, _ = read(f"images:{tmp_path}", shape=self.SHAPE)
        assert data.x_validation is not None
        assert (len(data.x_test), len(data.x_validation)) == (6, 4)

    def test_they_get_the_model_s_size_and_channels(
        self, tmp_path: Path, keras: Any
    ) -> None:
        pictures(tmp_path / "animals", 6, size=9)
        data, told = read(str(tmp_path / "animals"), shape=(3, 5, 1))
        assert data.x_train.shape[1:] == (3, 5, 1)
        assert "resized to 3x5 pixels" in told.said
        data, _ = read(str(tmp_path / "animals"), shape=(None, None, 3))
        assert data.x_train.shape[1:] == (9, 9, 3)

    def test_what_is_wrong_is_said(self, tmp_path: Path, keras: Any) -> None:
        pictures(tmp_path / "animals", 6)
        text = str(tmp_path / "animals")
        with pytest.raises(DataError, match=r"holds images; the model takes 20"):
            read(text, shape=(20,))
        with pytest.raises(DataError, match="open a model"):
            read(text)
        with pytest.raises(DataError, match="There is no folder"):
            read("images:nowhere", shape=self.SHAPE)
        (tmp_path / "empty").mkdir()
        with pytest.raises(DataError, match="one folder a class"):
            read(str(tmp_path / "empty"), shape=self.SHAPE)
        (tmp_path / "animals" / "cat" / "3.png").write_bytes(b"\x89PNG cut off")
        with pytest.raises(DataError, match=r"3\.png cannot be read as an image"):
            read(text, shape=self.SHAPE)

    def test_it_can_be_stopped(self, tmp_path: Path, keras: Any) -> None:
        pictures(tmp_path / "animals", 6)
        spec = DataSpec("images", str(tmp_path / "animals"), shape=self.SHAPE)
        with pytest.raises(Cancelled):
            load(spec, lambda _event: None, lambda: True)

    def test_a_new_file_is_noticed(self, tmp_path: Path) -> None:
        pictures(tmp_path / "animals", 6)
        spec = DataSpec.parse(tmp_path / "animals")
        before = identity(spec)
        assert identity(spec) == before
        pictures(tmp_path / "animals", 7)
        assert identity(spec) != before


@pytest.mark.tensorflow
class TestSavedDataSets:
    @staticmethod
    def save(
        path: Path, samples: int, batch: int | None = None, **options: Any
    ) -> Path:
        import tensorflow as tf

        x = np.arange(samples * 4, dtype=np.float32).reshape(samples, 4)
        dataset = tf.data.Dataset.from_tensor_slices((x, np.arange(samples) % 3))
        if batch:
            dataset = dataset.batch(batch)
        dataset.save(str(path), **options)
        return path

    @pytest.mark.parametrize("batch", [None, 7])
    @pytest.mark.parametrize("compression", [None, "GZIP"])
    def test_pairs_are_read(
        self, tmp_path: Path, keras: Any, batch: int | None, compression: str | None
    ) -> None:
        path = self.save(tmp_path / "saved", 20, batch, compression=compression)
        data, _ = read(str(path), shape=(4,))
        x, y = whole(data)
        order = np.argsort(x[:, 0])
        assert np.array_equal(x[order].reshape(-1), np.arange(80))
        assert np.array_equal(y[order], np.arange(20) % 3)

    def test_parts_stay_apart(self, tmp_path: Path, keras: Any) -> None:
        self.save(tmp_path / "train", 9)
        self.save(tmp_path / "test", 5)
        data, _ = read(str(tmp_path), shape=(4,))
        assert DataSpec.parse(tmp_path).kind == "tfdata"
        assert (len(data.x_train), len(data.x_test)) == (9, 5)

    def test_what_is_wrong_is_said(self, tmp_path: Path, keras: Any) -> None:
        import tensorflow as tf

        tf.data.Dataset.range(20).save(str(tmp_path / "numbers"))
        with pytest.raises(DataError, match="must be pairs"):
            read(str(tmp_path / "numbers"), shape=(4,))
        (tmp_path / "nothing").mkdir()
        with pytest.raises(DataError, match="cannot be read as a data set"):
            read(f"tfdata:{tmp_path / 'nothing'}", shape=(4,))
        path = self.save(tmp_path / "cut", 20)
        for file in path.rglob("*.snapshot"):
            file.write_bytes(file.read_bytes()[:40])
        with pytest.raises(DataError, match="cannot be read"):
            read(str(path), shape=(4,))


class TestFunctions:
    CODE = """
import numpy as np
ran = []
def pair():
    return np.ones((20, 3)), [0, 1] * 10
def four():
    x = np.zeros((4, 2), np.float32)
    return (x, [0, 1, 0, 1]), (x[:2], [1, 0])
def named():
    x = np.zeros((4, 2), np.float32)
    return {"x_train": x, "y_train": [0] * 4, "x_test": x, "y_test": [1] * 4}
def fails():
    raise RuntimeError("no luck")
def odd():
    return 5
def ragged():
    return [[1, 2], [3]] * 10, [0] * 20
def numbered():
    return {0: np.ones((20, 3)), 1: [0, 1] * 10}
def stubborn():
    class Stubborn:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("never")
    return Stubborn(), [0] * 20
"""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "my_data.py"
        path.write_text(self.CODE + f"\nopen({str(tmp_path / 'ran')!r}, 'w').close()\n")
        return path

    def test_nothing_runs_without_consent(self, file: Path) -> None:
        with pytest.raises(DataError, match="--allow-code"):
            read(f"{file}:pair")
        assert not (file.parent / "ran").exists()

    def test_what_it_may_return(self, file: Path) -> None:
        data, told = read(f"{file}:pair", allow_code=True)
        assert (file.parent / "ran").exists()
        assert len(data.x_train) == 16
        assert data.x_train.dtype == np.float32
        assert "16 to train on" in told.said
        for name in ("four", "named"):
            data, _ = read(f"{file}:{name}", allow_code=True)
            assert data.x_train.shape == (4, 2)
            assert data.y_test.dtype.kind == "i"

    def test_a_module_in_the_current_folder(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(file.parent)
        data, _ = read("my_data:four", allow_code=True)
        assert len(data.x_test) == 2
        monkeypatch.delitem(__import__("sys").modules, "my_data")

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("fails", "ended with an error: RuntimeError: no luck"),
            ("odd", "returned a int; it must return"),
            ("ragged", "different lengths"),
            ("missing", "no function missing"),
            ("numbered", "keys are not all names"),
            ("stubborn", "a Stubborn, which is no array"),
        ],
    )
    def test_what_is_wrong_is_said(self, file: Path, name: str, sentence: str) -> None:
        with pytest.raises(DataError, match=sentence):
            read(f"{file}:{name}", allow_code=True)

    def test_no_such_module(self) -> None:
        with pytest.raises(DataError, match="no Python module surely_not_there"):
            read("surely_not_there:f", allow_code=True)
        with pytest.raises(DataError, match="There is no file"):
            read("gone.py:f", allow_code=True)

    def test_consent_is_not_written_down(self, file: Path) -> None:
        spec = DataSpec.parse(f"{file}:pair", allow_code=True)
        assert not DataSpec.parse(str(spec)).allow_code
        assert spec.from_anywhere().name == f"{file}:pair"
        module = DataSpec.parse("a.b:c")
        assert module.from_anywhere() == module
