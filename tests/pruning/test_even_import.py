"""TensorFlow's import leaves other threads room."""

import gc
import importlib.util
import sys
import types

import pytest

from pruneview.pruning import even_import
from pruneview.pruning.even_import import evenly


@pytest.fixture
def frozen(monkeypatch):
    """Nothing of this process is frozen; what would have been is counted."""
    calls = []
    monkeypatch.setattr(even_import.gc, "freeze", lambda: calls.append(1))
    monkeypatch.setattr(even_import, "_load_libraries", lambda: None)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    return calls


def test_nothing_is_collected_meanwhile(frozen):
    assert gc.isenabled()
    with evenly():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert frozen == [1]


def test_an_import_that_fails_leaves_the_collector_on(frozen):
    with pytest.raises(ImportError), evenly():
        raise ImportError
    assert gc.isenabled()


def test_whoever_has_no_collector_keeps_none(frozen):
    gc.disable()
    try:
        with evenly():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_imported_already_is_not_prepared_for(frozen, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    with evenly():
        assert gc.isenabled()
    assert frozen == []


def test_without_tensorflow_the_import_itself_says_so(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    even_import._load_libraries()
