"""One stack of edits, and the weights that were pruned in memory among them."""

from pruneview.gui.controllers.history import Edit, History
from pruneview.gui.controllers.one_shot import OneShot, OneShots


def edit(told, name, **more):
    return Edit(
        name,
        lambda: told.append(f"undo {name}"),
        lambda: told.append(f"redo {name}"),
        **more,
    )


def test_edits_are_undone_from_the_last_and_done_again():
    told, history = [], History()
    for name in "abc":
        history.add(edit(told, name))
    assert (history.undo_words, history.redo_words) == ("c", "")
    history.undo()
    history.undo()
    history.redo()
    assert told == ["undo c", "undo b", "redo b"]
    assert (history.undo_words, history.redo_words) == ("b", "c")
    history.add(edit(told, "d"))
    assert not history.can_redo
    history.undo()
    assert history.undo_words == "b"


def test_an_edit_that_goes_on_takes_away_what_could_be_done_again():
    told, history = [], History()
    history.add(edit(told, "a"))
    history.add(edit(told, "b"))
    history.undo()
    history.amend(edit(told, "more of a"))
    assert not history.can_redo
    history.undo()
    assert told == ["undo b", "undo a"]


def test_an_owners_edits_are_dropped_and_the_others_stay():
    told, history, owner = [], History(), object()
    history.add(edit(told, "a", owner=owner))
    history.add(edit(told, "b"))
    history.undo()
    history.drop(owner)
    assert not history.can_undo
    assert history.redo_words == "b"


def test_what_is_not_possible_now_is_not_undone():
    told, history, now = [], History(), []
    history.add(edit(told, "a", possible=lambda: bool(now)))
    assert not history.can_undo
    history.undo()
    assert told == []
    now.append(True)
    history.undo()
    assert told == ["undo a"]


def test_only_so_many_edits_are_kept():
    history = History()
    for number in range(300):
        history.add(edit([], str(number)))
    undone = 0
    while history.can_undo:
        history.undo()
        undone += 1
    assert undone == 200


def test_one_shots_stack_and_are_walked_through():
    shown, history = [], History()
    shots = OneShots(history, shown.append, lambda: True)
    shots.apply(OneShot(0.1, frozenset("ab"), 0.5))
    shots.apply(OneShot(0.05, frozenset("bc")))
    shots.apply(OneShot(0.3, frozenset("c"), 0.8))
    assert shown[-1] == {"a": 0.1, "b": 0.1, "c": 0.3}
    assert history.undo_words == "one-shot prune at 0.3 (80.0 %)"
    history.undo()
    assert shown[-1] == {"a": 0.1, "b": 0.1, "c": 0.05}
    assert history.undo_words == "one-shot prune at 0.05"
    history.undo()
    history.undo()
    assert shown[-1] == {}
    assert not history.can_undo
    history.redo()
    assert shown[-1] == {"a": 0.1, "b": 0.1}


def test_what_is_saved_is_known_until_it_changes():
    history = History()
    shots = OneShots(history, lambda _thresholds: None, lambda: True)
    assert not shots.unsaved
    shots.apply(OneShot(0.1, frozenset("a")))
    assert shots.unsaved
    shots.saved(shots.thresholds)
    assert not shots.unsaved
    shots.apply(OneShot(0.2, frozenset("a")))
    assert shots.unsaved
    history.undo()
    assert not shots.unsaved
    history.undo()
    assert not shots.unsaved  # the file itself is on show
    shots.keep()
    assert not history.can_redo
    shots.apply(OneShot(0.2, frozenset("a")))
    shots.forget()
    assert (shots.applied, history.can_undo) == ((), False)
