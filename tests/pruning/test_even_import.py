"""TensorFlow's import leaves other threads room."""

import gc
import importlib.util
import sys
import types

import pytest

from pruneview.pruning import even_import
from pruneview.pruning.even_import import evenly


@pytest.fixture
def new_process(monkeypatch):
    """TensorFlow counts as not imported yet."""
    monkeypatch.setattr(even_import, "_load_libraries", lambda: None)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(gc.isenabled()))
    return frozen


def test_nothing_is_collected_meanwhile(new_process):
    assert gc.isenabled()
    with evenly():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_passes_over_what_was_imported(new_process):
    with evenly():
        assert new_process == []
    assert new_process == [False], "before it may look at all of it"


def test_an_import_that_fails_leaves_the_collector_on(new_process):
    with pytest.raises(ImportError), evenly():
        raise ImportError
    assert gc.isenabled()


def test_whoever_has_no_collector_keeps_none(new_process):
    gc.disable()
    try:
        with evenly():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_imported_already_is_not_prepared_for(new_process, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    with evenly():
        assert gc.isenabled()


def test_without_tensorflow_the_import_itself_says_so(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    even_import._load_libraries()
