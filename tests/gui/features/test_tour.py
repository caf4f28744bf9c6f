"""The tour by keyboard, its numbers against the files, and the glossary."""

import json
import re

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel

from pruneview.formats import open_model
from pruneview.gui import units
from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.tour.glossary import (
    GlossaryDialog,
    explain_labels,
    explanation,
    glossary,
    terms_in,
)
from pruneview.gui.features.tour.stage import place_beside
from pruneview.gui.features.tour.stations import STATIONS
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.program import Program
from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import Evaluation, RunEnded
from pruneview.resources import resource
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.dressing import settle


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """Nothing is trained here: its import would take most of the time."""
    monkeypatch.setattr(Program, "_warm_up", lambda _program: None)


# The glossary


def test_every_term_has_a_meaning_in_whole_sentences():
    for term, meaning in glossary().items():
        assert term == term.casefold()
        assert meaning.endswith(".")
        assert meaning[0].isupper()
        assert 30 < len(meaning) < 200
    text = resource("glossary.json").read_text(encoding="utf-8")
    keys = re.findall(r'^  "([^"]+)":', text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(json.loads(text))


def test_terms_are_found_as_whole_words_and_the_longest_only():
    assert terms_in("Final sparsity") == ["final sparsity"]
    assert set(terms_in("Sparsity and final sparsity")) == {
        "final sparsity",
        "sparsity",
    }
    assert terms_in("unmasked steps") == []
    assert explanation("nothing of this") == ""


def test_a_label_keeps_what_it_said_and_is_explained_once(qtbot):
    label = QLabel("Learning rate")
    label.setToolTip("1e-5 to 1")
    parent = QLabel()
    label.setParent(parent)
    qtbot.addWidget(parent)
    explain_labels(parent)
    explain_labels(parent)
    assert label.toolTip().startswith("1e-5 to 1\n\nLearning rate: ")
    assert label.toolTip().count("Learning rate:") == 1


def test_the_list_is_narrowed_by_typing(qtbot):
    dialog = GlossaryDialog(None)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.narrow("adam")
    rows = [dialog.list.item(row) for row in range(dialog.list.count())]
    shown = [row.text().splitlines()[0] for row in rows if not row.isHidden()]
    assert shown == ["Optimizer"]


# The stations


def test_stations_are_eight_to_ten_with_one_right_answer_each():
    assert 8 <= len(STATIONS) <= 10
    for station in STATIONS:
        assert 2 <= len(set(station.answers)) == len(station.answers) <= 3
        assert 0 <= station.right < len(station.answers)
        assert station.question.endswith("?")
    # Whoever always takes the same answer does not pass.
    assert len({station.right for station in STATIONS}) == 3


@pytest.fixture
def tour(program, qtbot):
    """The tour begun with no model open, at its first station."""
    feature = program.features.find(GuidedTour)
    program.window.action("tour").trigger()
    told(feature, qtbot, "parameters")
    return feature


def told(feature, qtbot, words):
    qtbot.waitUntil(lambda: words in feature.panel.words, timeout=15_000)
    return feature.panel.words


def kernels():
    with open_model(demo_model()) as model:
        return {w.path: w.read() for x in model.layers for w in x.weights if w.prunable}


@pytest.mark.qt_log_ignore("does not support raise", extend=True)  # offscreen
@pytest.mark.parametrize("away", ["hidden", "floating"])
def test_it_stays_where_it_is_while_the_log_is_elsewhere(tour, qtbot, qapp, away):
    window = tour.program.window
    dock, log = (window.findChild(QDockWidget, name) for name in ("tour", "log"))
    log.hide() if away == "hidden" else log.setFloating(True)
    place_beside(window, dock)
    settle(qapp)
    events = []
    dock.dockLocationChanged.connect(events.append)
    dock.visibilityChanged.connect(events.append)
    for _ in range(3):
        place_beside(window, dock)
        settle(qapp)
    assert events == []
    assert dock.isVisible()


def test_the_whole_tour_by_keyboard(tour, qtbot):
    program, panel = tour.program, tour.panel
    what_if, read = program.features.find(WhatIf), kernels()
    assert program.document.model.path == demo_model()
    size = sum(v.size for v in read.values())
    active = sum(int(np.count_nonzero(v)) for v in read.values())
    assert f"{units.count(size)} of them" in panel.words
    assert f"{units.count(active)} of these are active" in panel.words

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    dense = np.sort(np.abs(read["dense/kernel"]).ravel())
    words = told(tour, qtbot, "half of the weights")
    assert program.document.display.quantity is Quantity.MAGNITUDE
    half = float(re.search(r"weaker than ([\d.]+),", words)[1])
    assert half == pytest.approx(np.median(dense), rel=1e-3)

    qtbot.keyClick(panel, Qt.Key.Key_PageDown)
    told(tour, qtbot, "50.0 % of this weight")
    assert what_if.threshold == pytest.approx(np.median(dense), rel=1e-4)

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    words = told(tour, qtbot, "at once")
    every = np.concatenate([v.ravel() for v in read.values()])
    assert "90.0 %" in words
    assert np.mean(np.abs(every) < what_if.threshold) == pytest.approx(0.9, abs=1e-3)

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    words = told(tour, qtbot, "mask updates")
    assert "37 mask updates between steps 50 and 1,850" in words
    assert what_if.threshold is None

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    told(tour, qtbot, f"all {units.count(size)}")
    assert panel.offer.text() == "Run it now"

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    told(tour, qtbot, "estimates")
    assert what_if.threshold is not None

    qtbot.keyClick(panel, Qt.Key.Key_Right)
    told(tour, qtbot, "144 units")
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    told(tour, qtbot, "estimates")
    for _ in range(2):
        qtbot.keyClick(panel, Qt.Key.Key_Right)
    told(tour, qtbot, "with its own numbers")
    assert panel.on.text() == "Finish"
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert tour.place is None
    assert not panel.isVisible()
    assert program.document.display.quantity is Quantity.SIGNED
    assert what_if.threshold is None


def test_questions_are_answered_by_keys_and_escape_leaves(tour, qtbot):
    panel, station = tour.panel, STATIONS[0]
    wrong = (station.right + 1) % len(station.answers)
    keys = [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3]
    qtbot.keyClick(panel, keys[wrong])
    assert panel.verdict.startswith("Not that one: each dot")
    qtbot.keyClick(panel.on, keys[station.right])  # from a button inside
    assert panel.verdict == f"Yes. {station.because}"
    qtbot.keyClick(panel.answers[0], Qt.Key.Key_Right)  # not to the button beside it
    assert tour.place == 1
    qtbot.keyClick(panel.on, Qt.Key.Key_Left)
    assert tour.place == 0
    qtbot.keyClick(panel.on, Qt.Key.Key_Escape)
    assert tour.place is None


def test_after_a_run_its_own_figures_are_told(opened, qtbot):
    feature = opened.features.find(WhatIf)
    feature.prepare()
    stage = opened.features.find(GuidedTour)._stage
    qtbot.waitUntil(lambda: stage.facts() is not None, timeout=10_000)
    measured = [Evaluation("accuracy", v, 0.1, 100, "test") for v in (0.9, 0.8)]
    result = RunEnded(77, False, 1.0, 9.0, *measured, (), (), 4000, 3000, 1000, "zip")
    words = STATIONS[5].words(stage.facts(), result)
    assert "77 steps" in words
    assert "accuracy on the test data is 80.0 %; before, it was 90.0 %" in words
    words = STATIONS[6].words(stage.facts(), result)
    assert "By zip the pruned weights take 1.0 kB now, 3.0 kB before" in words
