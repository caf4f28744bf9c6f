"""The options of ``pruneview report``."""

from argparse import ArgumentParser
from pathlib import Path

from pruneview.pruning.report.options import ReportOptions


def add_report_options(parser: ArgumentParser) -> None:
    """Add what `report` reads."""
    defaults = ReportOptions()
    parser.add_argument("file", metavar="BASELINE", type=Path, help="the dense model")
    parser.add_argument(
        "pruned",
        metavar="PRUNED",
        nargs="?",
        type=Path,
        help="the pruned model; left out, the report is on the first alone",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object, for machines: sizes in bytes, times in seconds",
    )
    parser.add_argument(
        "--sizes-only",
        action="store_true",
        help="leave out what needs TensorFlow: the files it makes, times, fidelity",
    )
    parser.add_argument(
        "--batch-size",
        type=int,
        metavar="N",
        default=defaults.batch,
        help=f"samples a call when times are measured (default: {defaults.batch})",
    )
    parser.add_argument(
        "--threads",
        type=int,
        metavar="N",
        default=defaults.threads,
        help=f"threads of TensorFlow Lite (default: {defaults.threads})",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        metavar="N",
        default=defaults.rounds,
        help=f"how often each time is measured (default: {defaults.rounds})",
    )
