"""A new run goes on from the step on show, with the plan in the editor."""

from pruneview.gui.features.branching.feature import Branching

__all__ = ["Branching"]
