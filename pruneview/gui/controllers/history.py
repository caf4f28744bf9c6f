"""What was done and can be undone: edits of the plan, weights pruned in memory."""

from collections.abc import Callable
from dataclasses import dataclass, replace

_MOST = 200


@dataclass(frozen=True)
class Edit:
    """Something that was done.

    Attributes
    ----------
    words
        What Undo takes back: "one-shot prune at 0.0123 (80 %)".
    undo, redo
        Bring back what was before, and what came of it.
    owner
        Whose edit it is, for `History.drop`.
    possible
        Whether it can be undone or done again now.
    """

    words: str
    undo: Callable[[], None]
    redo: Callable[[], None]
    owner: object = None
    possible: Callable[[], bool] = lambda: True


class History:
    """One stack of edits, whoever made them."""

    def __init__(self) -> None:
        self._past: list[Edit] = []
        self._future: list[Edit] = []

    def add(self, edit: Edit) -> None:
        """Take what has just been done; what was undone before is lost."""
        self._past = [*self._past[1 - _MOST :], edit]
        self._future.clear()

    def amend(self, edit: Edit) -> Edit:
        """Take what has just been done as part of the last edit; return the two as one.

        Undo takes both back.
        """
        together = replace(edit, undo=self._past[-1].undo)
        self._past[-1] = together
        self._future.clear()
        return together

    @property
    def last(self) -> Edit | None:
        """What Undo would take back."""
        return self._past[-1] if self._past else None

    def undo(self) -> None:
        """Take back the last edit, if that is possible."""
        if self.can_undo:
            edit = self._past.pop()
            self._future.append(edit)
            edit.undo()

    def redo(self) -> None:
        """Do again what was undone last, if that is possible."""
        if self.can_redo:
            edit = self._future.pop()
            self._past.append(edit)
            edit.redo()

    def drop(self, owner: object) -> None:
        """Forget the edits of one owner; the others' do not depend on them."""
        self._past = [edit for edit in self._past if edit.owner is not owner]
        self._future = [edit for edit in self._future if edit.owner is not owner]

    @property
    def can_undo(self) -> bool:
        return bool(self._past) and self._past[-1].possible()

    @property
    def can_redo(self) -> bool:
        return bool(self._future) and self._future[-1].possible()

    @property
    def undo_words(self) -> str:
        """What Undo would take back; "" where there is nothing."""
        return self._past[-1].words if self._past else ""

    @property
    def redo_words(self) -> str:
        """What Redo would do again; "" where there is nothing."""
        return self._future[-1].words if self._future else ""
