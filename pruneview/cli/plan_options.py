"""The options that make up a pruning plan, one for each of its fields."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, fields

from pruneview.pruning.plan import PruningPlan
from pruneview.pruning.plan_rules import OPTIMIZERS, SCHEDULES


@dataclass(frozen=True)
class _Option:
    kind: type
    metavar: str
    help: str
    choices: tuple[str, ...] | None = None


_OPTIONS = {
    "schedule": _Option(str, "NAME", "polynomial or constant", SCHEDULES),
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
    "loss": _Option(str, "NAME", "a loss that Keras knows"),
    "metric": _Option(str, "NAME", "a metric that Keras knows"),
}
_LAYERS_HELP = (
    "path of a layer to prune, as pruneview inspect lists it; may be given several"
    " times (default: every layer that can be pruned)"
)
_FROM_THE_MODEL = "taken from the model"


def option_name(field: str) -> str:
    """Return the option that sets a field of the plan."""
    return "--layer" if field == "layers" else "--" + field.replace("_", "-")


def add_plan_options(parser: ArgumentParser) -> None:
    """Add an option for every field of `PruningPlan`, with the plan's defaults."""
    defaults = PruningPlan()
    group = parser.add_argument_group("the pruning plan")
    for field, option in _OPTIONS.items():
        default = getattr(defaults, field)
        said = _FROM_THE_MODEL if default is None else default
        group.add_argument(
            option_name(field),
            type=option.kind,
            metavar=option.metavar,
            choices=option.choices,
            default=default,
            help=f"{option.help} (default: {said})",
        )
    group.add_argument(
        "--layer", dest="layers", action="append", metavar="PATH", help=_LAYERS_HELP
    )


def plan_from(options: Namespace) -> PruningPlan:
    """Return the plan that the options describe.

    Raises
    ------
    PlanError
        Where the plan is impossible; its problems are by field.
    """
    values = {field.name: getattr(options, field.name) for field in fields(PruningPlan)}
    if values["layers"] is not None:
        values["layers"] = tuple(values["layers"])
    plan = PruningPlan(**values)
    plan.check()
    return plan
