"""Dense layers, embeddings, and Dense layers spelt as an Einstein sum."""

import numpy as np

from pruneview.pruning.structured.rules.linear import through_kernel
from pruneview.pruning.structured.tracing.axes import Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call
from pruneview.pruning.structured.tracing.ledger import Unfollowed


def dense(call: Call) -> Tensor:
    """Follow a Dense layer: it reads kernel rows, and makes kernel columns."""
    kernel, bias = call.need("kernel"), call.find("bias")
    given = call.keep_others(call.input, -1)
    call.consume(kernel, 0, given[-1])
    size = kernel.shape[1]
    made = call.make("neuron", size)
    call.produce(kernel, 1, made)
    call.produce(bias, 0, made)
    call.count(("units",), made)
    constants = None
    if call.folding:
        taps = call.raw(kernel)[None]
        constants = through_kernel(call, given[-1], kernel, taps, bias, made=made)
    out = Axis(size, made, constants)
    if given.axes is None:
        return call.activate(Tensor((Axis(), out)))
    return call.activate(given.replace(-1, out))


def embedding(call: Call) -> Tensor:
    """Follow an Embedding: it makes the columns of its table."""
    if call.kind == "ReversibleEmbedding":
        raise Unfollowed("its table is used both ways")
    table = call.need("embeddings")
    size = table.shape[1]
    made = call.make("embedding dimension", size)
    call.produce(table, 1, made)
    call.count(("output_dim",), made)
    constants = None
    if call.folding:
        quiet = ~call.raw(table).any(axis=0)
        constants = np.where(quiet, 0.0, np.nan)
    given = call.keep_others(call.input)
    axes = given.axes or (Axis(), Axis())
    return Tensor((*axes, Axis(size, made, constants)))


def einsum_dense(call: Call) -> Tensor:
    """Follow an EinsumDense whose kernel reads one axis and makes one."""
    reads, kernel_axes, writes = _equation(str(call.config.get("equation", "")))
    kernel, bias = call.need("kernel"), call.find("bias")
    summed = [a for a in kernel_axes if a in reads and a not in writes]
    made_axes = [a for a in kernel_axes if a in writes and a not in reads]
    if len(summed) != 1 or len(made_axes) != 1 or len(kernel_axes) != 2:
        raise Unfollowed("its equation does more than read one axis and make another")
    if reads[-1] != summed[0] or writes[-1] != made_axes[0]:
        raise Unfollowed("its equation works on other axes than the last")
    row, column = kernel_axes.index(summed[0]), kernel_axes.index(made_axes[0])
    given = call.keep_others(call.input, -1)
    call.consume(kernel, row, given[-1])
    size = kernel.shape[column]
    made = call.make("neuron", size)
    call.produce(kernel, column, made)
    if bias is not None:
        call.produce(bias, -1, made)
    shape = call.config.get("output_shape")
    last = (len(shape) - 1,) if isinstance(shape, list | tuple) else ()
    call.count(("output_shape", *last), made)
    constants = None
    if call.folding:
        values = call.raw(kernel)
        taps = (values if row == 0 else values.T)[None]
        constants = through_kernel(call, given[-1], kernel, taps, bias, made=made)
    return call.activate(given.replace(-1, Axis(size, made, constants)))


def _equation(text: str) -> tuple[str, str, str]:
    left, arrow, writes = text.replace(" ", "").replace("...", "").partition("->")
    reads, comma, kernel = left.partition(",")
    if not (arrow and comma and reads and kernel and writes):
        raise Unfollowed("its equation cannot be read")
    return reads, kernel, writes
