"""``pruneview inspect``: a model's layers, shapes, zeros and sizes; or a run."""

import sys
from argparse import Namespace

from pruneview.cli.complaints import complain
from pruneview.cli.consoles import consoles
from pruneview.cli.exit_codes import DONE, FAILED
from pruneview.cli.inspection.description import description, to_text
from pruneview.cli.inspection.measure import measure
from pruneview.cli.inspection.patience import PatientProgress
from pruneview.cli.inspection.recorded_run import inspect_recording
from pruneview.cli.inspection.table import print_inspection
from pruneview.formats import FormatError, open_model
from pruneview.runs import RecordingError, is_recording
from pruneview.trace import Trace


def inspect(options: Namespace, trace: Trace) -> int:
    """Carry out the command and return its exit code."""
    streams = consoles()
    try:
        if is_recording(options.file):
            inspect_recording(options.file, streams.out, as_json=options.json)
            return DONE
        with open_model(options.file) as model:
            trace.mark("model_listed")
            total = sum(w.nbytes for layer in model.layers for w in layer.weights)
            with PatientProgress(streams.err, "Measuring weights", total) as progress:
                layers = measure(model, progress.advance)
            trace.mark("model_measured")
            if options.json:
                sys.stdout.write(to_text(description(model, layers)))
            else:
                print_inspection(model, layers, streams.out)
    except (FormatError, RecordingError) as error:
        return complain(str(error))
    errors = [m.error for layer in layers for m in layer.weights if m.error]
    for error_of_weight in errors:
        complain(error_of_weight)
    return FAILED if errors else DONE
