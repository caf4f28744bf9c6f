"""What can be done with the timeline from the menu and by keys."""

from pruneview.gui.actions import ActionSpec

ACTIONS = (
    ActionSpec(
        "play",
        "P&lay the run, or stop playing",
        "Show the run again from the step that is looked at",
        ("Ctrl+Space",),
        "&Run/Go t&hrough the run",
    ),
    ActionSpec(
        "step_back",
        "To the mask update &before",
        "Show the moment of the mask update before",
        ("Alt+Left",),
        "&Run/Go t&hrough the run",
    ),
    ActionSpec(
        "step_forward",
        "To the &next mask update",
        "Show the moment of the next mask update",
        ("Alt+Right",),
        "&Run/Go t&hrough the run",
    ),
    ActionSpec(
        "now",
        "Back to no&w",
        "Show the run as it is now",
        ("Alt+End",),
        "&Run/Go t&hrough the run",
    ),
)
