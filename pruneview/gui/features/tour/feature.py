"""Leads through the stations, in the window and with the model that is open."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.tour.glossary import GlossaryDialog, explain_labels
from pruneview.gui.features.tour.panel import TourPanel
from pruneview.gui.features.tour.stage import Stage, hide_stray_tab_bars, place_beside
from pruneview.gui.features.tour.stations import STATIONS
from pruneview.pruning.events import Event, Failed, RunCancelled, RunEnded

if TYPE_CHECKING:
    from pruneview.gui.program import Program

#: After the first picture: nobody hovers over a label before that.
_EXPLAIN_DELAY_MS = 2000
_LOOK_SECONDS = 0.1


class GuidedTour(Feature):
    """Two actions: the tour, and the glossary.

    Attributes
    ----------
    place
        The station; None while no tour goes on.
    """

    actions = (
        ActionSpec(
            "tour",
            "Guided &tour",
            "Nine stations through pruning, with the model that is open",
            ("Shift+F1",),
            "&Help",
            enabled=lambda state: not state.is_running,
            above="keys",
        ),
        ActionSpec(
            "glossary",
            "&Glossary",
            "What the words mean",
            ("Ctrl+F1",),
            "&Help",
            above="keys",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.place: int | None = None
        self.panel: TourPanel | None = None
        self._dock = self._add_dock()
        self._stage = Stage(program)
        self._looked = 0.0
        self._told: object = None
        self._arrived = False
        QTimer.singleShot(_EXPLAIN_DELAY_MS, program.window, self._explain)

    def _explain(self) -> None:
        explain_labels(self.program.window)

    def glossary(self) -> None:
        GlossaryDialog(self.program.window).open()

    def tour(self) -> None:
        """Begin, with the demo where no model is open."""
        if self.panel is None:
            self._build()
        self._stage.open_model()
        place_beside(self.program.window, self._dock)
        self._dock.show()
        self._dock.raise_()
        self._go_to(0)

    def leave(self) -> None:
        """End the tour; what it tried is taken back."""
        self.place = None
        self._dock.hide()
        self._stage.leave_threshold()
        self._stage.act("show_signed")
        self.program.window.heatmap.plot.setFocus()

    def tick(self) -> None:
        """Tell the numbers as soon as they are known, and again if they change."""
        if self.place is None or self.panel is None:
            # A layout that was kept while a tour went on shows an empty panel.
            if self._dock.isVisible():
                self._dock.hide()
            return

        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        # A window of another size, or larger letters, may have the panels elsewhere.
        place_beside(self.program.window, self._dock)
        hide_stray_tab_bars(self.program.window)
        facts, station = self._stage.facts(), STATIONS[self.place]
        if facts is None:
            return
        if not self._arrived:
            self._arrived = True
            station.arrive(self._stage, facts)
            # Arriving may show another weight: its numbers are told at the next tick.
            return
        result = self._stage.result
        about = self.place, facts.known, facts.weight.path, facts.plan, result
        if about != self._told:
            self._told = about
            self.panel.show_words(station.words(facts, result))

    def event(self, event: Event) -> None:
        """Come back after a run, whose curves may have come before the tour."""
        ended = isinstance(event, RunEnded | RunCancelled | Failed)
        if ended and self.place is not None:
            self._dock.raise_()

    @property
    def is_told(self) -> bool:
        """Whether all is said and done at this station."""
        return self._told is not None

    def _add_dock(self) -> QDockWidget:
        window = self.program.window
        area = Qt.DockWidgetArea.BottomDockWidgetArea
        dock = window.add_panel("tour", "Guided tour", QWidget(), area)
        # It comes and goes with the tour, not by the View menu.
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.toggleViewAction().setVisible(False)
        return dock

    def _build(self) -> None:
        self.panel = TourPanel()
        self._dock.setWidget(self.panel)
        self.panel.turned.connect(self._turn)
        self.panel.left.connect(self.leave)
        self.panel.offered.connect(self._do_offered)

    def _turn(self, way: int) -> None:
        assert self.place is not None
        place = self.place + way
        if 0 <= place < len(STATIONS):
            self._go_to(place)
        elif place >= len(STATIONS):
            self.leave()

    def _go_to(self, place: int) -> None:
        assert self.panel is not None
        self.place, self._arrived, self._told = place, False, None
        self.panel.show_station(STATIONS[place], place, len(STATIONS))

    def _do_offered(self) -> None:
        assert self.place is not None
        offer = STATIONS[self.place].offer
        if offer is not None:
            self._stage.act(offer[1])
