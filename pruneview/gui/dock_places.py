"""Where the panels stand: chosen by how many letters the window has room for."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical

#: Lines of text that fit into the window, below which nothing stands under the heatmap.
_LINES_FOR_BOTTOM = 47
#: Letters that fit beside each other, below which two panels share one place.
_LETTERS_FOR_LOG_BESIDE_CHARTS = 170
_LETTERS_FOR_PLAN_BELOW_HISTOGRAM = 120


@dataclass(frozen=True)
class Places:
    """Where the window's own panels stand.

    Attributes
    ----------
    columns
        Nothing stands below the heatmap: the plan and the histogram are behind the
        layers, charts and log at the other side, all of them as high as the window.
    log_behind
        The log is behind the charts.
    plan_behind
        The plan and the histogram share one place.
    """

    columns: bool = False
    log_behind: bool = False
    plan_behind: bool = False


_IN_COLUMNS = Places(columns=True, log_behind=True, plan_behind=True)
_KINDS = (
    Places(),
    Places(log_behind=True),
    Places(log_behind=True, plan_behind=True),
    _IN_COLUMNS,
)


def best_places(window: QMainWindow) -> Places:
    """Return what suits the size of a window and of its letters."""
    metrics = window.fontMetrics()
    if window.height() < _LINES_FOR_BOTTOM * metrics.lineSpacing():
        return _IN_COLUMNS
    letters = window.width() // metrics.averageCharWidth()
    return Places(
        log_behind=letters < _LETTERS_FOR_LOG_BESIDE_CHARTS,
        plan_behind=letters < _LETTERS_FOR_PLAN_BELOW_HISTOGRAM,
    )


class DockPlaces:
    """Puts the panels of a window where they belong.

    Parameters
    ----------
    docks
        By name; of these, "layers", "histogram", "plan", "charts" and "log" are placed.
        All others, which features add, stay with the one whose place they share.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        self._window = window
        self._docks = docks

    def arrange(self, places: Places) -> None:
        """Put the panels in their places and share out the window's room."""
        guests = self._guests()
        shown = {dock: not dock.isHidden() for dock in self._docks.values()}
        docks, window = self._docks, self._window
        for name in ("layers", "histogram", "plan", "charts", "log"):
            window.removeDockWidget(docks[name])
        # Else the bars of tabs that are gone stay on the screen.
        _lay_out(window)
        right = _LEFT if places.columns else _RIGHT
        below = _RIGHT if places.columns else _BOTTOM
        window.addDockWidget(_LEFT, docks["layers"])
        window.addDockWidget(right, docks["histogram"])
        window.addDockWidget(right, docks["plan"])
        window.addDockWidget(below, docks["charts"])
        window.addDockWidget(below, docks["log"])
        if places.columns:
            window.tabifyDockWidget(docks["layers"], docks["plan"])
            window.tabifyDockWidget(docks["plan"], docks["histogram"])
        elif places.plan_behind:
            window.tabifyDockWidget(docks["plan"], docks["histogram"])
        if places.log_behind:
            window.tabifyDockWidget(docks["charts"], docks["log"])
        for guest, host in guests.items():
            window.tabifyDockWidget(host, guest)
        for dock, on in shown.items():
            dock.setVisible(on)
        _lay_out(window)
        # Qt hides some of the bars that it uses again.
        for bar in window.findChildren(
            QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            bar.setVisible(bar.count() > 1)
        for front in ("layers", "charts", *(() if places.columns else ("histogram",))):
            docks[front].raise_()
        self.share_room(places)

    def _guests(self) -> dict[QDockWidget, QDockWidget]:
        """Return the features' panels that share the place of one of the window's."""
        own = [self._docks[n] for n in ("layers", "histogram", "plan", "charts", "log")]
        return {
            guest: host
            for host in own
            for guest in self._window.tabifiedDockWidgets(host)
            if guest not in own
        }

    def share_room(self, places: Places) -> None:
        """Share out the window: the heatmap stays the largest thing in it."""
        docks, window = self._docks, self._window
        width, height = window.width(), window.height()
        letter = window.fontMetrics().averageCharWidth()
        if places.columns:
            sides = [width * 29 // 100, width * 29 // 100]
            window.resizeDocks([docks["layers"], docks["charts"]], sides, _ACROSS)
            return
        right = max(38 * letter, min(max(52 * letter, width // 7), width // 5))
        left = max(45 * letter, min(107 * letter, width // 2 - 160))
        left = max(10 * letter, min(left, width * 54 // 100 - right))
        window.resizeDocks(
            [docks["layers"], docks["histogram"]], [left, right], _ACROSS
        )
        window.resizeDocks([docks["charts"], docks["log"]], [57, 43], _ACROSS)
        window.resizeDocks([docks["histogram"], docks["plan"]], [36, 64], _DOWN)
        window.resizeDocks([docks["charts"]], [height * 29 // 100], _DOWN)

    def present(self) -> Places | None:
        """Return which places the panels have; None where a person has moved them."""
        window, docks = self._window, self._docks
        own = [docks[n] for n in ("layers", "histogram", "plan", "charts", "log")]
        if any(dock.isFloating() for dock in own):
            return None
        areas = tuple(window.dockWidgetArea(dock) for dock in own)

        def share(one: str, other: str) -> bool:
            return docks[other] in window.tabifiedDockWidgets(docks[one])

        together = tuple(
            share(one, other)
            for one, other in (
                ("layers", "plan"),
                ("plan", "histogram"),
                ("charts", "log"),
            )
        )
        return next(
            (kind for kind in _KINDS if (areas, together) == _signature(kind)), None
        )


def _lay_out(window: QMainWindow) -> None:
    layout = window.layout()
    assert layout is not None
    layout.activate()


def _signature(
    places: Places,
) -> tuple[tuple[Qt.DockWidgetArea, ...], tuple[bool, ...]]:
    if places.columns:
        return (_LEFT, _LEFT, _LEFT, _RIGHT, _RIGHT), (True, True, True)
    return (
        (_LEFT, _RIGHT, _RIGHT, _BOTTOM, _BOTTOM),
        (False, places.plan_behind, places.log_behind),
    )
