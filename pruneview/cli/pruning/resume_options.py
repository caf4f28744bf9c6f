"""The options of ``pruneview resume``, and the plan of a branch that they make up."""

import argparse
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from pruneview.cli.plan_options import add_plan_fields, given_fields, option_name
from pruneview.pruning.planning.plan import PruningPlan

RESUME = """\
Go on with a recorded run that was killed, failed or was stopped, from its
last checkpoint, and record the rest in the same file. On one thread and
with deterministic operations the result is, bit for bit, that of a run that
was never interrupted; set these for both, prune and resume:
  TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_DETERMINISTIC_OPS=1
Without them sums are rounded in another order each time, so weights, and
sometimes a mask at its threshold, differ in their last digits.

With --from-step a new run branches off from any step of a recorded one, under
another plan; the recorded one stays as it is."""


def add_resume_options(parser: ArgumentParser) -> None:
    """Add what says which run goes on, and how."""
    parser.add_argument(
        "recording", metavar="RUN", type=Path, help="a recording, from prune --record"
    )
    parser.add_argument(
        "--model", metavar="FILE", type=Path, help="where the model is now, if it moved"
    )
    parser.add_argument(
        "--data", metavar="DATA", help="where the data are now, if they moved"
    )
    parser.add_argument(
        "--only-checkpoint",
        action="store_true",
        help="train no more: save the last checkpoint as it is, for a run that fails"
        " again and again; RUN is not changed",
    )


def add_branch_options(parser: ArgumentParser) -> None:
    """Add the step to branch from, and an option for every field of the plan."""
    group = parser.add_argument_group(
        "a branch",
        "The run is taken up at a step, trained again up to there from the last state"
        " that RUN has of it, and goes on under another plan. Steps count on, so the"
        " end step and the epochs are those of the whole.",
    )
    group.add_argument(
        "--from-step",
        metavar="STEP",
        type=int,
        help="the last step that both runs have in common",
    )
    group.add_argument(
        "--record",
        metavar="NEW",
        type=Path,
        help="record the branch in NEW, with all that came before in RUN",
    )
    add_plan_fields(
        group, default=argparse.SUPPRESS, default_words="that of the recorded run"
    )


def misplaced_option(options: Namespace) -> str | None:
    """Return why options do not go together, or None."""
    if options.from_step is not None:
        if options.only_checkpoint:
            return "--only-checkpoint trains no more, and --from-step does: give one."
        return None
    given = [option_name(field) for field in given_fields(options)]
    if options.record is not None:
        given.append("--record")
    if given:
        return (
            f"{given[0]} belongs to a branch, which --from-step begins: a run that"
            " goes on keeps its plan and its recording."
        )
    return None


def plan_of_branch(options: Namespace, recorded: PruningPlan) -> PruningPlan:
    """Return the recorded plan with what the options change; it may be impossible."""
    return replace(recorded, **given_fields(options))
