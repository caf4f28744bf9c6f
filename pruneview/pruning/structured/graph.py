"""The dependency graph of a model: which channels go together, and where they lie."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import ModelFile
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.naming import live_shapes
from pruneview.pruning.structured.rules.table import rule_for
from pruneview.pruning.structured.tracing.ledger import MALFORMED, Ledger
from pruneview.pruning.structured.tracing.resolving import Resolved, resolve
from pruneview.pruning.structured.tracing.topology import plain
from pruneview.pruning.structured.tracing.trace import Trace


@dataclass(frozen=True, eq=False)
class Member:
    """Where the units of a group lie along one axis of a weight.

    Attributes
    ----------
    weight_path, axis
        The weight, as `pruneview.formats` calls it, and its axis.
    role
        ``produces``: these entries make the units (kernel columns, bias, gamma,
        moving mean). ``consumes``: they read them (rows of the kernels that follow).
    layer
        Path of the layer that has the weight.
    parameter
        What the weight is in its layer: ``kernel``, ``bias``, ``gamma``...
    units
        Number of the unit at each position of the axis; -1 where it is no unit's.
    """

    weight_path: str
    axis: int
    role: str
    layer: str
    parameter: str
    units: NDArray[np.int64] = field(repr=False)

    def indices(self, unit: int) -> NDArray[np.int64]:
        """Return the positions along the axis that belong to a unit."""
        return np.flatnonzero(self.units == unit)


@dataclass(frozen=True, eq=False)
class Group:
    """Units that are removed one by one, each from all members at once.

    Attributes
    ----------
    id
        Path of the first layer that makes them (and what of it, after a colon, where
        it makes several kinds).
    title, unit_kind
        For people: ``64 filters of conv2d_3, conv2d_5``; ``filter``.
    size
        How many units.
    layers
        Paths of the layers that make them.
    blocks
        For each of these, the unit of each channel that it makes.
    removable, reason
        Whether units may be removed, and why not.
    """

    id: str
    title: str
    unit_kind: str
    size: int
    members: tuple[Member, ...] = field(repr=False)
    layers: tuple[str, ...]
    blocks: tuple[NDArray[np.int64], ...] = field(repr=False)
    removable: bool
    reason: str = ""


@dataclass(frozen=True)
class Excluded:
    """A layer from which nothing is removed, and the reason."""

    layer_path: str
    reason: str


class DependencyGraph:
    """What can be removed from a model, and what goes with it.

    Attributes
    ----------
    groups
        In the model's order, also those that are not removable.
    excluded
        Layers from which nothing is removed: they make the model's outputs, or they
        cannot be followed.
    shapes
        Of the weights, by path.
    """

    def __init__(
        self,
        groups: tuple[Group, ...],
        excluded: tuple[Excluded, ...],
        shapes: Mapping[str, tuple[int, ...]],
        resolved: Resolved,
    ) -> None:
        self.groups = groups
        self.excluded = excluded
        self.shapes = shapes
        self.resolved = resolved
        self._by_id = {group.id: group for group in groups}
        self._by_axis: dict[tuple[str, int], list[tuple[Group, Member]]] = {}
        for group in groups:
            for member in group.members:
                key = (member.weight_path, member.axis)
                self._by_axis.setdefault(key, []).append((group, member))

    def group(self, group_id: str) -> Group:
        """Return a group; raises KeyError."""
        return self._by_id[group_id]

    def groups_of(self, layer_path: str) -> tuple[Group, ...]:
        """Return the groups whose units a layer makes."""
        return tuple(group for group in self.groups if layer_path in group.layers)

    def group_at(
        self, weight_path: str, axis: int, index: int
    ) -> tuple[Group, int] | None:
        """Return the group and unit at a position of a weight's axis, or None."""
        for group, member in self._by_axis.get((weight_path, axis), ()):
            if 0 <= index < len(member.units) and member.units[index] >= 0:
                return group, int(member.units[index])
        return None


def build_graph(
    config: Mapping[str, Any], weights: Mapping[str, tuple[int, ...]]
) -> DependencyGraph:
    """Return the graph of a model, from its configuration and its weights' shapes.

    Parameters
    ----------
    config
        ``{"class_name": ..., "config": ...}`` as Keras 2 or 3 writes it.
    weights
        Shapes by path, as `pruneview.formats` calls the weights.

    Raises
    ------
    ShrinkError
        Where the configuration does not tell the layers and how they are connected.
    """
    ledger = Ledger(dict(weights))
    try:
        Trace(ledger, rule_for).run(plain(config))
    except ShrinkError:
        raise
    except (*MALFORMED, RecursionError) as error:
        raise ShrinkError(
            "The model's configuration is not as Keras writes it "
            f"({type(error).__name__}: {error}), so it cannot be shrunk."
        ) from error
    resolved = resolve(ledger)
    groups = tuple(_groups(ledger, resolved))
    excluded = dict(ledger.excluded)
    able = {layer for group in groups if group.removable for layer in group.layers}
    for group in groups:
        for layer in group.layers if not group.removable else ():
            if layer not in able:
                excluded.setdefault(layer, group.reason)
    return DependencyGraph(
        groups,
        tuple(Excluded(layer, reason) for layer, reason in excluded.items()),
        dict(weights),
        resolved,
    )


def graph_of_file(model: ModelFile) -> DependencyGraph:
    """Return the graph of an open file, without TensorFlow; raises ShrinkError."""
    if model.config is None:
        raise ShrinkError(
            f"{model.path.name} holds weights but not how the layers are connected, so "
            "it cannot be shrunk."
        )
    shapes = {w.path: w.shape for layer in model.layers for w in layer.weights}
    return build_graph(model.config, shapes)


def graph_of_model(model: Any) -> DependencyGraph:
    """Return the graph of a built model of Keras 3 or tf_keras; raises ShrinkError."""
    return build_graph(config_of(model), live_shapes(model))


def config_of(model: Any) -> dict[str, Any]:
    """Return a built model's configuration; raises ShrinkError where it has none."""
    try:
        config: dict[str, Any] = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ShrinkError(
            f"The model cannot be described by a configuration ({error}), so it cannot "
            "be shrunk."
        ) from error
    return config


def _groups(ledger: Ledger, resolved: Resolved) -> Iterable[Group]:
    members: list[list[Member]] = [[] for _ in resolved.groups]
    for (path, axis), entry in ledger.entries.items():
        if entry.channels is None:
            continue
        for place, units in resolved.units_of(entry.channels):
            members[place].append(
                Member(path, axis, entry.role, entry.layer, entry.parameter, units)
            )
    for place, found in enumerate(resolved.groups):
        blocks = [ledger.blocks[b] for b in found.blocks]
        made = tuple(
            resolved.unit[block.start : block.start + block.size] for block in blocks
        )
        layers = tuple(dict.fromkeys(block.layer for block in blocks))
        kind = blocks[0].kind
        reason = found.reason
        if not reason and min(len(np.unique(units)) for units in made) < 2:
            reason = f"only one {kind} can be told apart in it"
        count = len(made[0]) if len(made) == 1 else found.size
        yield Group(
            id=blocks[0].name,
            title=f"{count} {plural(kind, count)} of {', '.join(layers)}",
            unit_kind=kind,
            size=found.size,
            members=tuple(members[place]),
            layers=layers,
            blocks=made,
            removable=not reason,
            reason=reason,
        )


def plural(kind: str, count: int) -> str:
    """Return a kind of unit for so many of them."""
    return kind if count == 1 else f"{kind}s"
