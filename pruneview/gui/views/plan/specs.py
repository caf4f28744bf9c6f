"""The fields of a pruning plan that are one value each: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.planning.rules import (
    CRITERIA,
    ENGINES,
    OPTIMIZERS,
    SCHEDULES,
    SCOPES,
)
from pruneview.sparsity.masking.block_masks import POOLINGS

#: Titles of the sections, in their order.
SCHEDULE, PRUNED, TRAINING = SECTIONS = ("Schedule", "What is pruned", "Training")


@dataclass(frozen=True)
class Kind:
    """How a value is written and read; `read` raises ValueError for what is none."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _pair(sign: str, none: tuple[int, int] | None) -> Kind:
    """Return two whole numbers with a sign between; nothing stands for `none`."""

    def read(text: str) -> tuple[int, int] | None:
        if not text:
            return none
        first, _, second = text.replace("×", "x").lower().partition(sign)
        return int(first), int(second)

    def write(value: Any) -> str:
        known = isinstance(value, tuple) and len(value) == 2
        return f"{value[0]}{sign}{value[1]}" if known and value != none else ""

    return Kind(read, write)


WHOLE = Kind(int)
SHARE = Kind(float, lambda value: f"{value:g}")
TEXT = Kind(lambda text: text or None, lambda value: value or "")


@dataclass(frozen=True)
class FieldSpec:
    """One field: the plan's name for it, words for people, and what it holds."""

    name: str
    section: str
    label: str
    tip: str
    kind: Kind = TEXT
    choices: tuple[str, ...] = ()
    empty: str = ""


FIELDS = (
    FieldSpec(
        "schedule",
        SCHEDULE,
        "Schedule",
        "polynomial: PolynomialDecay, rises along a curve; constant: ConstantSparsity, "
        "held from the begin step on; one-shot: all at once; iterative: rounds, each "
        "from the baseline's weights (lottery ticket)",
        choices=SCHEDULES,
    ),
    FieldSpec(
        "power",
        SCHEDULE,
        "Power",
        "Exponent: 1 rises evenly, 3 fast first, then gently",
        SHARE,
    ),
    FieldSpec(
        "initial_sparsity",
        SCHEDULE,
        "Initial sparsity",
        "Share of zeros to begin with",
        SHARE,
    ),
    FieldSpec(
        "final_sparsity",
        SCHEDULE,
        "Final sparsity",
        "Share of zeros to reach, 0.8 = 80 %",
        SHARE,
    ),
    FieldSpec(
        "begin_step",
        SCHEDULE,
        "Begin step",
        "Training step of the first pruning",
        WHOLE,
    ),
    FieldSpec(
        "end_step",
        SCHEDULE,
        "End step",
        "Step at which the final sparsity is due; -1 with constant: to the end",
        WHOLE,
    ),
    FieldSpec(
        "frequency", SCHEDULE, "Frequency", "Steps between two mask updates", WHOLE
    ),
    FieldSpec(
        "criterion",
        PRUNED,
        "Criterion",
        "What goes first: small magnitudes; taylor: small magnitude times gradient; "
        "movement: what training moves towards zero; random: the control",
        choices=CRITERIA,
    ),
    FieldSpec(
        "scope",
        PRUNED,
        "Scope",
        "layer: every layer reaches the sparsity; global: one threshold over all; "
        "global-normalized: over magnitudes divided by their layer's",
        choices=SCOPES,
    ),
    FieldSpec(
        "block_size",
        PRUNED,
        "Blocks",
        "Rows x columns that are removed as one, in matrices: 4x4; empty: single "
        "weights",
        _pair("x", (1, 1)),
        empty="single weights",
    ),
    FieldSpec(
        "block_pooling",
        PRUNED,
        "Block pooling",
        "What stands for a block: the average or the greatest of its magnitudes",
        choices=POOLINGS,
    ),
    FieldSpec(
        "sparsity_m_by_n",
        PRUNED,
        "M:N",
        "M zeros in every N consecutive weights, from step 1 on: 2:4; the schedule is "
        "not used then; empty: no such pattern",
        _pair(":", None),
        empty="no pattern",
    ),
    FieldSpec(
        "engine",
        PRUNED,
        "Engine",
        "native: Keras 3; tfmot: tf_keras and tfmot itself; auto: whichever can",
        choices=ENGINES,
    ),
    FieldSpec("epochs", TRAINING, "Epochs", "Passes over the training data", WHOLE),
    FieldSpec(
        "batch_size", TRAINING, "Batch size", "Samples in a training step", WHOLE
    ),
    FieldSpec(
        "optimizer", TRAINING, "Optimizer", "For fine-tuning", choices=OPTIMIZERS
    ),
    FieldSpec("learning_rate", TRAINING, "Learning rate", "Of the optimizer", SHARE),
    FieldSpec(
        "loss",
        TRAINING,
        "Loss",
        "A Keras loss; empty: from the model. For several outputs one for all, or "
        "OUTPUT=LOSS with commas between",
    ),
    FieldSpec(
        "metric",
        TRAINING,
        "Metric",
        "A Keras metric; empty: from the model. For several outputs one for all, or "
        "OUTPUT=METRIC with commas between: charts show the first",
    ),
    FieldSpec(
        "seed", TRAINING, "Seed", "Same seed, same order of the data, same masks", WHOLE
    ),
)
