"""What can be done with a threshold from the menu and by keys."""

from pruneview.gui.actions import ActionSpec

ACTIONS = (
    ActionSpec(
        "apply_threshold",
        "Apply the &threshold in memory",
        "Make zero what the threshold that is tried would take; undo takes it back",
        ("Ctrl+Return",),
        "&Edit",
        separate=True,
    ),
)
