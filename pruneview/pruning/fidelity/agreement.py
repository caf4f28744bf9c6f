"""How far a pruned model's outputs are those of its baseline, without any data.

This is fidelity, not accuracy: it tells whether pruning changed what the model says,
not whether what it says is right.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.model_shapes import shapes_of
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.fidelity.synthetic import (
    InputSpec,
    describe_inputs,
    is_image,
    synthetic_inputs,
)

if TYPE_CHECKING:
    from pruneview.pruning.report.built import BuiltModel
    from pruneview.pruning.subject.objective import Objective

SAMPLES = 512
_TRIAL = 128
_BYTES = 255.0
_FEW_CLASSES = 0.2  # of the classes there are


@dataclass(frozen=True)
class Fidelity:
    """Agreement of a pruned model's outputs with the baseline's.

    Attributes
    ----------
    samples, seed
        How many synthetic inputs, and the seed they were made with.
    inputs
        What the inputs were, in words.
    relative_error
        ``||pruned - baseline|| / ||baseline||`` over all outputs of all samples
        (Frobenius norm); None where an output is not finite or all zero.
    agreement
        Share of the samples of which both models name the same class (arg-max, or
        which side of one half for a single sigmoid); None where the model is no
        classifier. Of several outputs that name classes, all must be the same.
    classes, classes_seen
        How many classes there are, and how many of them the baseline named; of
        several outputs, those of the one that it names the smallest share of.
    outputs
        Of a model with several outputs, those that name classes.
    """

    samples: int
    seed: int
    inputs: str
    relative_error: float | None
    agreement: float | None
    classes: int | None = None
    classes_seen: int | None = None
    outputs: tuple[str, ...] = ()

    @property
    def warning(self) -> str | None:
        """Say where agreement means little: inputs that hardly tell classes apart."""
        if self.classes is None or self.classes_seen is None:
            return None
        if self.classes_seen > max(1, self.classes * _FEW_CLASSES):
            return None
        return (
            f"The baseline names only {self.classes_seen} of its {self.classes} "
            "classes on synthetic inputs, so that the agreement says little: measure "
            "accuracy on real data before trusting it."
        )

    def sentence(self) -> str:
        """Say the result in words."""
        error = (
            "not finite"
            if self.relative_error is None
            else f"{self.relative_error:.3g}"
        )
        on = f"on {self.samples} synthetic inputs ({self.inputs}, seed {self.seed})"
        if self.agreement is None:
            return f"Fidelity to the baseline: relative error {error} {on}."
        same = "same class"
        if self.outputs:
            same += f" in {' and in '.join(self.outputs)}"
        return (
            f"Fidelity to the baseline: {same} for {self.agreement * 100:.1f} % "
            f"{on}; relative error of the outputs {error}."
        )


def measure_fidelity(
    baseline: "BuiltModel",
    pruned: "BuiltModel",
    *,
    classifying: Sequence[int],
    samples: int = SAMPLES,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
) -> Fidelity:
    """Compare two models on synthetic inputs of the baseline's own input shape.

    Parameters
    ----------
    classifying
        The places of the outputs that are scores of classes; see `class_outputs`.

    Raises
    ------
    ModelError
        The two do not take the same inputs, or give outputs of different shapes.
    Cancelled
        Where `cancelled` turned true.
    """
    shapes = [[spec.shape for spec in model.inputs] for model in (baseline, pruned)]
    if shapes[0] != shapes[1]:
        raise ModelError(
            f"The two models take inputs of different shapes, {shapes[0]} and "
            f"{shapes[1]}, so their outputs cannot be compared."
        )
    specs = _varied(baseline, seed, classifying) if classifying else baseline.inputs
    inputs = synthetic_inputs(specs, samples, seed)
    expected = baseline.outputs(inputs)
    if cancelled():
        raise Cancelled
    given = pruned.outputs(inputs)
    if [x.shape for x in expected] != [x.shape for x in given]:
        raise ModelError(
            "The two models give outputs of different shapes, so they cannot be "
            "compared."
        )
    agreement = classes = seen = None
    if classifying:
        wanted = [named_classes(expected[place]) for place in classifying]
        same = [
            names == named_classes(given[place])[0]
            for place, (names, _) in zip(classifying, wanted, strict=True)
        ]
        if len(same) > 1:
            same = [np.all([s.reshape(samples, -1).all(axis=1) for s in same], axis=0)]
        agreement = float(np.mean(same[0]))
        counts = [(len(np.unique(names)), count) for names, count in wanted]
        seen, classes = min(counts, key=lambda pair: pair[0] / pair[1])
    several = len(expected) > 1
    names_of = shapes_of(baseline.model).names_of_outputs if several else ()
    return Fidelity(
        samples,
        seed,
        describe_inputs(specs),
        relative_error(expected, given),
        agreement,
        classes,
        seen,
        tuple(names_of[place] for place in classifying) if several else (),
    )


def _varied(
    baseline: "BuiltModel", seed: int, classifying: Sequence[int]
) -> tuple[InputSpec, ...]:
    """Return inputs on which the baseline names the most classes.

    A model does not say whether it was trained on pixels from 0 to 1 or to 255; in
    the wrong range it may name one class only, which tells nothing.
    """
    given = baseline.inputs
    bright = tuple(
        dataclasses.replace(spec, upper=_BYTES)
        if is_image(spec) and spec.upper == 1
        else spec
        for spec in given
    )
    seen = []
    for specs in (given, bright):
        outputs = baseline.outputs(synthetic_inputs(specs, _TRIAL, seed))
        seen.append(
            sum(
                len(np.unique(named_classes(outputs[place])[0]))
                for place in classifying
            )
        )
    return bright if seen[1] > seen[0] else given


def named_classes(output: NDArray) -> tuple[NDArray, int]:
    """Return the class of each sample (or position), and how many there are."""
    if output.shape[-1] == 1:
        return (output[..., 0] > 0.5).astype(np.int64), 2
    return output.argmax(axis=-1), output.shape[-1]


def relative_error(expected: list[NDArray], given: list[NDArray]) -> float | None:
    """Return ``||given - expected|| / ||expected||`` over all arrays together."""
    norm = distance = 0.0
    for want, have in zip(expected, given, strict=True):
        wide = want.astype(np.float64)
        norm += float(np.sum(wide**2))
        distance += float(np.sum((have.astype(np.float64) - wide) ** 2))
    if not (np.isfinite(norm) and np.isfinite(distance)) or norm == 0:
        return None
    return float(np.sqrt(distance / norm))


def class_outputs(built: "BuiltModel") -> tuple[int, ...]:
    """Return the places of the model's outputs that are scores of classes.

    By their losses, where the model says how it was compiled, else by their
    activations: softmax, or sigmoid of a single value.
    """
    from pruneview.pruning.subject.objective import CROSSENTROPIES, suggest_objective
    from pruneview.pruning.subject.objectives import suggest_several
    from pruneview.pruning.subject.opened import describe_outputs

    outputs = describe_outputs(built.model)
    if len(outputs) == 1:
        (one,) = outputs
        each: tuple[Objective, ...] = (
            suggest_objective(built.compile_config, one.activation, one.width),
        )
    else:
        each = suggest_several(built.compile_config, outputs).each
    return tuple(
        place
        for place, (output, objective) in enumerate(zip(outputs, each, strict=True))
        if output.activation == "softmax"
        or (output.activation == "sigmoid" and output.width == 1)
        or (objective.loss in CROSSENTROPIES[:2] and (output.width or 0) > 1)
    )
