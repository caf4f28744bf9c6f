"""The options that make up a pruning plan, one for each of its fields."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, _ArgumentGroup
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.rules import (
    CRITERIA,
    ENGINES,
    OPTIMIZERS,
    SCHEDULES,
    SCOPES,
)
from pruneview.sparsity.masking.block_masks import POOLINGS


def _pair(sign: str) -> Callable[[str], tuple[int, int]]:
    def read(text: str) -> tuple[int, int]:
        first, _, second = text.partition(sign)
        try:
            return int(first), int(second)
        except ValueError:
            raise ArgumentTypeError(
                f"{text!r} is not two whole numbers with {sign} between them"
            ) from None

    return read


def layer_share(text: str) -> tuple[str, float]:
    """Read ``PATH=SHARE``; raises ArgumentTypeError."""
    path, _, share = text.rpartition("=")
    try:
        return path, float(share)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a layer's path=share") from None


@dataclass(frozen=True)
class _Option:
    kind: Callable[[str], object]
    metavar: str
    help: str
    choices: tuple[str, ...] | None = None


_OPTIONS = {
    "schedule": _Option(str, "NAME", ", ".join(SCHEDULES), SCHEDULES),
    "initial_sparsity": _Option(float, "SHARE", "share of zeros to start from"),
    "final_sparsity": _Option(float, "SHARE", "share of zeros to end with"),
    "begin_step": _Option(int, "STEP", "training step at which pruning begins"),
    "end_step": _Option(
        int, "STEP", "step at which it ends; -1 with --schedule constant: never"
    ),
    "frequency": _Option(int, "STEPS", "steps from one mask update to the next"),
    "power": _Option(float, "P", "exponent of the polynomial"),
    "epochs": _Option(int, "N", "passes over the training data"),
    "batch_size": _Option(int, "N", "samples a training step"),
    "learning_rate": _Option(float, "RATE", "learning rate of the fine-tuning"),
    "optimizer": _Option(str, "NAME", ", ".join(OPTIMIZERS), OPTIMIZERS),
    "seed": _Option(int, "N", "decides shuffling and every other chance"),
    "loss": _Option(
        str,
        "NAME",
        "a loss that Keras knows; of several outputs, which are summed, one for all "
        "or OUTPUT=NAME,OUTPUT=NAME",
    ),
    "metric": _Option(
        str,
        "NAME",
        "a metric that Keras knows; of several outputs one for all or "
        "OUTPUT=NAME,OUTPUT=NAME, the first of which is drawn",
    ),
    "block_size": _Option(
        _pair("x"), "ROWSxCOLUMNS", "blocks to remove as one, in matrices: 4x4"
    ),
    "block_pooling": _Option(
        str, "NAME", "avg or max: what stands for a block's magnitudes", POOLINGS
    ),
    "sparsity_m_by_n": _Option(
        _pair(":"),
        "M:N",
        "M zeros in every N consecutive weights, from step 1 on: 2:4",
    ),
    "scope": _Option(
        str, "NAME", ", ".join(SCOPES) + ": where one threshold holds", SCOPES
    ),
    "criterion": _Option(
        str, "NAME", ", ".join(CRITERIA) + ": what decides which go", CRITERIA
    ),
    "engine": _Option(
        str,
        "NAME",
        "native (Keras 3), tfmot (tf_keras models, through tfmot itself) or auto",
        ENGINES,
    ),
}
_REPEATED = {
    "layers": _Option(
        str,
        "PATH",
        "path of a layer to prune, as pruneview inspect lists it; may be given several"
        " times (default: every layer that can be pruned)",
    ),
    "layer_sparsity": _Option(
        layer_share,
        "PATH=SHARE",
        "a final sparsity of its own for a layer; may be given several times",
    ),
    "exclude": _Option(
        str,
        "WHICH",
        "leave out the first or last layer that can be pruned, or layers by their kind"
        " (Embedding) or path; may be given several times",
    ),
}
_UNSET = {"sparsity_m_by_n": "none"}
_FROM_THE_MODEL = "taken from the model"


def option_name(field: str) -> str:
    """Return the option that sets a field of the plan."""
    return "--layer" if field == "layers" else "--" + field.replace("_", "-")


def add_plan_options(parser: ArgumentParser) -> None:
    """Add an option for every field of `PruningPlan`, with the plan's defaults."""
    group = parser.add_argument_group("the pruning plan")
    add_plan_fields(group)
    group.add_argument(
        "--mend",
        action="store_true",
        help="where the schedule would not fire or finish within the run, change it so"
        " that it does, and say how",
    )
    group.add_argument(
        "--structured",
        action="store_true",
        help="remove whole neurons, filters and heads instead of single weights: they"
        " are masked under the same schedule, --final-sparsity of them, and the model"
        " that is saved is smaller; see pruneview shrink",
    )


def add_plan_fields(
    group: _ArgumentGroup, *, default: object = None, default_words: str = ""
) -> None:
    """Add an option for every field of the plan.

    Parameters
    ----------
    default, default_words
        What holds for each where it is not given, and how that is said; by default
        the plan's defaults.
    """
    add_fields(group, _OPTIONS, default=default, default_words=default_words)
    for field, option in _REPEATED.items():
        group.add_argument(
            option_name(field),
            dest=field,
            action="append",
            type=option.kind,
            metavar=option.metavar,
            default=default,
            help=option.help,
        )


def add_fields(
    group: _ArgumentGroup,
    names: Iterable[str],
    *,
    default: object = None,
    default_words: str = "",
) -> None:
    """Add the options of some fields of the plan that hold one value."""
    defaults = PruningPlan()
    for field in names:
        option = _OPTIONS[field]
        own = getattr(defaults, field)
        said = _UNSET.get(field, _FROM_THE_MODEL) if own is None else own
        if isinstance(own, tuple):
            said = "x".join(map(str, own))
        group.add_argument(
            option_name(field),
            type=option.kind,
            metavar=option.metavar,
            choices=option.choices,
            default=default if default_words else own,
            help=f"{option.help} (default: {default_words or said})",
        )


def given_fields(options: Namespace) -> dict[str, Any]:
    """Return the fields of the plan that the options hold."""
    values = {name: getattr(options, name) for name in _OPTIONS if name in options}
    for field in _REPEATED:
        given = getattr(options, field, None)
        if given is not None:
            values[field] = tuple(given)
    return values


def plan_from(options: Namespace) -> PruningPlan:
    """Return the plan that the options describe.

    Raises
    ------
    PlanError
        Where the plan is impossible; its problems are by field.
    """
    plan = PruningPlan(**given_fields(options))
    plan.check()
    return plan
