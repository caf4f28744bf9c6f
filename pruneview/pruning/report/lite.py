"""TensorFlow Lite: a built model to the bytes of a ``.tflite`` file, and running it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.report.built import BuiltModel, quietly


class LiteError(RuntimeError):
    """There is no such file, or it does not run; the message is a sentence."""


class LiteKind(StrEnum):
    """What the converter is asked for."""

    FLOAT = "float"
    DYNAMIC_RANGE = "dynamic_range"
    SPARSE = "sparse"


@dataclass(frozen=True, eq=False)
class LiteFile:
    """A converted model.

    ``largest_error`` is the largest difference between its outputs and Keras's, as
    a share of the largest of these; None where it does not run.
    """

    kind: LiteKind
    data: bytes
    largest_error: float | None
    problem: str | None


def convert(
    model: BuiltModel, kind: LiteKind, batch: int, inputs: Sequence[NDArray]
) -> LiteFile:
    """Convert a model and check what came of it on `inputs`, `batch` of them.

    Raises
    ------
    LiteError
        The installed TensorFlow has no converter, or it cannot convert the model.
    """
    lite = _tensorflow_lite()
    function = model.function(batch)
    optimizations = {
        LiteKind.FLOAT: [],
        LiteKind.DYNAMIC_RANGE: [lite.Optimize.DEFAULT],
        LiteKind.SPARSE: [lite.Optimize.EXPERIMENTAL_SPARSITY],
    }
    try:
        with quietly():
            # Without the model itself: with it, TensorFlow 2.21 leaves a Keras 3
            # model's weights out of the file.
            converter = lite.TFLiteConverter.from_concrete_functions([function])
            converter.optimizations = optimizations[kind]
            data = bytes(converter.convert())
    except Exception as error:
        raise LiteError(
            f"TensorFlow Lite's converter cannot convert the model: "
            f"{_unconverted(error)}."
        ) from error
    try:
        given = LiteRunner(data, threads=1).run(inputs)
    except LiteError as error:
        return LiteFile(kind, data, None, str(error))
    wanted = model.outputs(inputs)
    return LiteFile(kind, data, _largest_error(wanted, given), None)


class LiteRunner:
    """An interpreter of one ``.tflite`` file.

    Attributes
    ----------
    with_xnnpack
        Whether XNNPACK took over a part of the model; None where TensorFlow does not
        tell.

    Raises
    ------
    LiteError
        The file cannot be run.
    """

    def __init__(self, data: bytes, threads: int) -> None:
        lite = _tensorflow_lite()
        try:
            with quietly():
                self._interpreter = lite.Interpreter(
                    model_content=data, num_threads=threads
                )
                self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise LiteError(
                f"TensorFlow Lite cannot run the file: {_cause(error)}."
            ) from error
        self._inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self.with_xnnpack = _is_delegated(self._interpreter)

    def set_inputs(self, inputs: Sequence[NDArray]) -> None:
        """Copy the samples in, in the order of the model's inputs."""
        for details, values in zip(self._ordered(), inputs, strict=True):
            self._interpreter.set_tensor(
                details["index"], np.ascontiguousarray(values, details["dtype"])
            )

    def invoke(self) -> None:
        """Compute the outputs; raises LiteError."""
        try:
            self._interpreter.invoke()
        except RuntimeError as error:
            raise LiteError(
                f"TensorFlow Lite cannot run the file: {_cause(error)}."
            ) from error

    def run(self, inputs: Sequence[NDArray]) -> list[NDArray]:
        """Return the outputs for these samples."""
        self.set_inputs(inputs)
        self.invoke()
        return [self._interpreter.get_tensor(d["index"]) for d in self._outputs]

    def _ordered(self) -> list[dict[str, Any]]:
        """Order inputs as the function has them: their names end in a number."""
        return sorted(self._inputs, key=lambda details: _natural(details["name"]))


def _tensorflow_lite() -> Any:
    import tensorflow as tf

    with quietly():
        lite = getattr(tf, "lite", None)
        if lite is None or not all(
            hasattr(lite, name) for name in ("TFLiteConverter", "Interpreter")
        ):
            raise LiteError(
                "The installed TensorFlow comes without TensorFlow Lite, so nothing "
                "could be measured with it."
            )
    return lite


def _natural(name: str) -> tuple[int, str]:
    digits = "".join(c for c in name.split(":", maxsplit=1)[0] if c.isdigit())
    return int(digits or 0), name


def _is_delegated(interpreter: Any) -> bool | None:
    details = getattr(interpreter, "_get_ops_details", None)
    if details is None:
        return None
    return any(op.get("op_name") == "DELEGATE" for op in details())


def _largest_error(wanted: Sequence[NDArray], given: Sequence[NDArray]) -> float | None:
    """Match outputs by shape: the converter may order them anew."""
    left = list(given)
    worst = 0.0
    for want in wanted:
        alike = [x for x in left if x.shape == want.shape]
        if not alike:
            return None
        scale = float(np.max(np.abs(want), initial=0.0)) or 1.0
        errors = [float(np.max(np.abs(x - want), initial=0.0)) / scale for x in alike]
        best = int(np.argmin(errors))
        worst = max(worst, errors[best])
        left = [x for x in left if x is not alike[best]]
    return worst if np.isfinite(worst) else None


def _unconverted(error: BaseException) -> str:
    """Name the operations that TensorFlow Lite lacks, where that is the cause."""
    lacking = re.findall(r"'(tf\.\w+)' op is neither a custom op", str(error))
    if lacking:
        return f"it has no operation for {', '.join(dict.fromkeys(lacking))}"
    # What comes before is a place in some source file.
    return _cause(error).rpartition(": error: ")[2]


def _cause(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    text = text.rstrip(" .:")
    return text if len(text) <= 200 else text[:197] + "..."
