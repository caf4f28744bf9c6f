"""The window: panels, menus, tool bar. No logic; it shows what it is given."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.actions import ACTIONS, ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.dock_places import DockPlaces, best_places
from pruneview.gui.icons import icon
from pruneview.gui.menus import Menus
from pruneview.gui.settings import Settings
from pruneview.gui.theme import Theme
from pruneview.gui.tool_bar import ToolBar
from pruneview.gui.views.banner import Banner
from pruneview.gui.views.charts import ChartsPanel
from pruneview.gui.views.heatmap_panel import HeatmapPanel
from pruneview.gui.views.histogram_panel import HistogramPanel
from pruneview.gui.views.layer_table import LayerTable
from pruneview.gui.views.log_panel import LogPanel
from pruneview.gui.views.plan.editor import PlanEditor
from pruneview.gui.views.report_panel import ReportPanel
from pruneview.gui.views.results_panel import ResultsPanel
from pruneview.gui.views.side_by_side import SideBySide
from pruneview.gui.views.status import StatusLine

_REFIT_DELAY_MS = 200


class MainWindow(QMainWindow):
    """Panels around the heatmap.

    Signals
    -------
    action_chosen
        The id of an `ActionSpec`.
    file_dropped
        Path.
    theme_chosen
        Name of a theme.
    recent_cleared
        The list of recent files is to be emptied.
    """

    action_chosen = Signal(str)
    file_dropped = Signal(object)
    theme_chosen = Signal(str)
    recent_cleared = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("pruneview")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.may_close: Callable[[], bool] = lambda: True
        self._settings = settings
        # Not at each step of a window that is being made larger.
        self._refit = QTimer(self, singleShot=True, interval=_REFIT_DELAY_MS)
        self._refit.timeout.connect(self.refit_layout)
        self._added: dict[QDockWidget, bool] = {}
        self.banner = Banner()
        self.heatmap = HeatmapPanel(theme)
        self.histogram = HistogramPanel(theme, log_counts=settings.log_counts)
        self.layers = LayerTable(theme)
        self.charts = ChartsPanel(theme)
        self.plan = PlanEditor(theme)
        self.log = LogPanel()
        self.results = ResultsPanel()
        self.report = ReportPanel()
        self.status = StatusLine()
        self._tabs = QTabWidget()
        self._tabs.addTab(self.log, "Log")
        self._tabs.addTab(self.results, "Results")
        self._tabs.addTab(self.report, "Sizes and times")
        self.menus = Menus(self, self.action_chosen.emit, settings.keys)
        self._recent = QMenu("Open &recent")
        self._make_actions()
        self._toolbar = ToolBar(self._actions)
        self.addToolBar(self._toolbar)
        self._lay_out()
        self.set_theme(theme)

    # Construction

    def _make_actions(self) -> None:
        self.menus.add(ACTIONS)
        self._themes = self.menus.add_themes(self.theme_chosen.emit)
        self._actions = self.menus.actions
        self.menus.menu("&File").insertMenu(self._actions["save"], self._recent)

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        self._beside = SideBySide(self.heatmap)
        column.addWidget(self._beside, 1)
        self.setCentralWidget(centre)
        areas = Qt.DockWidgetArea
        left, right = areas.LeftDockWidgetArea, areas.RightDockWidgetArea
        bottom = areas.BottomDockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, bottom)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self._docks = {
            "layers": self._dock("Layers", "layers", self.layers, left),
            "histogram": self._dock("Magnitudes", "histogram", self.histogram, right),
            "plan": self._dock("Pruning plan", "plan", self.plan, right),
            "charts": self._dock("Run", "charts", self.charts, bottom),
            "log": self._dock("Log and results", "log", self._tabs, bottom),
        }
        self._places = DockPlaces(self, self._docks)
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)

    def _dock(
        self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea
    ) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self.menus.menu("&View/&Panels").addAction(dock.toggleViewAction())
        return dock

    def build_plots(self) -> None:
        """Make the plots that the first heatmap need not wait for."""
        self.charts.build()
        self.plan.curve.build()

    # What is shown

    def set_theme(self, theme: Theme) -> None:
        """Dress plots and icons; widgets follow the program's palette."""
        for panel in (self.heatmap, self.histogram, self.layers, self.charts):
            panel.set_theme(theme)
        self.plan.set_theme(theme)
        self._toolbar.set_theme(theme)
        for name, spec in self.menus.specs.items():
            if spec.icon:
                drawn = icon(spec.icon, theme.text, theme.border)
                self._actions[name].setIcon(drawn)
        for choice in self._themes.actions():
            choice.setChecked(choice.data() == theme.name)
        if self.isVisible():
            self.refit_layout()

    def show_state(
        self,
        state: ProgramState,
        enabled: Callable[[ActionSpec, ProgramState], bool],
        *,
        paused: bool,
    ) -> None:
        """Enable what makes sense now."""
        self.menus.show_state(state, enabled, paused=paused)
        self.plan.set_editable(on=not state.is_running)

    def show_recent(self, paths: list[Path]) -> None:
        """Fill the menu of recent files."""
        self._recent.clear()
        self._recent.setEnabled(bool(paths))
        for number, path in enumerate(paths, start=1):
            action = self._recent.addAction(f"&{number % 10}  {path.name}")
            action.setToolTip(str(path))
            action.triggered.connect(
                lambda _checked=False, path=path: self.file_dropped.emit(path)
            )
        self._recent.addSeparator()
        clear = self._recent.addAction("&Forget these")
        clear.triggered.connect(lambda _checked=False: self.recent_cleared.emit())

    def show_tab(self, panel: QWidget, *, raised: bool = True) -> None:
        """Bring a tab of the lower panel to the front.

        `raised` says whether it comes before the curves where they share its place.
        """
        self.reveal_tab(panel)
        self._tabs.setCurrentWidget(panel)
        front = self._docks["log" if raised else "charts"]
        if not front.isHidden():
            front.raise_()

    def reveal_tab(self, panel: QWidget) -> None:
        """Show a tab that was added hidden, without bringing it to the front."""
        self._tabs.setTabVisible(self._tabs.indexOf(panel), True)

    # What features add

    def add_actions(self, specs: tuple[ActionSpec, ...]) -> None:
        """Add actions to the menus."""
        self.menus.add(specs)

    def add_tab(self, panel: QWidget, title: str, *, shown: bool = True) -> None:
        """Add a tab beside the log and the results, or one that `show_tab` reveals."""
        self._tabs.setTabVisible(self._tabs.addTab(panel, title), shown)

    def add_beside_heatmap(self, panel: QWidget) -> None:
        """Add something of the heatmap's size beside it; it shows and hides."""
        self._beside.add(panel)

    def add_panel(
        self,
        name: str,
        title: str,
        panel: QWidget,
        area: Qt.DockWidgetArea,
        *,
        shown: bool = False,
    ) -> QDockWidget:
        """Add a panel that can be moved, and shown or hidden in the View menu."""
        dock = self._dock(title, name, panel, area)
        if not self.restoreDockWidget(dock):
            dock.setVisible(shown)
        self._added[dock] = shown
        self._docks[name] = dock
        return dock

    @property
    def action_specs(self) -> tuple[ActionSpec, ...]:
        """Every action there is."""
        return tuple(self.menus.specs.values())

    def action(self, name: str) -> QAction:
        """Return an action by its id."""
        return self._actions[name]

    def reset_layout(self) -> None:
        """Put all panels back where they were at first."""
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.setVisible(self._added.get(dock, True))
        self._places.arrange(best_places(self))

    def restore_layout(self) -> None:
        """Arrange the panels as they were left; after every panel was added."""
        layout = self._settings.layout()
        if layout is not None and self.restoreGeometry(layout[0]):
            self.restoreState(layout[1])
            return
        self.resize(self.screen().availableSize() * 0.94)
        self._places.arrange(best_places(self))

    def refit_layout(self) -> None:
        """Arrange the panels anew for other letters, unless a person has moved any."""
        places, present = best_places(self), self._places.present()
        if present is not None and present != places:
            self._places.arrange(places)

    # What Qt tells

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.heatmap.plot.setFocus()
        screen = self.screen().availableGeometry()
        if self.width() > screen.width() or self.height() > screen.height():
            self.setGeometry(screen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._refit.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._settings.set_layout(self.saveGeometry(), self.saveState())
        self._settings.sync()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            event.acceptProposedAction()
            self.file_dropped.emit(Path(urls[0].toLocalFile()))
