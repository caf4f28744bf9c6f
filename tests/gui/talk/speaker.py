"""Does in the window what a person does, and waits for what a person waits for."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from pruneview.gui.main_window import MainWindow

Kind = TypeVar("Kind", bound=QWidget)
_LOOK_MS = 20
#: Figures are written and curves are drawn this often at most.
_STILL_SECONDS = 0.7


@dataclass(frozen=True)
class Until:
    """What is waited for.

    Attributes
    ----------
    what
        Words for who reads why a talk got stuck.
    """

    condition: Callable[[], object]
    what: str
    seconds: float = 40.0


Story = Generator[Until, None, None]


class Speaker(QObject):
    """Tells a story: a generator that acts and yields what it waits for.

    Keys and clicks are done later, from the event loop: a dialog that they open may
    have a loop of its own, in which the story goes on.

    Attributes
    ----------
    ended
        Whether the story was told to its end.
    """

    def __init__(
        self, tell: Callable[["Speaker"], Story], pictures: Path | None
    ) -> None:
        super().__init__()
        self.ended = False
        self._pictures = pictures
        self._taken = 0
        self._story = tell(self)
        self._waits = Until(lambda: True, "the beginning")
        self._since = time.monotonic()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        try:
            if not self._waits.condition():
                if time.monotonic() - self._since > self._waits.seconds:
                    raise TimeoutError(f"It never happens: {self._waits.what}")
                return
            self._waits = next(self._story)
            self._since = time.monotonic()
        except StopIteration:
            self.ended = True
            self._timer.stop()
        except BaseException:  # noqa: BLE001 - nobody else would hear of it
            traceback.print_exc()
            if self._pictures is not None:
                self._take("stuck")
            sys.stderr.flush()
            # A run may go on, or a dialog be open that waits for an answer.
            os._exit(1)

    # What is seen

    @property
    def window(self) -> MainWindow:
        window = self.find(MainWindow)
        assert window is not None
        return window

    def find(self, kind: type[Kind]) -> Kind | None:
        """Return what is on the screen of that kind; None: nothing."""
        windows = [w for w in QApplication.topLevelWidgets() if is_seen(w)]
        found = [w for w in windows if isinstance(w, kind)]
        for window in windows:
            found += window.findChildren(kind)
        return next((w for w in found if is_seen(w)), None)

    def appears(self, kind: type[QWidget], seconds: float = 40.0) -> Until:
        """Wait for a window that one can type into."""

        def there() -> bool:
            found = self.find(kind)
            if found is None:
                return False
            return found.window() is QApplication.activeWindow()

        return Until(there, f"a {kind.__name__} appears", seconds)

    def screen(self) -> QImage:
        """Return what is on the whole screen."""
        return QGuiApplication.primaryScreen().grabWindow(0).toImage()

    def picture(self, name: str, *, still: bool = True) -> Story:
        """Take a picture, once nothing moves unless something is to move."""
        self.assert_no_error()
        if self._pictures is None:
            return
        if still:
            seen, since = QImage(), time.monotonic()

            def rests() -> bool:
                nonlocal seen, since
                now = self.screen()
                if now != seen:
                    seen, since = now, time.monotonic()
                return time.monotonic() - since > _STILL_SECONDS

            yield Until(rests, f"the screen comes to rest for {name}")
        self._take(name)

    def _take(self, name: str) -> None:
        assert self._pictures is not None
        self._taken += 1
        self._pictures.mkdir(parents=True, exist_ok=True)
        path = self._pictures / f"{self._taken:02}_{name}.png"
        assert self.screen().save(str(path)), path

    def assert_no_error(self) -> None:
        """The window must not complain of anything."""
        banner = self.window.banner
        assert banner.isHidden() or banner.property("rank") == "info", banner.text

    # What is done

    def press(self, keys: str) -> None:
        """Press keys, as ``Ctrl+O``."""
        sequence = QKeySequence(keys)
        self._later(lambda: QTest.keySequence(_typed_into(), sequence))

    def write(self, text: str) -> None:
        """Type letters."""
        self._later(lambda: QTest.keyClicks(_typed_into(), text))

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click with the mouse on a place of a widget, else on its middle."""
        assert is_seen(widget), f"nobody can click on {widget}"
        assert widget.isEnabled(), f"{widget} cannot be clicked now"
        window, place = _place(widget, at)
        left = Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        self._later(lambda: QTest.mouseClick(window, left, none, place))

    def drag(self, widget: QWidget, start: QPoint, *ways: QPoint) -> None:
        """Press the mouse on a widget, move along, and let go at the last place."""
        left = Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        window, place = _place(widget, start)
        self._later(lambda: QTest.mousePress(window, left, none, place))
        for way in ways:
            _, place = _place(widget, way)
            self._later(lambda place=place: QTest.mouseMove(window, place))
        self._later(lambda: QTest.mouseRelease(window, left, none, place))

    def menu(self, title: str, entry: str) -> Story:
        """Open a menu with the mouse, and choose from it."""
        bar = self.window.menuBar()
        heading = _named(title, bar)
        assert heading is not None
        menu = self.window.menus.menu(heading.text())
        yield Until(lambda: _named(entry, menu), f"{title} has the entry {entry}")
        chosen = _named(entry, menu)
        assert chosen is not None
        self.click(bar, bar.actionGeometry(heading).center())
        yield Until(lambda: is_seen(menu), f"the menu {title} opens")
        yield from self.picture(f"menu_{title.lower()}")
        self.click(menu, menu.actionGeometry(chosen).center())
        yield Until(lambda: not menu.isVisible(), "the menu is gone")

    def return_to_window(self, closed: type[QWidget]) -> Story:
        """Wait for a dialog to be gone and the window to have the keys.

        No window manager is there to give them back to it.
        """
        yield Until(lambda: self.find(closed) is None, f"no {closed.__name__} is there")
        self.window.activateWindow()
        yield Until(self.window.isActiveWindow, "the window has the keys")

    def bring(self, title: str, panel: QWidget) -> Story:
        """Bring a panel to the front by its tab, unless it is there."""
        if is_seen(panel):
            return
        bar, tab = next(
            (bar, tab)
            for bar in self.window.findChildren(QTabBar)
            if is_seen(bar)
            for tab in range(bar.count())
            if bar.tabText(tab) == title
        )
        self.click(bar, bar.tabRect(tab).center())
        yield Until(lambda: is_seen(panel), f"{title} is in front")

    def _later(self, act: Callable[[], object]) -> None:
        QTimer.singleShot(0, self, act)


def is_seen(widget: QWidget) -> bool:
    """Whether any of it is on the screen."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def _named(title: str, bar: QWidget) -> QAction | None:
    """Return the entry of a menu or menu bar that has this title."""
    return next((a for a in bar.actions() if a.text().replace("&", "") == title), None)


def _typed_into() -> QWidget:
    """Return where a real keyboard's keys go."""
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None, "nothing on the screen has the keyboard"
    return target


def _place(widget: QWidget, at: QPoint | None) -> tuple[QWindow, QPoint]:
    """Return the window of a widget, and where in it a place of the widget is."""
    window = widget.window()
    point = widget.rect().center() if at is None else at
    return window.windowHandle(), widget.mapTo(window, point)
