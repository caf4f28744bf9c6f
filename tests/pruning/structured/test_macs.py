"""Multiplications and memory against values computed by hand."""

import pytest

from pruneview.pruning.structured.measuring.calls import Call, Calls, Tensor
from pruneview.pruning.structured.measuring.macs import LayerShapes, layer_macs
from pruneview.pruning.structured.measuring.memory import live_bytes

# kind, inputs, output, weights, config, and the sum as one would write it down.
CASES = [
    ("Dense", [(5, 7)], (5, 3), {"kernel": (7, 3)}, {}, 5 * 7 * 3),
    (
        "Conv2D",
        [(8, 8, 4)],
        (6, 6, 10),
        {"kernel": (3, 3, 4, 10), "bias": (10,)},
        {},
        6 * 6 * 10 * 3 * 3 * 4,
    ),
    # Two groups: each filter sees two of the four channels.
    ("Conv2D", [(8, 8, 4)], (8, 8, 10), {"kernel": (3, 3, 2, 10)}, {}, 640 * 18),
    ("Conv1D", [(9, 4)], (7, 6), {"kernel": (3, 4, 6)}, {}, 7 * 6 * 3 * 4),
    (
        "Conv3D",
        [(4, 4, 4, 2)],
        (2, 2, 2, 5),
        {"kernel": (3, 3, 3, 2, 5)},
        {},
        8 * 5 * 27 * 2,
    ),
    (
        "Conv2DTranspose",
        [(4, 4, 6)],
        (8, 8, 5),
        {"kernel": (3, 3, 5, 6)},
        {},
        4 * 4 * 6 * 9 * 5,
    ),
    (
        "DepthwiseConv2D",
        [(8, 8, 4)],
        (4, 4, 8),
        {"kernel": (3, 3, 4, 2)},
        {},
        4 * 4 * 8 * 9,
    ),
    (
        "SeparableConv2D",
        [(8, 8, 4)],
        (8, 8, 10),
        {"depthwise_kernel": (3, 3, 4, 2), "pointwise_kernel": (1, 1, 8, 10)},
        {},
        64 * (8 * 9 + 8 * 10),
    ),
    (
        "LSTM",
        [(10, 6)],
        (4,),
        {"kernel": (6, 16), "recurrent_kernel": (4, 16), "bias": (16,)},
        {},
        10 * (6 * 16 + 4 * 16),
    ),
    (
        "Bidirectional",
        [(10, 6)],
        (8,),
        {
            "forward_gru/gru_cell/kernel": (6, 12),
            "forward_gru/gru_cell/recurrent_kernel": (4, 12),
            "backward_gru/gru_cell/kernel": (6, 12),
            "backward_gru/gru_cell/recurrent_kernel": (4, 12),
        },
        {},
        2 * 10 * (6 * 12 + 4 * 12),
    ),
    (
        "ConvLSTM2D",
        [(3, 8, 8, 2)],
        (6, 6, 4),
        {"kernel": (3, 3, 2, 16), "recurrent_kernel": (3, 3, 4, 16)},
        {},
        3 * 36 * (9 * 2 * 16 + 9 * 4 * 16),
    ),
    (
        "EinsumDense",
        [(5, 6)],
        (5, 2, 3),
        {"kernel": (6, 2, 3)},
        {"equation": "abc,cde->abde"},
        5 * 6 * 2 * 3,
    ),
    (
        "EinsumDense",
        [(9, 5, 6)],
        (9, 5, 2),
        {"kernel": (6, 2)},
        {"equation": "...x,xy->...y"},
        9 * 5 * 6 * 2,
    ),
    (
        "MultiHeadAttention",
        [(5, 8), (7, 8)],
        (5, 8),
        {
            "query/kernel": (8, 2, 3),
            "key/kernel": (8, 2, 3),
            "value/kernel": (8, 2, 4),
            "attention_output/kernel": (2, 4, 8),
        },
        {},
        # Projections, then scores and their sums for two heads.
        5 * 48 + 7 * 48 + 7 * 64 + 5 * 64 + 2 * (5 * 7 * 3 + 5 * 7 * 4),
    ),
    ("Dot", [(5, 4), (6, 4)], (5, 6), {}, {"axes": 2}, 5 * 6 * 4),
    ("Embedding", [(12,)], (12, 8), {"embeddings": (100, 8)}, {}, 0),
    ("Add", [(5, 4), (5, 4)], (5, 4), {}, {}, 0),
    ("GroupNormalization", [(5, 4)], (5, 4), {"gamma": (4,)}, {}, 0),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_macs(case) -> None:
    kind, inputs, output, weights, config, macs = case
    layer = LayerShapes(kind, inputs, [output], weights, config)
    assert layer_macs(layer) == macs


def test_a_custom_layer_with_a_kernel_is_not_taken_for_free() -> None:
    layer = LayerShapes("Mine", [(4,)], [(4,)], {"kernel": (4, 4)}, {})
    assert layer_macs(layer) is None


def _calls(*steps: tuple[str, str], outputs: str) -> Calls:
    """Tensors by letter: ``a`` of 4 bytes, ``b`` of 8, ``c`` of 12 and so on."""

    def tensors(letters: str) -> tuple[Tensor, ...]:
        return tuple(Tensor(ord(x), (1, ord(x) - ord("a") + 1), 4) for x in letters)

    calls = [
        Call(f"{taken}>{made}", None, tensors(taken), tensors(made))
        for taken, made in steps
    ]
    return Calls(tensors("a"), tensors(outputs), calls)


def test_a_chain_holds_what_goes_in_and_what_comes_out() -> None:
    calls = _calls(("a", "b"), ("b", "c"), ("c", "d"), outputs="d")
    assert live_bytes(calls) == [4 + 8, 8 + 12, 12 + 16]


def test_a_skip_keeps_its_tensor_until_the_sum() -> None:
    calls = _calls(("a", "b"), ("b", "c"), ("c", "d"), ("bd", "e"), outputs="e")
    assert live_bytes(calls) == [4 + 8, 8 + 12, 8 + 12 + 16, 8 + 16 + 20]


def test_outputs_live_to_the_end_and_what_nobody_takes_does_not() -> None:
    calls = _calls(("a", "bc"), ("b", "d"), ("b", "e"), outputs="de")
    assert live_bytes(calls) == [4 + 8 + 12, 8 + 16, 8 + 16 + 20]


def test_a_layer_that_hands_on_its_input_takes_no_memory() -> None:
    calls = _calls(("a", "b"), ("b", "b"), ("b", "c"), outputs="c")
    assert live_bytes(calls) == [12, 8, 8 + 12]
