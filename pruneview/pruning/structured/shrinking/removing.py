"""Units removed from an open model, and its outputs compared with the masked one's."""

from dataclasses import dataclass

import numpy as np

from pruneview.pruning.data.samples import arrays_of
from pruneview.pruning.fidelity.synthetic import describe_inputs, synthetic_inputs
from pruneview.pruning.report.built import BuiltModel
from pruneview.pruning.structured.building import shrink_model
from pruneview.pruning.structured.choose import Choice, unit_masks
from pruneview.pruning.structured.compare import compare_outputs
from pruneview.pruning.structured.graph import DependencyGraph
from pruneview.pruning.structured.shrinking.events import OutputDifference
from pruneview.pruning.structured.shrinking.subject import Subject

_SAMPLES = 32


@dataclass(frozen=True, eq=False)
class Removal:
    """What has come of it; ``notes`` say where the outputs could not be kept."""

    small: Subject
    difference: OutputDifference
    notes: tuple[str, ...]


def remove_units(
    subject: Subject, graph: DependencyGraph, choice: Choice, *, seed: int
) -> Removal:
    """Return the small model; the subject's own weights are as before.

    Outputs are compared on the first test samples, or on random inputs without data.

    Raises
    ------
    ShrinkError
    """
    model = subject.model
    before = model.get_weights()
    try:
        for path, mask in unit_masks(graph, choice).items():
            values = subject.engine.values(path)
            subject.engine.set_values(
                path, np.where(mask, values, values.dtype.type(0))
            )
        small, notes = shrink_model(subject.opened, choice, graph=graph)
        specs = BuiltModel(model).inputs
        if subject.data is None:
            inputs = synthetic_inputs(specs, _SAMPLES, seed)
            words = describe_inputs(specs)
        else:
            given = arrays_of(subject.data.x_test)
            inputs = [
                array[:_SAMPLES].astype(spec.dtype)
                for array, spec in zip(given, specs, strict=True)
            ]
            words = "test samples"
        found = compare_outputs(model, small, inputs)
    finally:
        model.set_weights(before)
    difference = OutputDifference(
        found.largest_absolute, found.largest_relative, found.samples, words
    )
    return Removal(subject.with_model(small), difference, notes)
