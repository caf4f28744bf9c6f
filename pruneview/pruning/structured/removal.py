"""Removal: a smaller configuration and smaller arrays, with constants folded in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.choose import Choice, masked_entries
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import DependencyGraph
from pruneview.pruning.structured.rules.table import rule_for
from pruneview.pruning.structured.tracing.folding import Folding
from pruneview.pruning.structured.tracing.ledger import Ledger
from pruneview.pruning.structured.tracing.topology import MODELS, layer_entries, plain
from pruneview.pruning.structured.tracing.trace import Trace

# Keras writes down how layers were built; the shapes in it are those of before.
_BUILT = ("build_config", "build_input_shape")


@dataclass(frozen=True, eq=False)
class Shrunk:
    """A smaller model that is not built yet.

    Attributes
    ----------
    config
        As Keras reads it.
    values
        Of the weights, by path. Biases that folding has added are among them.
    notes
        Sentences on how the outputs differ from those of the masked model; empty
        where they do not.
    """

    config: dict[str, Any]
    values: dict[str, NDArray]
    notes: tuple[str, ...]


def shrink_network(
    config: Mapping[str, Any],
    values: Mapping[str, NDArray],
    graph: DependencyGraph,
    choice: Choice,
    *,
    fold_constants: bool = True,
) -> Shrunk:
    """Remove units from a configuration and its weights.

    A unit that is constant already (its kernel entries are zero, its bias need not
    be) goes with its constant added to the biases of the layers that read it. Any
    other is removed as if it were masked by `unit_masks`. What the activations make
    of zero, such as 0.5 of a sigmoid, is added to the biases too.

    Parameters
    ----------
    config, values
        The model: its configuration, and weights by path. Neither is changed.
    graph
        Of this model.
    choice
        Which units stay.
    fold_constants
        Whether constants are added to biases; else notes say that they are not.

    Raises
    ------
    ShrinkError
        Where the choice leaves nothing of a layer or does not fit the graph.
    """
    _check(graph, choice)
    # A copy too, which is then changed.
    config = plain(config)
    removed = _removed_channels(graph, choice)
    first = _traced(config, dict(values), removed, fold_constants)
    assert first.folding is not None
    if first.folding.alive:
        masked = _masked(values, graph, choice, np.concatenate(first.folding.alive))
        first = _traced(config, masked, removed, fold_constants)
    folding = first.folding
    assert folding is not None
    smaller = _smaller(dict(config), first, folding)
    return Shrunk(smaller, _sliced(first, folding), tuple(folding.notes))


def _check(graph: DependencyGraph, choice: Choice) -> None:
    for group_id, keep in choice.keep.items():
        group = graph.group(group_id)
        if len(keep) != group.size:
            raise ShrinkError(
                f"The choice is of {len(keep)} units, and {group_id} has {group.size}."
            )
        if keep.all():
            continue
        if not group.removable:
            raise ShrinkError(
                f"Nothing can be removed from {group_id}: {group.reason}."
            )
        if not all(keep[units].any() for units in group.blocks):
            raise ShrinkError(
                f"Nothing would be left of one of {', '.join(group.layers)}: keep at "
                f"least one {group.unit_kind} of each."
            )


def _removed_channels(graph: DependencyGraph, choice: Choice) -> NDArray[np.bool_]:
    resolved = graph.resolved
    removed = np.zeros(len(resolved.unit), bool)
    for place, group in enumerate(graph.groups):
        keep = choice.keep.get(group.id)
        if keep is not None:
            inside = resolved.group == place
            removed[inside] = ~np.asarray(keep, bool)[resolved.unit[inside]]
    return removed


def _traced(
    config: Mapping[str, Any],
    values: dict[str, NDArray],
    removed: NDArray[np.bool_],
    enabled: bool,
) -> Ledger:
    shapes = {path: tuple(array.shape) for path, array in values.items()}
    ledger = Ledger(shapes, Folding(values, removed, enabled))
    Trace(ledger, rule_for).run(config)
    return ledger


def _masked(
    values: Mapping[str, NDArray],
    graph: DependencyGraph,
    choice: Choice,
    alive: NDArray[np.int64],
) -> dict[str, NDArray]:
    """Return the values with the units masked that do anything yet."""
    keep = {}
    for place, group in enumerate(graph.groups):
        mine = alive[graph.resolved.group[alive] == place]
        if len(mine) and group.id in choice.keep:
            kept = np.ones(group.size, bool)
            kept[graph.resolved.unit[mine]] = False
            keep[group.id] = kept | choice.keep[group.id]
    result = dict(values)
    for path, axis, gone in masked_entries(graph, replace(choice, keep=keep)):
        if result[path] is values[path]:
            result[path] = np.array(values[path])
        np.moveaxis(result[path], axis, 0)[gone] = 0
    return result


def _sliced(ledger: Ledger, folding: Folding) -> dict[str, NDArray]:
    axes: dict[str, dict[int, NDArray[np.bool_]]] = {}
    for (path, axis), entry in ledger.entries.items():
        gone = folding.gone(entry.channels)
        if gone.any():
            axes.setdefault(path, {})[axis] = ~gone
    for path, added in folding.added.items():
        axes[path] = {-1: ~folding.gone(added.channels)}
    result = {}
    for path, array in folding.values.items():
        for axis, kept in axes.get(path, {}).items():
            array = np.compress(kept, array, axis=axis)  # noqa: PLW2901
        result[path] = array
    return result


def _smaller(
    result: dict[str, Any], ledger: Ledger, folding: Folding
) -> dict[str, Any]:
    settings = dict(_entries(result, ""))
    _forget_building(result, top=True)
    for (layer, keys), channels in ledger.settings.items():
        gone = folding.gone(channels)
        if gone.any():
            _set(settings[layer], keys, int((~gone).sum()))
    for added in folding.added.values():
        _set(settings[added.layer], added.keys, True)
    return result


def _set(config: Any, keys: tuple[str | int, ...], value: Any) -> None:
    for key in keys[:-1]:
        config = config[key]
    config[keys[-1]] = value


def _entries(model: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    """Return the settings of all layers by path, as they stand in a configuration."""
    found: list[tuple[str, Any]] = []
    for index, entry in enumerate(layer_entries(model)):
        config = entry.get("config")
        inner = config.get("name") if isinstance(config, dict) else None
        path = prefix + str(inner or entry.get("name") or f"layer_{index}")
        found.append((path, config))
        if entry.get("class_name") in MODELS:
            found += _entries(entry, path + "/")
    return found


def _forget_building(value: Any, *, top: bool) -> None:
    if isinstance(value, list):
        for item in value:
            _forget_building(item, top=False)
    elif isinstance(value, dict):
        for key in _BUILT:
            if key == "build_config" or not top:
                value.pop(key, None)
        value.pop("compile_config", None)
        for key, item in value.items():
            _forget_building(item, top=top and key == "config")
