"""``pruneview resume``: a recorded run goes on, or another branches off from it.

The result equals, to the bit, that of a run that was never interrupted where both ran
with ``TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_DETERMINISTIC_OPS=1``: on
more threads TensorFlow adds up in an order that changes from run to run.
"""

from argparse import Namespace

from pruneview.cli.complaints import complain
from pruneview.cli.pruning.branch import branch_request
from pruneview.cli.pruning.destination import output_problem, same_file
from pruneview.cli.pruning.problems import record_problem
from pruneview.cli.pruning.prune import run_with_events
from pruneview.cli.pruning.requests import ResumeRequest
from pruneview.cli.pruning.resume_options import misplaced_option
from pruneview.cli.pruning.task import Request
from pruneview.runs import Recording, RecordingError
from pruneview.trace import Trace


def resume(options: Namespace, trace: Trace) -> int:
    """``pruneview resume RUN [--from-step N ...] --output OUT``."""
    problem = misplaced_option(options)
    if problem is not None:
        return complain(problem)
    try:
        with Recording(options.recording) as recording:
            model = options.model or recording.header.model
        files = [options.recording, model]
        problem = output_problem(options.output, files, overwrite=options.overwrite)
        if problem is not None:
            return complain(f"--output: {problem}")
        files.append(options.output)
        if options.record is not None:
            problem = record_problem(options.record, files, overwrite=options.overwrite)
            if problem is not None:
                return complain(f"--record: {problem}")
            files.append(options.record)
        if options.events is not None and any(
            same_file(options.events, path) for path in files
        ):
            return complain("--events names a file that is used for something else.")
        request = _request(options)
    except RecordingError as error:
        return complain(str(error))
    if isinstance(request, int):
        return request
    return run_with_events(request, options.events, trace)


def _request(options: Namespace) -> Request | int:
    """Return what is asked for; the exit code where it cannot be, and all is said."""
    if options.from_step is not None:
        return branch_request(options)
    return ResumeRequest(
        options.recording,
        options.output,
        options.overwrite,
        options.save_stopped or options.only_checkpoint,
        options.model,
        options.data,
        options.allow_code,
        options.report,
        options.custom_objects,
        options.only_checkpoint,
    )
