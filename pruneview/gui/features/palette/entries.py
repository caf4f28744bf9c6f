"""What the palette offers: actions, panels, themes, layers and weights."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget

from pruneview.formats import Layer, Weight
from pruneview.gui import units
from pruneview.gui.theme import THEMES

if TYPE_CHECKING:
    from pruneview.gui.program import Program


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes
    ----------
    title, kind
        What it is, and of what sort: "action", "layer", ...
    carry_out
        Does it.
    keys
        Its shortcuts as they are now, in words; "" for none.
    enabled
        Whether it makes sense now.
    """

    title: str
    kind: str
    carry_out: Callable[[], object]
    keys: str = ""
    enabled: bool = True


def entries(program: "Program", leave_out: str) -> list[Entry]:
    """Return everything there is now, but the action `leave_out`."""
    return [
        *_actions(program, leave_out),
        *_panels(program),
        *_themes(program),
        *_layers(program),
    ]


def _actions(program: "Program", leave_out: str) -> Iterator[Entry]:
    for spec in program.window.action_specs:
        if spec.id == leave_out:
            continue
        action = program.window.action(spec.id)
        yield Entry(
            _plain(action.text()),
            "action",
            action.trigger,
            _keys(action),
            action.isEnabled(),
        )


def _panels(program: "Program") -> Iterator[Entry]:
    for dock in program.window.findChildren(QDockWidget):
        verb = "Hide" if dock.isVisible() else "Show"
        action = dock.toggleViewAction()
        title = f"{verb} the panel {_plain(action.text())}"
        yield Entry(title, "panel", action.trigger, _keys(action))


def _themes(program: "Program") -> Iterator[Entry]:
    for name, theme in THEMES.items():
        yield Entry(
            f"Theme: {theme.title}", "theme", partial(program.choose_theme, name)
        )


def _layers(program: "Program") -> Iterator[Entry]:
    model = program.document.model
    for layer in model.layers if model is not None else ():
        chosen = _weight_of(layer)
        if chosen is not None:
            yield Entry(
                layer.path,
                f"layer, {layer.kind}",
                partial(program.document.select, chosen),
            )
        for weight in layer.weights:
            yield Entry(
                weight.path,
                f"weight, {units.shape(weight.shape)}",
                partial(program.document.select, weight),
            )


def _weight_of(layer: Layer) -> Weight | None:
    """Return the weight that a layer stands for: its first that can be pruned."""
    prunable = (weight for weight in layer.weights if weight.prunable)
    return next(prunable, next(iter(layer.weights), None))


def _plain(title: str) -> str:
    return title.replace("&", "").rstrip("…")


def _keys(action: QAction) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(keys.toString(native) for keys in action.shortcuts())
