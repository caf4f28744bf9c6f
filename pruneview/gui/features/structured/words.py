"""What is said about units."""

from collections.abc import Mapping, Sequence

from pruneview.gui import units
from pruneview.gui.features.structured.coupling import (
    Coupling,
    Keep,
    Unit,
    title_of,
)
from pruneview.pruning.structured.graph import Group


def plural(kind: str, number: int) -> str:
    """Return a kind of unit for so many of them."""
    return kind if number == 1 else f"{kind}s"


def group_title(group: Group) -> str:
    """Return ``filters of conv_1``."""
    return f"{plural(group.unit_kind, group.size)} of {title_of(group)}"


def unit_title(unit: Unit, score: tuple[str, float] | None) -> str:
    """Return which unit it is, its score, and why it stays where it must."""
    group = unit.group
    parts = [f"{unit.title.capitalize()} ({units.count(group.size)} in all)"]
    if score is not None:
        parts.append(f"{score[0]} {units.value(score[1])}")
    if not group.removable:
        parts.append(f"cannot be removed: {group.reason}")
    return "; ".join(parts)


def nothing_removable(excluded: Sequence[tuple[str, str]]) -> str:
    """Say that no unit of a model can be removed, with the first reason."""
    sentence = "No units can be removed from this model"
    if not excluded:
        return f"{sentence}: its layers make nothing but its outputs."
    layer, reason = excluded[0]
    return f"{sentence}. {layer}: {reason}."


def failure(error: Exception) -> str:
    """Say why units cannot be followed or scored."""
    if isinstance(error, ValueError | OSError | MemoryError):
        return str(error) or "There is not enough memory to score the units."
    return f"Units cannot be followed in this model: {error!r}"


def summary(coupling: Coupling, keep: Keep, macs: Mapping[str, int]) -> str:
    """Say what would be left of the whole model."""
    total = sum(len(kept) for kept in keep.values())
    gone = sum(int((~kept).sum()) for kept in keep.values())
    before, left = coupling.parameters, coupling.parameters_left(keep)
    share = left / before if before else 1.0
    text = (
        f"{units.count(gone)} of {units.count(total)} units go. "
        f"{units.count(left)} of {units.count(before)} parameters stay "
        f"({units.percent(share)})"
    )
    if macs:
        small = coupling.macs_left(keep, macs)
        whole = sum(macs.values())
        text += (
            f"; {millions(small)} of {millions(whole)} million MACs "
            f"({units.percent(small / whole if whole else 1.0)})"
        )
    return f"{text}."


def millions(number: float) -> str:
    """Write 12,300,000 as ``12.3``."""
    return f"{number / 1e6:,.3g}" if number < 1e9 else f"{number / 1e6:,.0f}"
