"""``pruneview resume``: a recorded run goes on from its last checkpoint.

The result equals, to the bit, that of a run that was never interrupted where both ran
with ``TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_DETERMINISTIC_OPS=1``: on
more threads TensorFlow adds up in an order that changes from run to run.
"""

from argparse import Namespace

from pruneview.cli.complaints import complain
from pruneview.cli.pruning.destination import output_problem, same_file
from pruneview.cli.pruning.prune import run_with_events
from pruneview.cli.pruning.requests import ResumeRequest
from pruneview.runs import Recording, RecordingError
from pruneview.trace import Trace


def resume(options: Namespace, trace: Trace) -> int:
    """``pruneview resume RUN --output OUT``."""
    try:
        with Recording(options.recording) as recording:
            model = options.model or recording.header.model
    except RecordingError as error:
        return complain(str(error))
    inputs = [options.recording, model]
    problem = output_problem(options.output, inputs, overwrite=options.overwrite)
    if problem is not None:
        return complain(f"--output: {problem}")
    if options.events is not None and any(
        same_file(options.events, path) for path in (options.output, *inputs)
    ):
        return complain("--events names a file that is used for something else.")
    request = ResumeRequest(
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
    return run_with_events(request, options.events, trace)
