"""Every text of the empty window and of the tour has the room it needs."""

import pytest
from PySide6.QtCore import QSettings

from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.tour.stations import STATIONS
from pruneview.gui.program import Program
from pruneview.gui.settings import Settings
from pruneview.trace import Trace
from tests.gui.dressing import GRID, dress, settle, wait_for
from tests.gui.fitting import cut_texts


@pytest.fixture(scope="module")
def fresh(qapp, tmp_path_factory):
    """A window in which nothing was opened yet."""
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    store = QSettings(str(path), QSettings.Format.IniFormat)
    program = Program(Settings(store), Trace(None))
    program._warm_up = lambda: None
    program.window.show()
    program._complete()
    yield program
    program.window.may_close = lambda: True
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


@pytest.mark.parametrize(("size", "theme", "percent"), GRID)
def test_no_text_in_the_empty_window_is_cut_off(fresh, qapp, size, theme, percent):
    if fresh.document.model is not None:
        pytest.skip("a tour has opened the demo in this window")
    dress(fresh, size, theme, percent)
    assert cut_texts(fresh.window) == []


@pytest.mark.parametrize(("size", "theme", "percent"), GRID)
def test_no_text_at_any_station_of_the_tour_is_cut_off(
    fresh, qapp, size, theme, percent
):
    """Neither the tour's own words nor those of what it shows."""
    dress(fresh, size, theme, percent)
    window, tour = fresh.window, fresh.features.find(GuidedTour)
    fresh.commands.carry_out("tour")
    try:
        for place, station in enumerate(STATIONS):
            wait_for(qapp, lambda place=place: tour.place == place and tour.is_told)
            for answer in (None, *range(len(station.answers))):
                if answer is not None:
                    tour.panel.choose(answer)
                settle(qapp)
                assert cut_texts(window) == [], (station.title, answer)
            assert window.size().toTuple() == size, station.title
            tour.panel.on.click()
        assert tour.place is None
    finally:
        tour.leave()
