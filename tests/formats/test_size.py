"""Reading takes what it needs: windows, memory, long lists of layers."""

import resource
import time
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from tests.formats import imitations
from tests.formats.imitations import sequential, zipped

ROWS, COLUMNS = 20_000, 4_096  # 328 MB of float32, sparse on disk


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """Return a `.keras` with one big matrix, whose first column counts the rows."""
    folder = tmp_path_factory.mktemp("big")
    weights = folder / "w.h5"
    with h5py.File(weights, "w") as h5:
        space = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        space.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        group = h5.create_group("layers/dense/vars")
        dataset = h5py.Dataset(
            h5py.h5d.create(
                group.id,
                b"0",
                h5py.h5t.IEEE_F32LE,
                h5py.h5s.create_simple((ROWS, COLUMNS)),
                dcpl=space,
            )
        )
        dataset[:, 0] = np.arange(ROWS, dtype="float32")
    return zipped(folder / "big.keras", weights, sequential(("Dense", "d", {})))


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_window_reads_only_what_it_needs(big):
    with open_model(big) as model:
        weight = model.weight("d/kernel")
        before = peak()
        part = weight.read((slice(9_000, 9_100), slice(0, 8)))
        np.testing.assert_array_equal(part[:, 0], np.arange(9_000, 9_100))
        assert peak() - before < 20e6


def test_the_whole_matrix_is_a_view_of_the_file(big):
    with open_model(big) as model:
        before = peak()
        begun = time.process_time()
        array = model.weight("d/kernel").read()
        assert array.shape == (ROWS, COLUMNS)
        assert array[12_345, 0] == 12_345
        assert time.process_time() - begun < 0.1
        assert peak() - before < 20e6
    assert array[1, 0] == 1  # stays valid after closing


def test_pages_leave_the_process_with_the_array(big):
    with open_model(big) as model:
        weight = model.weight("d/kernel")
        before = peak()
        total = sum(
            float(weight.read((slice(start, start + 500),))[:, 0].sum())
            for start in range(0, ROWS, 500)
        )
        assert total == ROWS * (ROWS - 1) / 2
        assert peak() - before < 60e6


@pytest.mark.parametrize("window", [
    (slice(None), slice(2, 3)), (slice(5, 2), slice(None)), (slice(-3, None),),
    (slice(0, 10, 3), slice(1, 4)), (slice(None, None, -1),), (slice(8, 99), slice(0)),
    (),
])  # fmt: skip
def test_windows_are_those_of_numpy(tmp_path, window):
    array = np.arange(60, dtype="float32").reshape(12, 5)
    file = imitations.named(tmp_path / "m.h5", {"d": {"d/kernel:0": array}})
    with open_model(file) as model:
        np.testing.assert_array_equal(
            model.weight("d/kernel").read(window), array[window]
        )


def test_scalars_and_empty_arrays(tmp_path):
    arrays = {"d/a:0": np.float32(3), "d/b:0": np.empty((0, 4), "float32")}
    with open_model(imitations.named(tmp_path / "m.h5", {"d": arrays})) as model:
        assert model.weight("d/a").read() == 3
        assert model.weight("d/a").read(()) == 3
        assert model.weight("d/b").read().shape == (0, 4)
        assert model.weight("d/b").read((slice(0, 2),)).shape == (0, 4)


def test_three_thousand_layers_list_in_good_time(tmp_path):
    count = 3_000
    names = [f"dense_{n}" for n in range(count)]
    layers = {n: {f"{n}/kernel:0": np.zeros((2, 2), "f4")} for n in names}
    config = sequential(*(("Dense", n, {"units": 2}) for n in names))
    file = imitations.named(tmp_path / "m.h5", layers, config=config)
    begun = time.process_time()
    with open_model(file) as model:
        assert len(model.layers) == count
    assert time.process_time() - begun < 0.6


@pytest.mark.parametrize("storage", [{}, {"compression": "gzip"}])
def test_weights_can_be_read_from_several_threads(tmp_path, storage):
    arrays = {
        f"d{n}": {f"d{n}/kernel:0": np.full((200, 150), n, "float32")} for n in range(8)
    }
    file = imitations.named(tmp_path / "m.h5", arrays, **storage)
    with open_model(file) as model, ThreadPoolExecutor(4) as pool:
        weights = [w for layer in model.layers for w in layer.weights] * 20
        for weight, array in zip(
            weights, pool.map(lambda w: w.read(), weights), strict=True
        ):
            assert (array == int(weight.path[1])).all()


@pytest.mark.parametrize("size", [4, 400])
def test_a_closed_model_says_so(tmp_path, size):
    array = np.ones((size, size), "float32")
    file = imitations.named(tmp_path / "m.h5", {"d": {"d/kernel:0": array}})
    model = open_model(file)
    model.close()
    with pytest.raises(FormatError, match="closed"):
        model.weight("d/kernel").read()


@pytest.mark.parametrize("size", [4, 400])
def test_a_file_that_is_written_anew_is_not_read_on(tmp_path, size):
    array = np.ones((size, size), "float32")
    file = imitations.named(tmp_path / "m.h5", {"d": {"d/kernel:0": array}})
    with open_model(file) as model:
        file.write_bytes(file.read_bytes()[:1000])
        with pytest.raises(FormatError, match="written anew"):
            model.weight("d/kernel").read()


def test_a_file_that_is_replaced_stays_readable(tmp_path):
    array = np.ones((400, 400), "float32")
    file = imitations.named(tmp_path / "m.h5", {"d": {"d/kernel:0": array}})
    other = imitations.two_layers(tmp_path / "n.h5")
    with open_model(file) as model:
        other.replace(file)
        np.testing.assert_array_equal(model.weight("d/kernel").read(), array)


def test_numbers_at_odd_bytes_of_an_archive_come_aligned(tmp_path):
    array = np.arange(300_000, dtype="float32").reshape(600, 500)
    weights = imitations.numbered(tmp_path / "w.h5", {"dense": [array]})
    config = sequential(("Dense", "d", {}))
    for number in range(4):
        config["config"]["name"] = "m" * (number + 1)
        file = zipped(tmp_path / f"m{number}.keras", weights, config)
        with open_model(file) as model:
            found = model.weight("d/kernel").read()
            assert found.flags.aligned
            np.testing.assert_array_equal(found, array)
