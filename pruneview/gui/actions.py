"""Every action of the window in one table: menus, tool bar and keys follow from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pruneview.gui.controllers.state import Phase, ProgramState


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes
    ----------
    id
        Its name in the program.
    title, tip
        Words for people; ``&`` marks the letter of the menu.
    keys
        Shortcuts, the first one shown.
    menu
        Where it stands: "&Run", or "&Run/&Recording" for a menu in that one.
    icon
        Name of a file in ``resources/icons``, without ending; on the tool bar.
    enabled
        When it makes sense.
    separate
        Whether a line stands above it in the menu.
    above
        Id of the action above which it stands; "" for the end of the menu.
    checkable
        Whether it is on or off.
    """

    id: str
    title: str
    tip: str
    keys: tuple[str, ...] = ()
    menu: str = ""
    icon: str = ""
    enabled: Callable[[ProgramState], bool] = lambda _state: True
    separate: bool = False
    above: str = ""
    checkable: bool = False


def _can_run(state: ProgramState) -> bool:
    return state.model_open and state.phase is Phase.IDLE and not state.busy


ACTIONS = (
    ActionSpec(
        "open",
        "&Open…",
        "Open a Keras model: .keras, .h5, .hdf5",
        ("Ctrl+O",),
        "&File",
        "open",
        lambda state: not state.is_running,
    ),
    ActionSpec(
        "open_folder",
        "Open a SavedModel &folder…",
        "Open a folder with saved_model.pb; TensorFlow reads it",
        ("Ctrl+Shift+O",),
        "&File",
        enabled=lambda state: not state.is_running,
    ),
    ActionSpec(
        "demo",
        "Open the &demo",
        "Open the bundled digit classifier with a run prepared",
        ("Ctrl+D",),
        "&File",
        "demo",
        lambda state: not state.is_running,
    ),
    ActionSpec(
        "save",
        "&Save the pruned model as…",
        "Save the pruned model as .keras or .h5",
        ("Ctrl+S",),
        "&File",
        "save",
        lambda state: (
            (state.result or state.pruned)
            and state.phase is Phase.IDLE
            and not state.busy
        ),
        separate=True,
    ),
    ActionSpec(
        "quit", "&Quit", "Close the window", ("Ctrl+Q",), "&File", separate=True
    ),
    ActionSpec(
        "undo",
        "&Undo",
        "Take back the last edit of the plan, or the last one-shot prune",
        ("Ctrl+Z",),
        "&Edit",
        enabled=lambda state: (
            state.can_undo and not state.is_running and not state.busy
        ),
    ),
    ActionSpec(
        "redo",
        "&Redo",
        "Make the edit again",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "&Edit",
        enabled=lambda state: (
            state.can_redo and not state.is_running and not state.busy
        ),
    ),
    ActionSpec(
        "run",
        "&Run",
        "Prune and fine-tune from the baseline (Space starts, pauses and continues)",
        ("Ctrl+R",),
        "&Run",
        "run",
        _can_run,
    ),
    ActionSpec(
        "pause",
        "&Pause",
        "Pause after the current step, or continue",
        ("F6",),
        "&Run",
        "pause",
        lambda state: state.phase in {Phase.RUNNING, Phase.PAUSED},
    ),
    ActionSpec(
        "stop",
        "S&top",
        "End the run; the masks reached so far are kept",
        ("F7",),
        "&Run",
        "stop",
        lambda state: (
            state.phase
            in {Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.REPORTING}
        ),
    ),
    ActionSpec(
        "run_or_pause",
        "Run, pause or &continue",
        "Whichever fits",
        ("Space",),
        "&Run",
        enabled=lambda state: (
            state.model_open and state.phase is not Phase.STOPPING and not state.busy
        ),
        separate=True,
    ),
    ActionSpec(
        "report",
        "Why is it not s&maller or faster?",
        "Measure sizes and times of the dense and the pruned model, one table",
        ("Ctrl+Shift+R",),
        "&Run",
        enabled=lambda state: state.result and state.phase is Phase.IDLE,
        separate=True,
    ),
    ActionSpec(
        "prune_copy",
        "Prune a copy &without training…",
        "Set the smallest weights to zero in a copy of the file: no data, no Keras",
        ("Ctrl+Shift+P",),
        "&Run",
        enabled=lambda state: (
            state.prunable and not state.is_running and not state.busy
        ),
    ),
    ActionSpec(
        "fit",
        "&Fit the heatmap",
        "Bring the whole weight into view",
        ("Ctrl+0",),
        "&View",
        enabled=lambda state: state.model_open,
    ),
    ActionSpec(
        "dismiss", "&Dismiss the message", "Hide the message", ("Esc",), "&View"
    ),
    ActionSpec(
        "reset_layout",
        "Reset the &layout",
        "Put all panels back where they were at first",
        (),
        "&View",
    ),
    ActionSpec("keys", "&Keys", "List the keys", ("F1",), "&Help"),
    ActionSpec("about", "&About pruneview", "Versions, for bug reports", (), "&Help"),
)

#: Keys that work inside the heatmap.
HEATMAP_KEYS = (
    ("Arrows", "Move the heatmap"),
    ("+  −", "Zoom in, zoom out"),
    ("0", "Fit the whole weight"),
    ("Wheel, drag", "Zoom, move"),
    ("Shift and drag", "Mark weights for their statistics"),
)


def keys_table(specs: Iterable[ActionSpec]) -> list[tuple[str, str]]:
    """Return (keys, what they do) for every action that has any."""
    rows = [
        (" or ".join(spec.keys), spec.title.replace("&", "").rstrip("…"))
        for spec in specs
        if spec.keys
    ]
    return [*rows, *HEATMAP_KEYS]
