"""The bars beside the heatmap, as numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.gui.features.structured.choice import UnitChoice
from pruneview.gui.features.structured.coupling import AxisUnits, Coupling, Unit
from pruneview.pruning.structured.graph import Group
from pruneview.sparsity.pictures.lines import Lines


@dataclass(frozen=True, eq=False)
class StripBars:
    """What a strip shows.

    Attributes
    ----------
    starts, ends
        Cells of each bar along the heatmap.
    heights
        Score of the unit at each bar; NaN where none is known.
    gone
        Whether the unit would go.
    active
        Whether the bar is of the group that the line cuts.
    line
        Score at the line; None where nothing can be cut.
    title
        Of the axis of scores.
    """

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    heights: NDArray[np.float64]
    gone: NDArray[np.bool_]
    active: NDArray[np.bool_]
    line: float | None
    title: str


def group_along(
    coupling: Coupling, units: AxisUnits, followed: Unit | None
) -> Group | None:
    """Return the group that is cut: that of the unit followed, or the largest."""
    present = [coupling.unit(int(flat)) for flat in np.unique(units.flat)]
    groups = list({u.group.id: u.group for u in present if u}.values())
    if followed is not None and followed.group in groups:
        return followed.group
    free = [group for group in groups if group.removable]
    return max(free or groups, key=lambda g: g.size, default=None)


def bars_of(
    lines: Lines,
    units: AxisUnits,
    coupling: Coupling,
    choice: UnitChoice,
    group: Group | None,
) -> StripBars | None:
    """Return the bars of an axis of a weight; None where it has none to show."""
    scores, keep = choice.scores, choice.keep
    if scores is None:
        return None
    starts, ends, index = lines.spans()
    heights = coupling.spread(units, scores.by_group)[index]
    if not np.isfinite(heights).any():
        return None
    gone = coupling.spread(units, {k: ~v for k, v in keep.items()})[index] == 1
    chosen = {} if group is None else {group.id: np.ones(group.size)}
    active = coupling.spread(units, chosen)[index] == 1
    line = None
    if group is not None and group.id in keep:
        line = line_of(scores.by_group[group.id], keep[group.id])
    return StripBars(starts, ends, heights, gone, active, line, scores.criterion)


def line_of(scores: NDArray[np.float64], keep: NDArray[np.bool_]) -> float:
    """Return a score between those that stay and those that go."""
    stays, goes = scores[keep], scores[~keep]
    if not goes.size:
        return 0.0
    if not stays.size:
        return float(goes.max())
    return float((stays.min() + goes.max()) / 2)
