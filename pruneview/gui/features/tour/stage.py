"""What the tour does in the window at a station."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from pruneview.gui.features.tour.facts import Facts, facts_of
from pruneview.gui.features.what_if import WhatIf
from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import RunEnded

if TYPE_CHECKING:
    from pruneview.gui.program import Program

#: Lines of text that fit into a window in which the tour has a place of its own.
_LINES_FOR_ITS_OWN = 38
_BELOW = Qt.DockWidgetArea.BottomDockWidgetArea


class Stage:
    """The window as far as the tour moves it; whatever is not possible is left."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    @property
    def _what_if(self) -> WhatIf:
        return self._program.features.find(WhatIf)

    def open_model(self) -> None:
        """Open the demo where no model is open."""
        if self._program.document.model is None:
            self._program.open(demo_model())

    def facts(self) -> Facts | None:
        """Return the numbers; None until they are known, which this call brings on."""
        self._what_if.prepare()
        return facts_of(self._program, self._what_if)

    @property
    def result(self) -> RunEnded | None:
        """What the last run came to."""
        return self._program.run.result

    def show_largest(self) -> None:
        """Show the weight with the most values among those that can be pruned."""
        model = self._program.document.model
        weights = [
            weight
            for layer in (model.layers if model is not None else ())
            for weight in layer.weights
            if weight.path in self._what_if.taken
        ]
        if weights:
            self._program.document.select(max(weights, key=lambda w: w.size))
        self._program.window.heatmap.plot.fit()

    def try_threshold(self, threshold: float) -> None:
        """Ask what would become zero."""
        if self._what_if.is_possible:
            self._what_if.move_to(threshold)
            self._what_if.release()

    def leave_threshold(self) -> None:
        """Ask no more."""
        self._what_if.leave()

    def act(self, name: str) -> None:
        """Do an action of the menus, if it makes sense now."""
        action = self._program.window.action(name)
        if action.isEnabled():
            action.trigger()

    def bring(self, panel: str) -> None:
        """Bring a panel to the front, unless it is in the tour's own place."""
        window = self._program.window
        dock = window.findChild(QDockWidget, panel)
        beside = window.tabifiedDockWidgets(dock) if dock is not None else []
        if dock is not None and all(one.objectName() != "tour" for one in beside):
            dock.show()
            dock.raise_()


def place_beside(window: QMainWindow, tour: QDockWidget) -> None:
    """Put the tour where it hides as little as can be of what it talks about.

    In the log's place it takes no room from others. Where the charts are in that
    place, too, it gets one of its own along the lower edge, unless the window is too
    low for that; so it does where the log is hidden or floats.
    """
    log, charts = (window.findChild(QDockWidget, name) for name in ("log", "charts"))
    assert isinstance(log, QDockWidget)
    assert isinstance(charts, QDockWidget)
    beside = window.tabifiedDockWidgets(tour)
    lines = window.height() // window.fontMetrics().lineSpacing()
    crowded = charts in window.tabifiedDockWidgets(log)
    elsewhere = log.isHidden() or log.isFloating()
    if not elsewhere and (not crowded or lines < _LINES_FOR_ITS_OWN):
        if log not in beside:
            window.tabifyDockWidget(log, tour)
            tour.show()
            tour.raise_()
    elif beside or window.dockWidgetArea(tour) != _BELOW:
        window.removeDockWidget(tour)
        window.addDockWidget(_BELOW, tour)
        tour.show()
        height = tour.minimumSizeHint().height()
        window.resizeDocks([tour], [height], Qt.Orientation.Vertical)


def hide_stray_tab_bars(window: QMainWindow) -> None:
    """Hide tab bars of panels that lie over panels.

    Qt leaves some standing where it had them before the window got its size. Those in
    use are beside their panels, and a bar that Qt takes again is shown again.
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    docks = [
        dock.geometry()
        for dock in window.findChildren(QDockWidget, options=direct)
        if dock.isVisible() and not dock.isFloating()
    ]
    for bar in window.findChildren(QTabBar, options=direct):
        if any(bar.geometry().intersects(dock) for dock in docks):
            bar.hide()
