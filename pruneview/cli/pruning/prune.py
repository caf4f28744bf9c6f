"""``pruneview prune``, and the demo without a window: a run in the terminal."""

from argparse import Namespace
from pathlib import Path

from pruneview.cli.complaints import complain, in_words
from pruneview.cli.exit_codes import BAD_INPUT
from pruneview.cli.plan_options import option_name, plan_from
from pruneview.cli.pruning.problems import request_problem
from pruneview.cli.pruning.requests import RunRequest
from pruneview.cli.pruning.task import Request
from pruneview.cli.pruning.terminal_run import run_in_terminal
from pruneview.json_lines import JsonLines
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.subject.trust import Trust
from pruneview.trace import Trace


def prune(options: Namespace, trace: Trace) -> int:
    """``pruneview prune FILE [--data DATA | --fidelity] --output OUT``."""
    if options.fidelity:
        from pruneview.cli.pruning.one_shot import prune_without_data  # noqa: PLC0415

        return prune_without_data(options, trace)
    try:
        plan = plan_from(options)
        if options.structured:
            from pruneview.cli.shrinking.options import with_units  # noqa: PLC0415

            plan = with_units(plan)
    except PlanError as error:
        for field, sentence in error.problems.items():
            complain(f"{option_name(field)}: {sentence}")
        return BAD_INPUT
    if options.data is None and options.structured:
        return complain(
            "--structured removes units while training, which needs --data; pruneview"
            " shrink removes them without."
        )
    if options.data is None:
        from pruneview.cli.pruning.copy_pruned import copy_pruned  # noqa: PLC0415

        return copy_pruned(options, plan)
    return _run(
        RunRequest(
            options.file,
            options.data,
            plan,
            options.output,
            options.overwrite,
            options.save_stopped,
            options.record,
            Trust(options.allow_code, options.custom_objects),
            options.report,
            options.mend,
        ),
        options.events,
        trace,
    )


def demo_in_terminal(options: Namespace, trace: Trace) -> int:
    """``pruneview demo`` without a window: the same model, data and plan."""
    return _run(
        RunRequest(
            demo_model(),
            str(DEMO_DATA),
            DEMO_PLAN,
            options.output,
            options.overwrite,
            options.save_stopped,
            options.record,
            report=options.report,
        ),
        options.events,
        trace,
    )


def _run(request: RunRequest, events: Path | None, trace: Trace) -> int:
    problem = request_problem(request, events)
    if problem is not None:
        return complain(problem)
    return run_with_events(request, events, trace)


def run_with_events(request: Request, events: Path | None, trace: Trace) -> int:
    """Carry out a request in the terminal, its events written as JSON lines."""
    if events is None:
        return run_in_terminal(request, None, trace)
    try:
        lines = JsonLines(events, "event")
    except (OSError, ValueError) as error:
        return complain(f"--events: {in_words(error)}")
    with lines:
        return run_in_terminal(request, lines, trace)
