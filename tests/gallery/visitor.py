"""Drives the window by actions, keys and the pointer, and takes pictures of it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from pruneview.gui.program import Program
from pruneview.pruning.events import Event

_WAIT_SECONDS = 300.0
_LOOK_AGAIN_SECONDS = 0.25
_STILL_SECONDS = 4.0


class UnreachableError(RuntimeError):
    """What a state needs never happens."""


class Visitor:
    """One visit of the window.

    Attributes
    ----------
    home
        A folder for files that states need.
    heard
        The latest event of each kind that a worker has told.
    """

    def __init__(self, program: Program, folder: Path, home: Path) -> None:
        self.program, self.window = program, program.window
        self.home = home
        self.heard: dict[type[Event], Event] = {}
        self._folder = folder
        self._number = 0
        self._dragged: tuple[QWidget, QPoint] = (self.window, QPoint())
        tell = program.run.on_event

        def hear(event: Event) -> None:
            self.heard[type(event)] = event
            tell(event)

        program.run.on_event = hear

    def visit(self, state: Callable[["Visitor"], None], *, moving: bool) -> None:
        """Go there, take its picture, and put away what lies over the window.

        `moving` says that the picture never comes to rest.
        """
        state(self)
        self.take(state.__name__, at_once=moving)
        self.close_boxes()

    def take(self, name: str, *, at_once: bool = False) -> None:
        """Write a picture of the whole screen, once nothing moves any more."""
        until = time.monotonic() + (0.0 if at_once else _STILL_SECONDS)
        before, now = QImage(), self._grab()
        while before != now and time.monotonic() < until:
            self.let_pass(_LOOK_AGAIN_SECONDS)
            before, now = now, self._grab()
        self._number += 1
        now.save(str(self._folder / f"{self._number:02}-{name}.png"))

    def _grab(self) -> QImage:
        return self.window.screen().grabWindow(0).toImage()

    def let_pass(self, seconds: float) -> None:
        """Let the window live for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def until(self, condition: Callable[[], object]) -> None:
        """Let the window live until something holds."""
        until = time.monotonic() + _WAIT_SECONDS
        while not condition():
            if time.monotonic() > until:
                raise UnreachableError(f"waited {_WAIT_SECONDS:.0f} s in vain")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def act(self, name: str) -> None:
        """Do what a menu's entry does; it must be enabled."""
        action = self.window.action(name)
        self.until(action.isEnabled)
        action.trigger()

    def open(self, path: Path) -> None:
        """Open a model, and wait for its picture and its numbers."""
        program, document = self.program, self.program.document
        program.open(path, discard=True)
        self.until(lambda: document.model is not None and document.model.path == path)
        self.until(lambda: not document.opening and self.is_drawn)
        self.until(lambda: not program.pool.is_busy("statistics"))

    def select(self, path: str) -> None:
        """Show a weight."""
        model = self.program.document.model
        assert model is not None
        self.program.document.select(model.weight(path))
        self.until(lambda: self.is_drawn)

    @property
    def is_drawn(self) -> bool:
        picture, pool = self.window.heatmap.plot.picture, self.program.pool
        busy = any(pool.is_busy(name) for name in ("weight", "picture"))
        return picture is not None and not picture.coarse and not busy

    def dock(self, name: str) -> QDockWidget:
        """Bring a panel to the front."""
        dock = self.window.findChild(QDockWidget, name)
        assert isinstance(dock, QDockWidget), name
        dock.show()
        dock.raise_()
        return dock

    def point_at(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Move the pointer of the screen."""
        QTest.mouseMove(widget, widget.rect().center() if place is None else place)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Drag with the left button, which stays down."""
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, pos=start)
        for tenth in range(1, 11):
            at = start + (end - start) * tenth / 10
            _move_pressed(widget, at)
            self.let_pass(0.03)
        self._dragged = widget, end

    def let_go(self) -> None:
        """End the drag where it has come to."""
        widget, place = self._dragged
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=place)

    def close_boxes(self) -> None:
        """Close menus, dialogs and what else lies over the window."""
        for over in QApplication.topLevelWidgets():
            if over is not self.window and over.isVisible():
                over.close()
        self.point_at(self.window, QPoint(1, self.window.height() - 2))
        self.window.activateWindow()
        self.let_pass(0.05)


def _move_pressed(widget: QWidget, at: QPoint) -> None:
    """Tell a widget of a pointer that moves with its left button down."""
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def models_folder() -> Path:
    """Return the folder of real models, as the tests find it."""
    named = os.environ.get("PRUNEVIEW_MODELS")
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "models"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        raise UnreachableError("no folder of real models: set PRUNEVIEW_MODELS to one")
    return folder
