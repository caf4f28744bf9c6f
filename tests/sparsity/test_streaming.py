import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruneview.sparsity.counting.statistics import weight_statistics
from pruneview.sparsity.counting.streaming import StreamingStatistics


def stream(values, pieces):
    found = StreamingStatistics()
    for piece in np.array_split(values, pieces):
        found.add(piece)
    return found


def random_values(seed, size, scale):
    rng = np.random.default_rng(seed)
    values = (rng.normal(size=size) * 10.0**scale).astype(np.float32)
    # The first pieces hold the smallest values, so that the range has to grow.
    values = values[np.argsort(np.abs(values))] if seed % 2 else values
    values[rng.random(size) < rng.random()] = 0
    return values


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**31), st.integers(1, 5000), st.integers(-6, 4), st.integers(1, 9)
)
def test_in_pieces_as_in_one(seed, size, scale, pieces):
    values = random_values(seed, size, scale)
    found = stream(values, pieces)
    whole = weight_statistics(values)

    statistics = found.statistics()
    assert statistics.zeros == whole.zeros
    assert statistics.size == whole.size
    assert (statistics.minimum, statistics.maximum) == (whole.minimum, whole.maximum)
    spread = max(abs(whole.minimum), abs(whole.maximum), 1e-30)
    assert statistics.mean == pytest.approx(whole.mean, abs=1e-12 * spread)
    assert statistics.standard_deviation == pytest.approx(
        whole.standard_deviation, rel=1e-5, abs=1e-12 * spread
    )
    assert statistics.mean_magnitude == pytest.approx(whole.mean_magnitude, rel=1e-5)

    histogram = found.histogram()
    assert histogram.zeros == whole.zeros
    assert histogram.size == size
    magnitudes = np.abs(values[values != 0])
    expected, _ = np.histogram(magnitudes, bins=histogram.edges)
    moved = np.abs(np.cumsum(histogram.counts) - np.cumsum(expected)).max()
    on_an_edge = np.isin(magnitudes, histogram.edges.astype(np.float32)).sum()
    assert moved <= on_an_edge
    if magnitudes.size:
        assert magnitudes.max() <= histogram.maximum


@pytest.mark.parametrize(
    ("mean", "deviation"), [(100.0, 1e-2), (0.0, 1e25), (-1e30, 1e28), (0.0, 1e-30)]
)
def test_a_large_mean_and_extreme_magnitudes_keep_five_digits(mean, deviation):
    rng = np.random.default_rng(0)
    values = rng.normal(mean, deviation, 300_000).astype(np.float32)
    statistics = stream(values, 7).statistics()
    whole = weight_statistics(values)
    assert statistics.standard_deviation == pytest.approx(
        whole.standard_deviation, rel=1e-5
    )
    assert whole.standard_deviation == pytest.approx(deviation, rel=0.01)
    assert statistics.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-9 * deviation)
    assert statistics.mean_magnitude == pytest.approx(whole.mean_magnitude, rel=1e-5)


def test_whole_numbers_beyond_what_float32_holds_are_exact():
    statistics = stream(np.array([2**24 + 1, 0, 7], np.uint32), 1).statistics()
    assert (statistics.maximum, statistics.zeros) == (2**24 + 1, 1)


def test_nan_and_infinity_are_counted_apart():
    found = stream(np.array([np.nan, 1.0, np.inf, 0.0, -3.0]), 2)

    statistics = found.statistics()
    assert (statistics.not_finite, statistics.zeros) == (2, 1)
    assert (statistics.minimum, statistics.maximum) == (-3.0, 1.0)
    assert found.histogram().size == 5


@pytest.mark.parametrize("values", [np.zeros(10), np.zeros(0), np.full(3, np.nan)])
def test_nothing_to_draw(values):
    found = stream(values, 2)

    assert found.histogram().counts.sum() == 0
    assert found.statistics().size == values.size


def test_merged_bins_hold_the_same_counts():
    histogram = stream(random_values(2, 100_000, 0), 3).histogram()
    merged = histogram.merged(100)

    assert merged.counts.size <= 100
    assert merged.size == histogram.size
    assert merged.maximum >= histogram.maximum
    width = merged.maximum / merged.counts.size
    assert (histogram.counts[: int(width / histogram.edges[1])].sum()) == (
        merged.counts[0]
    )


def test_the_threshold_is_right_to_within_a_bin():
    values = random_values(4, 200_000, 0)
    histogram = stream(values, 4).histogram()
    exact = np.quantile(np.abs(values), 0.9)

    assert histogram.threshold_for(0.9) == pytest.approx(exact, abs=histogram.edges[1])
