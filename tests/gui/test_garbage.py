"""Widgets are collected by the thread that owns them, and by no other."""

import gc
import threading
import weakref

import pytest
from PySide6.QtWidgets import QWidget

from pruneview.gui import garbage
from pruneview.gui.garbage import GarbageCollector
from pruneview.pruning import even_import
from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file


@pytest.fixture
def busy_thread():
    """Another thread makes objects that refer to each other, as readers do."""
    stop = threading.Event()

    def work():
        while not stop.is_set():
            ring = [[] for _ in range(5_000)]
            ring[0].append(ring)

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    stop.set()
    thread.join()


def closed_window():
    """Return a reference to a widget that only itself refers to any more."""
    widget = QWidget()
    widget.itself = widget
    return widget


def test_a_closed_window_goes_on_its_own_thread(qtbot, busy_thread):
    where = []
    for _ in range(20):
        widget = closed_window()
        weakref.finalize(widget, lambda: where.append(threading.get_ident()))
        del widget
    qtbot.waitUntil(lambda: len(where) == 20, timeout=20_000)
    assert set(where) == {threading.main_thread().ident}


def test_python_collects_by_itself_again_afterwards(qapp):
    assert not gc.isenabled()
    gc.enable()
    collector = GarbageCollector(qapp)
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
    gc.disable()


def test_nothing_is_collected_during_an_import(qapp, monkeypatch):
    asked = []
    monkeypatch.setattr(garbage.gc, "collect", asked.append)
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (9_999, 99, 0))
    collector = GarbageCollector(qapp)
    even_import._under_way.set()
    collector.look()
    assert asked == []
    even_import._under_way.clear()
    collector.look()
    assert asked == [1]
    collector.close()


def test_everything_is_collected_once_a_minute_at_most(qapp, monkeypatch):
    asked, now = [], [0.0]
    monkeypatch.setattr(garbage.gc, "collect", asked.append)
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (0, 0, 99))
    monkeypatch.setattr(garbage.time, "monotonic", lambda: now[0])
    collector = GarbageCollector(qapp)
    for now[0] in range(0, 200, 10):
        collector.look()
    assert asked == [2, 2, 2]
    collector.close()


def test_what_was_open_at_the_import_goes_with_its_values(opened, qtbot, tmp_path):
    """The collector passes over what is there then, so no cycle may hold these."""
    heatmap, document = opened.window.heatmap, opened.document
    gc.collect()
    gc.freeze()
    try:
        left = [weakref.ref(x) for x in (document.model, document._contents)]
        other = tmp_path / "other.keras"
        prune_file(demo_model(), other, 0.5)
        opened.open(other, discard=True)
        qtbot.waitUntil(lambda: document.model.path == other, timeout=10_000)
        qtbot.waitUntil(lambda: heatmap.plot.picture is not None, timeout=10_000)
        qtbot.waitUntil(lambda: not opened.pool.is_busy("statistics"), timeout=10_000)
        qtbot.waitUntil(
            lambda: not any(reference() for reference in left), timeout=5_000
        )
    finally:
        gc.unfreeze()
