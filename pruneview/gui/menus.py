"""Menus and their actions, made from the table of actions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.theme import THEMES

#: The order of the menus, whoever adds the first action to one.
_MENUS = ("&File", "&Edit", "&Run", "&View", "&Help")


class Menus:
    """The actions of a window, each in its menu.

    Parameters
    ----------
    chosen
        Told the id of an action that was chosen.
    own_keys
        Keys that a person has given to actions in place of their usual ones.

    Attributes
    ----------
    specs
        The actions by their ids, with the keys they have now.
    usual_keys
        The keys that actions come with.
    """

    def __init__(
        self,
        window: QMainWindow,
        chosen: Callable[[str], None],
        own_keys: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._own_keys = own_keys
        self.usual_keys: dict[str, tuple[str, ...]] = {}
        self._window = window
        self._chosen = chosen
        self.specs: dict[str, ActionSpec] = {}
        self.actions: dict[str, QAction] = {}
        bar = window.menuBar()
        self._menus: dict[str, QMenu] = {name: bar.addMenu(name) for name in _MENUS}

    def add(self, specs: Iterable[ActionSpec]) -> None:
        """Add actions, each above the one it names or at the end of its menu."""
        for spec in specs:
            action = QAction(spec.title, self._window)
            action.setStatusTip(spec.tip)
            action.setCheckable(spec.checkable)
            action.triggered.connect(
                lambda _checked=False, name=spec.id: self._chosen(name)
            )
            above = self.actions.get(spec.above)
            self.specs[spec.id], self.actions[spec.id] = spec, action
            self.usual_keys[spec.id] = spec.keys
            self.set_keys(spec.id, self._first_keys(spec))
            menu = self.menu(spec.menu)
            if spec.separate:
                menu.insertSeparator(above) if above else menu.addSeparator()
            menu.insertAction(above, action) if above else menu.addAction(action)

    def _first_keys(self, spec: ActionSpec) -> tuple[str, ...]:
        """Return a person's own keys, or the usual ones that were not given away."""
        if spec.id in self._own_keys:
            return self._own_keys[spec.id]
        given = {keys for own in self._own_keys.values() for keys in own}
        return tuple(keys for keys in spec.keys if keys not in given)

    def set_keys(self, name: str, keys: tuple[str, ...]) -> None:
        """Give an action other keys."""
        action, spec = self.actions[name], replace(self.specs[name], keys=keys)
        self.specs[name] = spec
        action.setShortcuts([QKeySequence(one) for one in keys])
        action.setToolTip(f"{spec.tip} ({keys[0]})" if keys else spec.tip)

    def show_state(
        self,
        state: ProgramState,
        enabled: Callable[[ActionSpec, ProgramState], bool],
        *,
        paused: bool,
    ) -> None:
        """Enable what makes sense now, and say what it would do."""
        for name, spec in self.specs.items():
            self.actions[name].setEnabled(enabled(spec, state))
        self.actions["pause"].setText("Continue" if paused else "&Pause")
        self.actions["undo"].setText(f"&Undo {state.undo_words}".rstrip())
        self.actions["redo"].setText(f"&Redo {state.redo_words}".rstrip())

    def menu(self, name: str) -> QMenu:
        """Return a menu by its title; "&View/&Panels" is one in another."""
        if name not in self._menus:
            outer, _, title = name.rpartition("/")
            self._menus[name] = self._menus[outer].addMenu(title)
        return self._menus[name]

    def add_themes(self, chosen: Callable[[str], None]) -> QActionGroup:
        """Add the choice of themes to the View menu."""
        menu = self._menus["&View"].addMenu("&Theme")
        group = QActionGroup(self._window)
        for name, theme in THEMES.items():
            choice = menu.addAction(theme.title)
            choice.setCheckable(True)
            choice.setData(name)
            choice.triggered.connect(lambda _checked=False, name=name: chosen(name))
            group.addAction(choice)
        return group
