"""Python's collector, kept to the thread that owns the widgets.

A collection may begin on any thread that makes objects. One that finds a widget which
nothing refers to any more, as a closed dialog, destroys it there: Qt forbids that, and
the process ends.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

from pruneview.pruning.even_import import is_under_way

_LOOK_MS = 100
#: Seconds between two collections of everything, which hold the window up; and how many
#: times as long as the last one took.
_WHOLE_EVERY, _WHOLE_SHARE = 60.0, 100.0
_OLDEST = 2


class GarbageCollector(QObject):
    """Collects on its own thread, in place of Python's automatic collection.

    Parameters
    ----------
    parent
        Of the thread that owns the widgets.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._next_whole = time.monotonic() + _WHOLE_EVERY
        gc.disable()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the generations that Python itself would collect by now."""
        if is_under_way():
            return  # hundreds of thousands of objects are being made, and stay
        now = time.monotonic()
        due = [
            generation
            for generation, (count, limit) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if count > limit and (generation < _OLDEST or now >= self._next_whole)
        ]
        if not due:
            return
        gc.collect(due[-1])
        if due[-1] == _OLDEST:
            ended = time.monotonic()
            pause = max(_WHOLE_EVERY, _WHOLE_SHARE * (ended - now))
            self._next_whole = ended + pause

    def close(self) -> None:
        """Let Python collect as before; no other thread makes objects any more."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
