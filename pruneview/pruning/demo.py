"""The bundled demo: one model, its data, and a run worth watching."""

from pathlib import Path

from pruneview.pruning.data import DataSpec
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.resources import resource

DEMO_DATA = DataSpec("demo")

# 37 steps an epoch: masks every 50 steps to step 1850, then 370 steps to recover.
DEMO_PLAN = PruningPlan(
    final_sparsity=0.8,
    begin_step=0,
    end_step=1850,
    frequency=50,
    power=3.0,
    epochs=60,
    batch_size=32,
    learning_rate=5e-4,
)


def demo_model() -> Path:
    """Return the path of the bundled model."""
    return resource("demo", "digits_cnn.keras")
