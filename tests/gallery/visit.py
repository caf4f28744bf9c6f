"""Goes through every state of one window; a process of its own, see `__main__`."""

import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from pruneview.gui.garbage import GarbageCollector
from pruneview.gui.program import Program
from pruneview.gui.settings import Settings
from pruneview.trace import Trace
from tests.gallery.states import MOVING, STATES
from tests.gallery.visitor import UnreachableError, Visitor


def main(folder: Path, home: Path, theme: str, text_percent: int) -> int:
    app = QApplication([])
    app.setCursorFlashTime(0)  # a picture is taken once nothing moves
    collector = GarbageCollector(app)
    settings = Settings(QSettings(str(home / "s.ini"), QSettings.Format.IniFormat))
    settings.theme, settings.text_percent = theme, text_percent
    program = Program(settings, Trace(None))
    program.window.show()
    program.window.setGeometry(program.window.screen().geometry())
    visitor = Visitor(program, folder, home)
    reached = True
    try:
        for state in STATES:
            visitor.visit(state, moving=state in MOVING)
    except (UnreachableError, AssertionError) as error:
        print(f"  {state.__name__}: {error!r}", file=sys.stderr)
        visitor.take(f"FAILED-{state.__name__}")
        reached = False
    program.worker.stop()
    program.window.may_close = lambda: True
    program.window.close()
    program.shut_down()
    collector.close()
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
