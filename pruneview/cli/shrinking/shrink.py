"""``pruneview shrink``: whole units removed, the model smaller and faster."""

from argparse import Namespace

from pruneview.cli.complaints import complain
from pruneview.cli.exit_codes import BAD_INPUT
from pruneview.cli.pruning.problems import request_problem
from pruneview.cli.pruning.prune import run_with_events
from pruneview.cli.shrinking.options import (
    option_name,
    shrink_options_from,
    shrink_plan_from,
    training_from,
)
from pruneview.cli.shrinking.request import ShrinkRequest
from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.structured.shrinking.checking import check_wish
from pruneview.pruning.subject.trust import Trust
from pruneview.trace import Trace


def shrink(options: Namespace, trace: Trace) -> int:
    """``pruneview shrink FILE [--data DATA] --ratio R --output OUT``."""
    try:
        request = _request(options)
    except PlanError as error:
        for field, sentence in error.problems.items():
            complain(f"{option_name(field)}: {sentence}")
        return BAD_INPUT
    problem = request_problem(request, options.events)
    if problem is not None:
        return complain(problem)
    return run_with_events(request, options.events, trace)


def _request(options: Namespace) -> ShrinkRequest:
    request = ShrinkRequest(
        options.file,
        options.data,
        shrink_plan_from(options),
        shrink_options_from(options),
        training_from(options),
        options.output,
        options.overwrite,
        options.save_stopped,
        options.record,
        Trust(options.allow_code, options.custom_objects),
        options.report,
    )
    check_wish(
        request.shrink_plan,
        request.options,
        data=request.data is not None,
        training=request.training,
        recorded=request.record is not None,
    )
    return request
