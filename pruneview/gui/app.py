"""Opens the window and runs the program until it is closed."""

import signal
import sys
import traceback
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtWidgets import QApplication

from pruneview.gui.garbage import GarbageCollector
from pruneview.gui.program import Program
from pruneview.gui.settings import Settings
from pruneview.pruning.demo import demo_model
from pruneview.trace import Trace

#: Threads give way this often, in seconds, so that training does not stall frames.
_SWITCH_INTERVAL = 0.0005
_INTERRUPTED = 130


def run(
    file: Path | None,
    *,
    demo: bool,
    trace: Trace,
    custom_objects: Path | None = None,
) -> int:
    """Open the window and return the exit code once it is closed.

    Parameters
    ----------
    file
        A model to open.
    demo
        Whether to open the bundled model with its run prepared.
    custom_objects
        A Python file of the person's own that defines custom layers.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("pruneview")
    app.setDesktopFileName("pruneview")
    collector = GarbageCollector(app)
    program = Program(Settings(), trace, custom_objects)

    def report(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        details = "".join(traceback.format_exception(kind, error, where))
        sys.stderr.write(details)
        program.presenter.show_error(
            f"Something went wrong that pruneview did not expect: {error!r}", details
        )

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # A second Ctrl-C ends at once.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        program.stop_and_close()
        app.exit(_INTERRUPTED)

    sys.excepthook = report
    signal.signal(signal.SIGINT, interrupt)
    # The file is read on another thread while the window is being put up.
    if demo:
        program.open(demo_model())
    elif file is not None:
        program.open(file)
    program.window.show()
    program.window.activateWindow()
    trace.mark("window_shown")
    try:
        return int(app.exec())
    finally:
        sys.excepthook = sys.__excepthook__
        program.shut_down()
        collector.close()
