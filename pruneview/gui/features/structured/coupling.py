"""Which unit lies where in the weights of a model, from its dependency graph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import ModelFile, Weight
from pruneview.pruning.structured.graph import DependencyGraph, Group
from pruneview.sparsity.pictures.closing_up import Leaving

#: At an index that belongs to no unit.
NONE = -1
Keep = Mapping[str, NDArray[np.bool_]]


def title_of(group: Group) -> str:
    """Return the layers that make a group's units, in words."""
    names = [path.rpartition("/")[2] for path in group.layers]
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Unit:
    """One filter, neuron or channel, by its group and its number in it."""

    group: Group
    number: int

    @property
    def title(self) -> str:
        return f"{self.group.unit_kind} {self.number} of {title_of(self.group)}"


@dataclass(frozen=True, eq=False)
class AxisUnits:
    """The units along one axis of a weight.

    Attributes
    ----------
    flat
        For each index the number of its unit among all units of the model, or NONE.
    role
        ``produces`` or ``consumes``.
    """

    axis: int
    role: str
    flat: NDArray[np.int64]


@dataclass(frozen=True)
class CoupledRow:
    """One line of what goes together with a unit.

    ``what`` says which rows, columns or entries of the weight; ``count`` how many
    values of it that is.
    """

    weight_path: str
    layer: str
    name: str
    what: str
    role: str
    count: int


