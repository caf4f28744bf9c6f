"""Sparse encoding: its exact bytes, what it gives back, and its entropy bound."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruneview.sparsity.sizing.sparse_encoding import (
    binary_entropy,
    decode_sparse,
    encode_sparse,
    entropy_bound,
    sparse_size,
)

DTYPES = ["<f4", ">f4", "f2", "f8", "i1", "bfloat16"]


def pruned(size: int, sparsity: float, dtype: str, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    values = (generator.normal(size=size) * 40).astype(kind)
    values[generator.random(size) < sparsity] = 0
    return values


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 300),
    st.floats(0, 1),
    st.sampled_from(DTYPES),
    st.integers(0, 2**32 - 1),
)
def test_every_bit_comes_back_and_the_size_is_exact(
    size, sparsity, dtype, seed
) -> None:
    array = pruned(size, sparsity, dtype, seed)
    data = encode_sparse(array)
    back = decode_sparse(data, array.shape, array.dtype)
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("<")).tobytes()
    assert sparse_size([array]) == len(data)


def test_a_negative_zero_is_kept() -> None:
    array = np.zeros(64, np.float32)
    array[3] = -0.0
    back = decode_sparse(encode_sparse(array), (64,), np.float32)
    assert np.signbit(back[3])


def test_the_size_by_hand() -> None:
    array = np.zeros((10, 10), np.float32)
    array.flat[:20] = 1.5
    assert sparse_size([array]) == 1 + 13 + 20 * 4  # form, 100 bits, 20 values
    dense = np.ones((10, 10), np.float32)
    assert sparse_size([dense, array]) == 1 + 400 + 94


def test_the_bound_by_hand_and_by_counting_masks() -> None:
    array = np.zeros(1000, np.float32)
    array[:200] = 1.0
    entropy = -0.2 * math.log2(0.2) - 0.8 * math.log2(0.8)
    assert entropy_bound([array]) == math.ceil((1000 * entropy + 200 * 32) / 8)
    # There are C(1000, 200) such masks; their number's logarithm is a little less.
    masks = math.log2(math.comb(1000, 200))
    assert 0.98 * 1000 * entropy < masks < 1000 * entropy
    assert entropy_bound([array]) < sparse_size([array])


@pytest.mark.parametrize(("share", "bits"), [(0, 0), (1, 0), (0.5, 1), (0.25, 0.8113)])
def test_binary_entropy(share: float, bits: float) -> None:
    assert binary_entropy(share) == pytest.approx(bits, abs=1e-4)


def test_empty_and_dense_arrays_have_their_own_bytes() -> None:
    assert entropy_bound([np.zeros((0, 3), np.float32)]) == 0
    assert entropy_bound([np.ones((4, 4), np.float32)]) == 64
