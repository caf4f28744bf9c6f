"""``pruneview shrink``: whole units removed, the model smaller and faster."""

from argparse import Namespace
from pathlib import Path

from pruneview.cli.complaints import complain
from pruneview.cli.exit_codes import BAD_INPUT
from pruneview.cli.pruning.destination import output_problem, same_file
from pruneview.cli.pruning.prune import input_problem, record_problem, run_with_events
from pruneview.cli.shrinking.options import (
    option_name,
    shrink_options_from,
    shrink_plan_from,
    training_from,
)
from pruneview.cli.shrinking.request import ShrinkRequest
from pruneview.pruning.data import DataError, DataSpec
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
    problem = _problem(request, options.events)
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


def _problem(request: ShrinkRequest, events: Path | None) -> str | None:
    """Return what can be found wrong before TensorFlow is imported."""
    inputs = [request.model]
    if request.data is not None:
        try:
            spec = DataSpec.parse(request.data, allow_code=request.trust.code)
        except DataError as error:
            return f"--data: {error}"
        if spec.is_path:
            inputs.append(Path(spec.name))
    if request.output is not None:
        problem = output_problem(request.output, inputs, overwrite=request.overwrite)
        if problem is not None:
            return f"--output: {problem}"
        if events is not None and same_file(events, request.output):
            return "--events and --output name the same file."
    if request.record is not None:
        problem = record_problem(
            request.record,
            [request.output, events, *inputs],
            overwrite=request.overwrite,
        )
        if problem is not None:
            return f"--record: {problem}"
    return input_problem(request.model, request.trust)
