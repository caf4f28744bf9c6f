"""The command line: its commands, their options and their help."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from pruneview import __version__

COMMANDS = ("demo", "inspect", "prune", "report", "resume", "shrink")

_OVERVIEW = """\
commands:
  pruneview [FILE]              open the window, on FILE where one is given
  pruneview demo                the bundled model and data, with a run ready to start
  pruneview inspect FILE        layers, shapes, zeros and sizes, in the terminal
  pruneview prune FILE ...      prune and fine-tune without a window
  pruneview shrink FILE ...     remove whole neurons and filters: smaller and faster
  pruneview report BASELINE [PRUNED]
                                why it is not smaller or faster: sizes and times
  pruneview resume RUN ...      go on with a recorded run that was killed or stopped,
                                or from any step of one with another plan

Each command has its own --help. A file called like a command is opened as ./demo.
Exit codes: 0 done, 1 failed, 2 bad arguments or input, 130 stopped by the user.
"""


def parse(argv: Sequence[str]) -> tuple[str, Namespace]:
    """Return the command's name (``window`` where none is named) and its options.

    Raises
    ------
    SystemExit
        After ``--help`` or ``--version``, or where the options are wrong; argparse
        has printed what there is to say.
    """
    position = _command_position(argv)
    if position is None:
        return "window", _window_parser().parse_args(argv)
    name = argv[position]
    rest = [*argv[:position], *argv[position + 1 :]]
    parser = {
        "demo": _demo_parser,
        "inspect": _inspect_parser,
        "prune": _prune_parser,
        "report": _report_parser,
        "resume": _resume_parser,
        "shrink": _shrink_parser,
    }
    chosen = parser[name]()
    options = chosen.parse_args(rest)
    if name == "prune" and options.output is None and not options.fidelity:
        chosen.error(
            "the following argument is required: --output (but for --fidelity)"
        )
    return name, options


def _command_position(argv: Sequence[str]) -> int | None:
    """Return where the command's name is: the first word that is not an option's."""
    skip = False
    for position, word in enumerate(argv):
        if skip:
            skip = False
        elif word == "--trace":
            skip = True
        elif not word.startswith("-"):
            return position if word in COMMANDS else None
        elif word == "--":
            return None
    return None


def _parser(name: str, description: str, epilog: str | None = None) -> ArgumentParser:
    parser = ArgumentParser(
        prog=f"pruneview {name}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"pruneview {__version__}"
    )
    parser.add_argument(
        "--trace",
        metavar="FILE",
        type=Path,
        help="write timing marks to FILE as JSON lines (- for standard output)",
    )
    return parser


def _window_parser() -> ArgumentParser:
    parser = _parser("", "See Keras models, and watch pruning happen.", _OVERVIEW)
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="a Keras model to open"
    )
    _add_custom_objects(parser)
    return parser


def _demo_parser() -> ArgumentParser:
    parser = _parser(
        "demo",
        "Open the window on the bundled model and data, with a run ready to start.\n"
        "Where no window can open, carry out the same run in the terminal.",
    )
    parser.add_argument(
        "--terminal",
        action="store_true",
        help="run in the terminal, also where a window could open",
    )
    _add_run_options(parser, output_required=False)
    _add_record_option(parser, " (terminal only)")
    return parser


def _inspect_parser() -> ArgumentParser:
    parser = _parser(
        "inspect",
        "List a model's layers with their shapes, zeros and sizes, or tell how far a\n"
        "recorded run came. Nothing in the file is executed, and TensorFlow is not\n"
        "needed.",
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a Keras model, or a recorded run"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object, for machines: every weight by itself, and the"
        " version of its schema",
    )
    return parser


def _prune_parser() -> ArgumentParser:
    # Imported here: the plan brings numpy, and the window's start is measured.
    from pruneview.cli.data_forms import data_forms  # noqa: PLC0415
    from pruneview.cli.plan_options import add_plan_options  # noqa: PLC0415

    parser = _parser(
        "prune",
        "Prune a model while fine-tuning it, and save the result as a new file.\n"
        "Without --data nothing is trained: the smallest weights become zero in a\n"
        "copy of the file, which works for files that no Keras can load.\n"
        "Ctrl-C stops at the next step and shows what was reached; a second Ctrl-C\n"
        "ends at once.",
        data_forms(),
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a Keras model")
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="what to train and test on, in one of the forms below",
    )
    _add_consent(parser)
    _add_custom_objects(parser)
    parser.add_argument(
        "--fidelity",
        action="store_true",
        help="instead of --data: prune at once, without training, and measure on"
        " synthetic inputs how far the outputs are still the baseline's; of the plan"
        " --final-sparsity, --layer and --seed count, and --output may be left out",
    )
    _add_run_options(parser, output_required=False, note="")
    _add_record_option(parser)
    add_plan_options(parser)
    return parser


def _shrink_parser() -> ArgumentParser:
    from pruneview.cli.data_forms import data_forms  # noqa: PLC0415
    from pruneview.cli.shrinking.options import add_shrink_options  # noqa: PLC0415

    parser = _parser(
        "shrink",
        "Remove whole neurons, filters and heads, so that the model is smaller and\n"
        "faster everywhere, and fine-tune what is left. The result is an ordinary\n"
        "Keras model. Without --data nothing is trained.",
        data_forms(),
    )
    add_shrink_options(parser)
    _add_consent(parser)
    _add_custom_objects(parser)
    _add_run_options(parser, output_required=True)
    _add_record_option(parser, " (with --gradual)")
    return parser


def _add_custom_objects(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--custom-objects",
        metavar="FILE.py",
        type=Path,
        help="a Python file of your own that defines the model's custom layers; it is"
        " run when the model is built",
    )


def _report_parser() -> ArgumentParser:
    from pruneview.cli.reporting.options import add_report_options  # noqa: PLC0415

    parser = _parser(
        "report",
        "Measure a dense and a pruned model side by side, or one model alone: bytes\n"
        "raw, deflated, sparse, as Keras and TensorFlow Lite write them, and the time\n"
        "a call takes, each with what would have to change for it to get better.",
    )
    add_report_options(parser)
    return parser


def _resume_parser() -> ArgumentParser:
    from pruneview.cli.pruning.resume_options import (  # noqa: PLC0415
        RESUME,
        add_branch_options,
        add_resume_options,
    )

    parser = _parser("resume", RESUME)
    add_resume_options(parser)
    _add_consent(parser)
    _add_custom_objects(parser)
    _add_run_options(parser, output_required=True)
    add_branch_options(parser)
    return parser


def _add_consent(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="run code that is not pruneview's: what the model's file carries (Lambda"
        " layers) and the Python function that --data names; it can do all that you"
        " can, so only for what you trust",
    )


def _add_record_option(parser: ArgumentParser, note: str = "") -> None:
    parser.add_argument(
        "--record",
        metavar="RUN",
        type=Path,
        help="record the run in RUN (name it .pruneview-run): pruneview resume RUN goes"
        " on with it, also after the process was killed, and pruneview inspect RUN"
        " tells what is in it" + note,
    )


def _add_run_options(
    parser: ArgumentParser, *, output_required: bool, note: str = " (terminal only)"
) -> None:
    parser.add_argument(
        "--output",
        required=output_required,
        metavar="OUT",
        type=Path,
        help="where to save the pruned model; its ending, .keras or .h5, decides the"
        " format" + ("" if output_required else note),
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace OUT where it exists"
    )
    parser.add_argument(
        "--save-stopped",
        action="store_true",
        help="save what was reached also when the run is stopped with Ctrl-C",
    )
    parser.add_argument(
        "--report",
        action="store_true",
        help="after the run, print what pruneview report would: sizes and times of the"
        " dense and the pruned model, and what would make them better",
    )
    parser.add_argument(
        "--events",
        metavar="FILE",
        type=Path,
        help="write what happens to FILE, one JSON object a line (- for standard"
        " output; the rest then goes to standard error)",
    )
