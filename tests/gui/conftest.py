"""The whole program in a test, and nothing of it left over afterwards."""

import threading

import pytest
from PySide6.QtCore import QSettings

from pruneview.gui.garbage import GarbageCollector
from pruneview.gui.program import Program
from pruneview.gui.settings import Settings
from pruneview.pruning.demo import demo_model
from pruneview.trace import Trace


@pytest.fixture(scope="module", autouse=True)
def collected_here(qapp):
    """As in the program: windows of earlier tests are not destroyed by readers."""
    collector = GarbageCollector(qapp)
    yield
    collector.close()


@pytest.fixture
def settings(tmp_path):
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    return Settings(store)


@pytest.fixture
def program(qtbot, settings):
    """The program with an empty window; its threads must end with the test."""
    before = set(threading.enumerate())
    program = Program(settings, Trace(None))
    program.window.resize(1400, 900)
    program.window.show()
    yield program
    program.worker.stop()
    program.window.may_close = lambda: True
    program.window.close()
    program.shut_down()
    program.window.deleteLater()
    left = {t for t in threading.enumerate() if t.name.startswith(("reader", "train"))}
    assert not left - before


@pytest.fixture
def opened(program, qtbot):
    """The program with the demo's model open and its picture shown."""
    program.open(demo_model())
    qtbot.waitUntil(lambda: is_shown(program), timeout=10_000)
    return program


def is_shown(program):
    return program.window.heatmap.plot.picture is not None


def log_of(program):
    return program.window.log.toPlainText()


@pytest.fixture(scope="module")
def looking(qapp, tmp_path_factory):
    """One window on the demo for a whole file of tests; TensorFlow stays out of it."""
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    store = QSettings(str(path), QSettings.Format.IniFormat)
    program = Program(Settings(store), Trace(None))
    program._warm_up = lambda: None
    program.window.resize(1400, 900)
    program.window.show()
    program.open(demo_model())
    yield program
    program.window.may_close = lambda: True
    program.window.close()
    program.shut_down()
    program.window.deleteLater()
