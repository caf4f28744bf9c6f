"""``pruneview report``: why a pruned model is not smaller or faster."""

import json
import sys
from argparse import Namespace

from pruneview.cli.complaints import complain
from pruneview.cli.consoles import consoles
from pruneview.cli.exit_codes import DONE, STOPPED
from pruneview.cli.reporting.background import Emit, IsCancelled, in_background
from pruneview.cli.reporting.report_table import print_report
from pruneview.formats import FormatError
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.report.measure import measure_report
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport
from pruneview.pruning.report.subject import subject_of_file
from pruneview.trace import Trace

_COUNTS = {
    "batch_size": (1, 4096),
    "threads": (1, 256),
    "rounds": (2, 10_000),
}


def report(options: Namespace, trace: Trace) -> int:
    """Carry out the command and return its exit code."""
    for name, (low, high) in _COUNTS.items():
        value = getattr(options, name)
        if not low <= value <= high:
            option = name.replace("_", "-")
            return complain(f"--{option} is {value}; it must be from {low} to {high}.")
    wanted = ReportOptions(
        batch=options.batch_size,
        threads=options.threads,
        rounds=options.rounds,
        sizes_only=options.sizes_only,
    )

    def measure(emit: Emit, cancelled: IsCancelled) -> CostReport:
        dense = subject_of_file(options.file)
        pruned = None if options.pruned is None else subject_of_file(options.pruned)
        return measure_report(dense, pruned, wanted, emit=emit, cancelled=cancelled)

    streams = consoles()
    try:
        measured = in_background(measure, streams)
    except FormatError as error:
        return complain(str(error))
    except Cancelled:
        return STOPPED
    trace.mark("report_measured")
    if options.json:
        text = json.dumps(measured.to_json(), indent=2, allow_nan=False)
        sys.stdout.write(text + "\n")
    else:
        print_report(measured, streams.out)
    return DONE
