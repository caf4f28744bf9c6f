"""The scenes of the talk before and around the run: opening, tour, run, timeline."""

import re
from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QSlider, QToolButton

from pruneview.gui.features.timeline.bar import TimelineBar
from pruneview.gui.features.tour.panel import TourPanel
from pruneview.gui.features.tour.stations import STATIONS
from pruneview.gui.main_window import MainWindow
from pruneview.gui.views.layer_model import WOULD_BE_ROLE
from pruneview.gui.views.layer_rows import Column
from pruneview.gui.views.swatch import Swatch
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.talk.speaker import Speaker, Story, Until, is_seen

#: What is left of a run in the shortened talk.
_FEW_UPDATES = 4
_RUN_SECONDS = 240.0


def opening(speaker: Speaker) -> Story:
    """Show the window with nothing in it."""
    yield speaker.appears(MainWindow)
    yield from speaker.picture("empty_window")


# The tour


def tour(speaker: Speaker, *, whole: bool) -> Story:
    """Go through all stations; the shortened talk leaves out the run of the sixth."""
    yield from speaker.menu("Help", "Guided tour")
    yield Until(lambda: speaker.find(TourPanel), "the tour begins")
    panel = speaker.find(TourPanel)
    assert panel is not None
    for place, station in enumerate(STATIONS):
        yield from _arrive(speaker, panel, place)
        if whole and station.offer is not None:
            yield from _take_offer(speaker, panel, place)
        yield from _answer(speaker, panel, place)
        speaker.press("Right")
    yield Until(lambda: speaker.find(TourPanel) is None, "the tour is over")
    assert _threshold_is_left(speaker)


def _arrive(speaker: Speaker, panel: TourPanel, place: int) -> Story:
    """Wait for what is told at a station, and for what is to be seen there."""
    words, done = _EXPECTED[place]
    yield Until(lambda: words in panel.words, f"station {place + 1}: {words}")
    yield Until(lambda: done(speaker), f"station {place + 1}: {done.__name__}")
    yield from speaker.picture(f"tour_{place + 1}")


def _answer(speaker: Speaker, panel: TourPanel, place: int) -> Story:
    """Take a wrong answer by key, and the right one by mouse."""
    station = STATIONS[place]
    wrong = (station.right + 1) % len(station.answers)
    speaker.press(str(wrong + 1))
    yield Until(lambda: panel.verdict.startswith("Not that one: "), "it was wrong")
    speaker.click(panel.answers[station.right])
    yield Until(lambda: panel.verdict == f"Yes. {station.because}", "it was right")
    yield from speaker.picture(f"tour_{place + 1}_answered")


def _take_offer(speaker: Speaker, panel: TourPanel, place: int) -> Story:
    speaker.click(panel.offer)
    if STATIONS[place].offer == ("Run it now", "run"):
        yield from _watch_run(speaker, "tour_6_running")
        yield Until(lambda: "Your run trained" in panel.words, "the run is told of")
        yield from speaker.picture("tour_6_after_the_run")
    else:
        yield speaker.appears(QFileDialog)
        yield from speaker.picture("tour_9_open_a_model")
        speaker.press("Esc")
        yield from speaker.return_to_window(QFileDialog)
        yield Until(panel.offer.hasFocus, "the tour has the keys again")


def _heatmap_is_drawn(speaker: Speaker) -> bool:
    picture = speaker.window.heatmap.plot.picture
    return picture is not None and not picture.coarse


def _magnitudes_are_shown(speaker: Speaker) -> bool:
    picture = speaker.window.heatmap.plot.picture
    return picture is not None and picture.tone.quantity is Quantity.MAGNITUDE


def _half_would_go(speaker: Speaker) -> bool:
    histogram = speaker.window.histogram
    return "50.0 % of this weight" in histogram.threshold_text and is_seen(histogram)


def _layers_say_what_would_go(speaker: Speaker) -> bool:
    view = speaker.window.layers.view
    first = view.model().index(0, Column.SPARSITY)
    below = view.indexBelow(first)
    known = [index.data(WOULD_BE_ROLE) for index in (first, below)]
    return is_seen(view) and any(known)


def _plan_is_shown(speaker: Speaker) -> bool:
    return is_seen(speaker.window.plan) and _threshold_is_left(speaker)


def _model_is_tried(speaker: Speaker) -> bool:
    words = speaker.window.histogram.threshold_text
    return "80.0 % of all" in words or "threshold" in words.casefold()


