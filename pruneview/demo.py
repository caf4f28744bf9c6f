"""The bundled demo: which model, which data, and the run that is prepared on them."""

from pathlib import Path

from pruneview.pruning.plan import PruningPlan
from pruneview.resources import resource

DEMO_DATA = "demo"
"""The bundled digits, as `pruneview.pruning.data` names them."""


def demo_model() -> Path:
    """Return the path of the bundled network."""
    return resource("demo", "digits_cnn.keras")


def demo_plan() -> PruningPlan:
    """Return a run to 80 % that ends with some steps at full sparsity.

    The 1,167 training images make 37 steps an epoch, 1,110 in all.
    """
    return PruningPlan(
        final_sparsity=0.8, end_step=1000, frequency=50, epochs=30, batch_size=32
    )
