"""Arrays of several inputs and outputs, put in the order of the model's own."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from pruneview.pruning.data.model_shapes import ModelShapes
from pruneview.pruning.data.samples import Samples, Several
from pruneview.pruning.data.sources import DataSet, DataSpec
from pruneview.pruning.errors import DataError

_FIELDS = tuple(f"{a}_{part}" for part in ("train", "test", "validation") for a in "xy")


def arrange(
    data: DataSet, shapes: ModelShapes, say: Callable[[str], None] = lambda _: None
) -> DataSet:
    """Return data whose arrays are in the model's order, under its names.

    Data of one array each, for a model with one input and one output, stay as they
    are. Arrays that the model has no use for are left out, which is said.

    Raises
    ------
    DataError
        Naming what is there and what the model takes.
    """
    ends = {"x": shapes.names_of_inputs, "y": shapes.names_of_outputs}
    changes: dict[str, Any] = {}
    for field in _FIELDS:
        given = getattr(data, field)
        if given is None:
            continue
        made, unused = _arranged(data.name, field, given, ends[field[0]])
        if made is not given:
            changes[field] = made
        if unused:
            names = ", ".join(f"{field}_{name}" for name in unused)
            say(f"The model has no use for {names} of {data.name}.")
    return dataclasses.replace(data, **changes) if changes else data


def check_source(spec: DataSpec, shapes: ModelShapes) -> None:
    """Raise `DataError` where data of that form cannot hold what a model takes."""
    if not shapes.has_several or spec.kind in ("npz", "python"):
        return
    wants = " and ".join(
        _wants(field, names)
        for field, names in (
            ("x", shapes.names_of_inputs),
            ("y", shapes.names_of_outputs),
        )
    )
    field, names = "x_train", shapes.names_of_inputs
    if len(names) == 1:
        field, names = "y_train", shapes.names_of_outputs
    raise DataError(
        f"{spec} holds one input and one label for every sample, but {wants}. "
        f"{one_for_each(field, names)}"
    )


def _arranged(
    source: str, field: str, given: Samples, names: Sequence[str]
) -> tuple[Samples, list[str]]:
    if not isinstance(given, Several):
        if len(names) == 1:
            return given, []
        raise DataError(
            f"{source} has one array {field}, and {_wants(field, names)}. "
            f"{one_for_each(field, names)}"
        )
    by_name = dict(zip(given.names, given.arrays, strict=True))
    numbers = [str(place) for place in range(len(names))]
    for wanted in (names, numbers):
        if set(wanted) <= by_name.keys():
            unused = [name for name in given.names if name not in wanted]
            arrays = tuple(by_name[name] for name in wanted)
            if len(names) == 1:
                return arrays[0], unused
            return Several(tuple(names), arrays), unused
    there = ", ".join(f"{field}_{name}" for name in given.names)
    raise DataError(
        f"{source} has {there}, and {_wants(field, names)}. "
        f"{one_for_each(field, names)}"
    )


def _wants(field: str, names: Sequence[str]) -> str:
    verb, end = ("takes", "input") if field[0] == "x" else ("gives", "output")
    if len(names) == 1:
        return f"the model {verb} one {end}, {names[0]}"
    return f"the model {verb} {len(names)} {end}s ({', '.join(names)})"


def one_for_each(field: str, names: Sequence[str]) -> str:
    """Return the sentence on how to give one array for each end."""
    if len(names) == 1:
        return f"Name the array {field}."
    named = ", ".join(f"{field}_{name}" for name in names)
    return (
        f"Give an .npz file with {named} (or {field}_0 to {field}_{len(names) - 1}), "
        "or a Python function that returns a dict of arrays in its place."
    )
