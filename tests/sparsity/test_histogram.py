import numpy as np
import pytest

from pruneview.sparsity.counting.histogram import magnitude_histogram, share_below
from pruneview.sparsity.counting.statistics import weight_statistics


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_counts_equal_numpys(dtype):
    rng = np.random.default_rng(1)
    values = (rng.normal(size=(50, 40)) * 30).astype(dtype)
    values[::3] = 0

    histogram = magnitude_histogram(values, bins=64)

    magnitudes = np.abs(values[values != 0].astype(np.float32))
    expected, edges = np.histogram(
        magnitudes, bins=64, range=(0, float(magnitudes.max()))
    )
    # A value on an inner edge may fall on either side of it.
    assert np.abs(np.cumsum(histogram.counts) - np.cumsum(expected)).max() <= (
        np.isin(magnitudes, edges.astype(np.float32)).sum()
    )
    assert histogram.zeros == np.count_nonzero(values == 0)
    assert histogram.size == values.size


def test_the_largest_magnitude_is_in_the_last_bin():
    histogram = magnitude_histogram(np.array([0.1, -0.7], np.float32), bins=10)

    assert histogram.counts[-1] == 1
    assert histogram.maximum == np.float32(0.7)


def test_nothing_but_zeros_and_nothing_at_all():
    assert magnitude_histogram(np.zeros(4)).zeros == 4
    assert magnitude_histogram(np.zeros(0)).size == 0


def test_values_that_are_not_finite_are_counted_apart():
    histogram = magnitude_histogram(np.array([np.nan, np.inf, 0.0, 2.0]))

    assert (histogram.not_finite, histogram.zeros) == (2, 1)
    assert histogram.counts.sum() == 1


def test_share_below_is_counted_and_the_threshold_itself_is_kept():
    values = np.array([0.0, 0.1, -0.2, 0.3], np.float32)

    assert share_below(values, float(np.float32(0.2))) == 0.5


def test_statistics_equal_numpys():
    values = np.random.default_rng(2).normal(size=(30, 20)).astype(np.float32)
    values[0] = 0

    found = weight_statistics(values)

    assert found.zeros == 20
    assert found.sparsity == pytest.approx(20 / 600)
    assert found.minimum == values.min()
    assert found.maximum == values.max()
    assert found.mean == pytest.approx(values.mean(), abs=1e-7)
    assert found.standard_deviation == pytest.approx(values.std(), rel=1e-5)
    assert found.mean_magnitude == pytest.approx(np.abs(values).mean(), rel=1e-5)


def test_statistics_leave_out_what_is_not_finite():
    found = weight_statistics(np.array([np.nan, 1.0, 3.0]))

    assert (found.not_finite, found.mean) == (1, 2.0)
