"""What can be done with recordings: rows for the table of actions."""

from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import Phase

FILTER = "Recordings of runs (*.pruneview-run);;All files (*)"

ACTIONS = (
    ActionSpec(
        "open_recording",
        "Open a &recording…",
        "Open a recorded run: its curves, log and results; go on with it",
        ("Ctrl+Alt+O",),
        "&File",
        enabled=lambda state: not state.is_running,
        above="save",
    ),
    ActionSpec(
        "continue_recording",
        "&Continue the recorded run",
        "Go on with the recording on show from its last checkpoint",
        ("Shift+F5",),
        "&Run/Re&cording",
    ),
    ActionSpec(
        "record_runs",
        "R&ecord runs",
        "Keep a recording of each run, so that it can go on after a crash",
        (),
        "&Run/Re&cording",
        checkable=True,
    ),
    ActionSpec(
        "record_to",
        "Record the &next run to…",
        "Name the file in which the next run is recorded",
        (),
        "&Run/Re&cording",
        enabled=lambda state: state.model_open and state.phase is Phase.IDLE,
    ),
)