class Coupling:
    """The dependency graph of an open model, laid out for quick looking up.

    Attributes
    ----------
    graph
        The graph itself.
    parameters
        Values in all weights of the model.
    """

    def __init__(self, model: ModelFile, graph: DependencyGraph) -> None:
        self.graph = graph
        self.weights = {w.path: w for layer in model.layers for w in layer.weights}
        self.parameters = sum(weight.size for weight in self.weights.values())
        self.groups = {group.id: group for group in graph.groups}
        self._starts: dict[str, int] = {}
        total = 0
        for group in graph.groups:
            self._starts[group.id] = total
            total += group.size
        self._total = total
        self._owners = [g for g in graph.groups for _ in range(g.size)]
        self._axes: dict[str, dict[int, AxisUnits]] = {}
        for group in graph.groups:
            self._enter(group)

    def _enter(self, group: Group) -> None:
        start = self._starts[group.id]
        for member in group.members:
            weight = self.weights.get(member.weight_path)
            if weight is None:
                continue
            axes = self._axes.setdefault(weight.path, {})
            found = axes.get(member.axis)
            if found is None:
                flat = np.full(weight.shape[member.axis], NONE, np.int64)
                found = AxisUnits(member.axis, member.role, flat)
                axes[member.axis] = found
            real = member.units >= 0
            found.flat[real] = start + member.units[real]

    @property
    def removable(self) -> tuple[Group, ...]:
        """The groups of which units can be removed."""
        return tuple(group for group in self.graph.groups if group.removable)

    def axes(self, weight_path: str) -> dict[int, AxisUnits]:
        """Return the axes of a weight that units lie along."""
        return self._axes.get(weight_path, {})

    def axis_of_role(self, weight_path: str, role: str) -> AxisUnits | None:
        """Return the axis along which units of that role lie, or the other one."""
        axes = sorted(self.axes(weight_path).values(), key=lambda one: -one.axis)
        return next((a for a in axes if a.role == role), next(iter(axes), None))

    def unit(self, flat: int) -> Unit | None:
        """Return the unit of a number among all units."""
        if flat == NONE:
            return None
        group = self._owners[flat]
        return Unit(group, int(flat) - self._starts[group.id])

    def unit_at(
        self, weight_path: str, index: tuple[int, ...], role: str
    ) -> Unit | None:
        """Return the unit that a value of a weight belongs to.

        A value lies in the column of one unit and in the row of another; `role` says
        which of them is meant, where there are both.
        """
        found = self.axis_of_role(weight_path, role)
        unit = None if found is None else self.unit(int(found.flat[index[found.axis]]))
        if unit is None or not unit.group.removable:
            for other in self.axes(weight_path).values():
                second = self.unit(int(other.flat[index[other.axis]]))
                if second is not None and (unit is None or second.group.removable):
                    return second
        return unit

    def where(self, weight_path: str, unit: Unit) -> dict[int, NDArray[np.bool_]]:
        """Return, for each axis that a unit lies along, its indices as flags."""
        number = self._starts[unit.group.id] + unit.number
        found = {}
        for axis, units in self.axes(weight_path).items():
            flags = units.flat == number
            if flags.any():
                found[axis] = flags
        return found

    def gone(self, weight_path: str, keep: Keep) -> dict[int, NDArray[np.bool_]]:
        """Return, for each axis that units lie along, which indices would go."""
        leaves = self._leaving(keep)
        return {
            axis: leaves[units.flat] for axis, units in self.axes(weight_path).items()
        }

    def spread(
        self, units: AxisUnits, values: Mapping[str, NDArray]
    ) -> NDArray[np.float64]:
        """Return a number of each unit at each index of an axis; NaN without one."""
        every = np.full(self._total + 1, np.nan)
        for group_id, numbers in values.items():
            start = self._starts[group_id]
            every[start : start + len(numbers)] = numbers
        return every[units.flat]

    def leaving_order(
        self, weight_path: str, keep: Keep, scores: Mapping[str, NDArray]
    ) -> list[int]:
        """Return the numbers of the units that would leave a weight, lowest first."""
        leaves = self._leaving(keep)
        every = np.zeros(self._total)
        for group_id, numbers in scores.items():
            start = self._starts[group_id]
            every[start : start + len(numbers)] = numbers
        found: list[int] = []
        axes = sorted(self.axes(weight_path).values(), key=lambda one: -one.axis)
        for units in axes:
            present = np.unique(units.flat[leaves[units.flat]])
            ordered = present[np.argsort(every[present], kind="stable")]
            found.extend(int(n) for n in ordered if n not in found)
        return found

    def leaving(
        self, weight_path: str, order: list[int], progress: NDArray[np.float64]
    ) -> list[Leaving]:
        """Return how far each index of a weight is, from how far its unit is."""
        every = np.zeros(self._total + 1)
        every[order] = progress
        return [
            Leaving(axis, every[units.flat])
            for axis, units in self.axes(weight_path).items()
        ]

    def parameters_left(self, keep: Keep) -> int:
        """Return how many values the weights would hold."""
        leaves = self._leaving(keep)
        sizes = {path: weight.size for path, weight in self.weights.items()}
        return sum(
            self._size_left(path, leaves) if path in self._axes else size
            for path, size in sizes.items()
        )

    def macs_left(self, keep: Keep, macs: Mapping[str, int]) -> int:
        """Return the multiplications left: they go with the size of a layer's kernels.

        Parameters
        ----------
        macs
            For one sample, by path of the layer.
        """
        leaves = self._leaving(keep)
        sizes: dict[str, list[int]] = {}
        for path, weight in self.weights.items():
            if len(weight.shape) >= 2:
                layer = path.removesuffix(f"/{weight.name}")
                before_after = sizes.setdefault(layer, [0, 0])
                before_after[0] += weight.size
                before_after[1] += self._size_left(path, leaves)
        left = 0.0
        for layer, number in macs.items():
            before, after = sizes.get(layer, (1, 1))
            left += number * after / max(1, before)
        return round(left)

    def _size_left(self, path: str, leaves: NDArray[np.bool_]) -> int:
        axes, size = self.axes(path), 1
        for axis, length in enumerate(self.weights[path].shape):
            units = axes.get(axis)
            size *= length - (int(leaves[units.flat].sum()) if units else 0)
        return size

    def _leaving(self, keep: Keep) -> NDArray[np.bool_]:
        """Return which units would go, with a False at the end for NONE."""
        leaves = np.zeros(self._total + 1, bool)
        for group_id, kept in keep.items():
            start = self._starts[group_id]
            leaves[start : start + len(kept)] = ~kept
        return leaves

    def rows(self, unit: Unit) -> list[CoupledRow]:
        """Return everything that goes with a unit, what makes it first."""
        rows = []
        for member in unit.group.members:
            weight = self.weights.get(member.weight_path)
            if weight is None:
                continue
            indices = member.indices(unit.number)
            if not indices.size:
                continue
            layer = weight.path.removesuffix(f"/{weight.name}")
            count = weight.size // weight.shape[member.axis] * indices.size
            what = words_for(weight, member.axis, indices)
            rows.append(
                CoupledRow(weight.path, layer, weight.name, what, member.role, count)
            )
        rows.sort(key=lambda row: row.role != "produces")
        return rows


def words_for(weight: Weight, axis: int, indices: NDArray[np.int64]) -> str:
    """Return which rows, columns or entries indices along an axis are."""
    rank = len(weight.shape)
    if rank == 1:
        name = ("entry", "entries")
    elif rank == 2:
        name = ("column", "columns") if axis == 1 else ("row", "rows")
    elif axis == rank - 1:
        name = ("filter", "filters")
    elif axis == rank - 2:
        name = ("channel", "channels")
    else:
        name = (f"slice of axis {axis}", f"slices of axis {axis}")
    return f"{name[indices.size > 1]} {in_words(indices)}"


def in_words(indices: Iterable[int]) -> str:
    """Write numbers as ``3``, ``3–9``, ``3, 67, 131, …``."""
    numbers = sorted(int(i) for i in indices)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    shown = ", ".join(str(n) for n in numbers[:4])
    more = len(numbers) - 4
    return f"{shown}, … ({len(numbers)})" if more > 0 else shown
