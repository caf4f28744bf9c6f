"""The options of ``pruneview shrink``, and the plans that they make up."""

import dataclasses
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from pruneview.cli.plan_options import add_fields, layer_share, plan_from
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.structured.criteria import CRITERIA
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions

#: Fields of `PruningPlan` that count in the fine-tuning.
TRAINING = (
    "schedule",
    "begin_step",
    "end_step",
    "frequency",
    "power",
    "epochs",
    "batch_size",
    "learning_rate",
    "optimizer",
    "seed",
    "loss",
    "metric",
)
_OWN_NAMES = {"layers": "layer", "ratios": "layer-ratio", "method": "gradual"}


def option_name(field: str) -> str:
    """Return the option that sets a field of the plan or of the options."""
    return "--" + _OWN_NAMES.get(field, field).replace("_", "-")


def add_shrink_options(parser: ArgumentParser) -> None:
    """Add what is asked for, and how the small model is trained."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a Keras model")
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="what to fine-tune and test on, in one of the forms below; without it"
        " units are removed at once, and nothing is trained",
    )
    defaults = ShrinkPlan()
    group = parser.add_argument_group("what is removed")
    group.add_argument(
        "--ratio",
        type=float,
        metavar="SHARE",
        default=defaults.ratio,
        help="share of the units to remove: neurons, filters, heads (default:"
        f" {defaults.ratio})",
    )
    group.add_argument(
        "--criterion",
        choices=CRITERIA,
        metavar="NAME",
        default=defaults.criterion,
        help=f"{', '.join(CRITERIA)}: what decides which go; taylor needs --data"
        f" (default: {defaults.criterion})",
    )
    group.add_argument(
        "--scope",
        choices=("layer", "global"),
        metavar="NAME",
        default=defaults.scope,
        help="layer: the share goes from every group of units; global: where they"
        f" matter least in the whole model (default: {defaults.scope})",
    )
    group.add_argument(
        "--round-to",
        type=int,
        metavar="N",
        default=defaults.round_to,
        help="keep a multiple of N units in each group, 8 or 16 for what hardware likes"
        f" (default: {defaults.round_to})",
    )
    group.add_argument(
        "--floor",
        type=int,
        metavar="N",
        default=defaults.floor,
        help=f"units that each group keeps at least (default: {defaults.floor})",
    )
    group.add_argument(
        "--layer",
        dest="layers",
        action="append",
        metavar="PATH",
        help="a layer to remove units from, as pruneview inspect lists it; may be given"
        " several times (default: every layer that allows it)",
    )
    group.add_argument(
        "--layer-ratio",
        dest="ratios",
        action="append",
        type=layer_share,
        metavar="PATH=SHARE",
        help="a ratio of its own for a layer; may be given several times",
    )
    group.add_argument(
        "--exclude",
        action="append",
        metavar="PATH",
        help="a layer that keeps all its units; may be given several times",
    )
    how = parser.add_argument_group("how").add_mutually_exclusive_group()
    how.add_argument(
        "--one-shot",
        action="store_true",
        help="remove all at once, then fine-tune the small model (the default)",
    )
    how.add_argument(
        "--gradual",
        action="store_true",
        help="mask units under a schedule while fine-tuning, then remove them",
    )
    how.add_argument(
        "--rounds",
        type=int,
        metavar="N",
        help="remove and fine-tune N times, to the same share in the end",
    )
    parser.add_argument(
        "--compare-unstructured",
        action="store_true",
        help="also prune the model in single weights, to as many parameters, on the"
        " same data and by as many steps, and show both",
    )
    parser.add_argument(
        "--timing-rounds",
        type=int,
        metavar="N",
        default=ShrinkOptions().timing_rounds,
        help="how often each time is measured; 0: not at all (default:"
        f" {ShrinkOptions().timing_rounds})",
    )
    add_fields(
        parser.add_argument_group(
            "the fine-tuning", "Begin, end and frequency count with --gradual only."
        ),
        TRAINING,
    )


def shrink_plan_from(options: Namespace) -> ShrinkPlan:
    """Return what is to be removed.

    Raises
    ------
    PlanError
        Its problems are by field.
    """
    given: dict[str, Any] = {
        "ratio": options.ratio,
        "criterion": options.criterion,
        "scope": options.scope,
        "round_to": options.round_to,
        "floor": options.floor,
        "seed": options.seed,
    }
    if options.layers is not None:
        given["layers"] = tuple(options.layers)
    if options.exclude is not None:
        given["exclude"] = tuple(options.exclude)
    if options.ratios is not None:
        given["ratios"] = dict(options.ratios)
    plan = ShrinkPlan(**given)
    problems = plan.validate()
    if problems:
        raise PlanError(problems)
    return plan


def with_units(plan: PruningPlan) -> PruningPlan:
    """Return the plan of ``pruneview prune`` for whole units in place of weights.

    Raises
    ------
    PlanError
        Where it asks for what units have not.
    """
    criteria = {"magnitude": "l2", "taylor": "taylor", "random": "random"}
    if plan.criterion not in criteria:
        raise PlanError(
            {
                "criterion": f"Criterion is {plan.criterion!r}; with --structured it"
                f" must be one of {', '.join(criteria)}."
            }
        )
    units = ShrinkPlan(
        ratio=plan.final_sparsity,
        criterion=criteria[plan.criterion],
        scope="layer" if plan.scope == "layer" else "global",
        ratios=dict(plan.layer_sparsity),
        layers=plan.layers,
        exclude=plan.exclude,
        seed=plan.seed,
    )
    made = dataclasses.replace(
        plan,
        scope="layer",
        criterion="magnitude",
        layer_sparsity=(),
        layers=None,
        exclude=(),
        structured=units,
    )
    made.check()
    return made


def shrink_options_from(options: Namespace) -> ShrinkOptions:
    """Return how it is to be removed; raises PlanError."""
    method = "gradual" if options.gradual else "one-shot"
    made = ShrinkOptions(
        "repeat" if options.rounds is not None else method,
        1 if options.rounds is None else options.rounds,
        options.compare_unstructured,
        options.timing_rounds,
    )
    problems = made.validate()
    if problems:
        raise PlanError(problems)
    return made


def training_from(options: Namespace) -> PruningPlan | None:
    """Return the fine-tuning; None without data, or for 0 epochs; raises PlanError."""
    if options.data is None or options.epochs == 0:
        return None
    # What it removes has options of the same names as what a plan does.
    return plan_from(Namespace(**{name: getattr(options, name) for name in TRAINING}))