def _threshold_is_left(speaker: Speaker) -> bool:
    return "What if" not in speaker.window.histogram.threshold_text


_EXPECTED: tuple[tuple[str, Callable[[Speaker], bool]], ...] = (
    ("are active: not zero", _heatmap_is_drawn),
    ("half of the weights are weaker", _magnitudes_are_shown),
    ("50.0 % of this weight", _half_would_go),
    ("at once", _layers_say_what_would_go),
    ("37 mask updates between steps 50 and 1,850", _plan_is_shown),
    ("Between mask updates the network trains on", _threshold_is_left),
    ("as many bytes as any other number", _model_is_tried),
    ("144 units", _heatmap_is_drawn),
    ("with its own numbers", _threshold_is_left),
)


# The run


def demo_run(speaker: Speaker, *, whole: bool) -> Story:
    """Run the demo with its animation; the shortened talk stops it soon."""
    speaker.press("Space")
    yield from _watch_run(speaker, "running", whole=whole)
    yield from speaker.picture("run_ended")
    if whole:
        results = speaker.window.results
        assert is_seen(results)
        yield from speaker.picture("results")


def _watch_run(speaker: Speaker, name: str, *, whole: bool = True) -> Story:
    """Wait for the end of a run that was asked for; masks and pictures must change."""
    window = speaker.window
    stop = window.action("stop")
    yield Until(stop.isEnabled, "the run begins", 60)
    seen: set[int] = set()

    def notice() -> None:
        picture = window.heatmap.plot.picture
        if picture is not None:
            seen.add(hash(picture.codes.tobytes()))

    window.heatmap.plot.shown.connect(notice)
    charts = window.charts

    def updates() -> int:
        return len(charts.accuracy_chart.points("held-out data")[0])

    wanted = 18 if whole else _FEW_UPDATES
    yield Until(lambda: updates() < wanted, "the curves of before are gone")
    yield Until(lambda: is_seen(charts), "the curves are in view")
    yield Until(lambda: updates() >= wanted, f"{wanted} mask updates", _RUN_SECONDS)
    yield from speaker.picture(name, still=False)
    if not whole:
        speaker.press("F7")
    yield Until(lambda: not stop.isEnabled(), "the run ends", _RUN_SECONDS)
    window.heatmap.plot.shown.disconnect(notice)
    assert len(seen) > wanted // 2, f"{len(seen)} pictures of {updates()} masks"
    yield Until(window.action("run").isEnabled, "another run could begin")


# The timeline


def zeros_on_show(speaker: Speaker) -> int:
    """Return the exact zeros that the heatmap's key tells of."""
    swatches = speaker.window.heatmap.findChildren(Swatch)
    words = next(s.text for s in swatches if s.text.startswith("exact zero"))
    found = re.search(r": ([\d,]+) \(", words)
    return int(found[1].replace(",", "")) if found else -1


def _on_track(track: QSlider, step: int) -> QPoint:
    """Return where a step is, by the margins that the track has."""
    room = track.width() - 16
    return QPoint(8 + room * step // track.maximum(), track.height() // 2)


def timeline(speaker: Speaker) -> Story:
    """Drag to the middle, step about, play backwards, and come back to now."""
    bar = speaker.window.charts.findChild(TimelineBar)
    assert bar is not None
    yield from speaker.bring("Run", bar)
    track = bar.track
    yield Until(track.isEnabled, "the run can be gone through")
    reached, at_end = track.value(), zeros_on_show(speaker)
    ways = [_on_track(track, reached * (16 - n) // 16) for n in range(9)]
    speaker.drag(track, *ways)
    yield Until(
        lambda: 0.3 * reached < track.value() < 0.7 * reached, "half-way through"
    )
    yield Until(lambda: 0 < zeros_on_show(speaker) < at_end, "fewer zeros half-way")
    yield from speaker.picture("timeline_half_way")
    half_way = track.value()
    speaker.press("Alt+Left")
    yield Until(lambda: track.value() < half_way, "a mask update before")
    before = track.value()
    speaker.press("Alt+Right")
    yield Until(lambda: track.value() > before, "the next mask update")
    buttons = {b.accessibleName(): b for b in bar.findChildren(QToolButton)}
    speaker.click(buttons["Play backwards"])
    yield Until(lambda: track.value() == 0, "played back to the beginning", 30)
    yield from speaker.picture("timeline_beginning")
    speaker.press("Alt+End")
    yield Until(lambda: zeros_on_show(speaker) == at_end, "now again")
    yield Until(lambda: track.value() >= reached, "the end of the track")
