"""Which keys belong to which action, while they are being changed. No Qt here."""

from collections.abc import Mapping

Keys = tuple[str, ...]


class KeyMap:
    """Keys of actions by the actions' ids, and what was changed of the usual ones.

    Parameters
    ----------
    usual
        The keys that actions come with.
    own
        The keys in use, of those actions where they are others.
    """

    def __init__(self, usual: Mapping[str, Keys], own: Mapping[str, Keys]) -> None:
        self._usual = dict(usual)
        self._keys = {name: own.get(name, keys) for name, keys in usual.items()}

    def keys(self, name: str) -> Keys:
        """Return the keys of an action."""
        return self._keys[name]

    def usual(self, name: str) -> Keys:
        """Return the keys that an action comes with."""
        return self._usual[name]

    def set(self, name: str, keys: Keys) -> None:
        """Give an action other keys; the same keys count once."""
        self._keys[name] = tuple(dict.fromkeys(keys))

    def reset(self, name: str) -> None:
        """Give an action its usual keys."""
        self._keys[name] = self._usual[name]

    def reset_all(self) -> None:
        """Give every action its usual keys."""
        self._keys = dict(self._usual)

    def owners(self, keys: str) -> list[str]:
        """Return the actions that one sequence of keys belongs to."""
        return [name for name, owned in self._keys.items() if keys in owned]

    def conflicts(self) -> dict[str, list[str]]:
        """Return the sequences that belong to several actions, and those actions."""
        every = dict.fromkeys(keys for owned in self._keys.values() for keys in owned)
        found = {keys: self.owners(keys) for keys in every}
        return {keys: owners for keys, owners in found.items() if len(owners) > 1}

    def changed(self) -> dict[str, Keys]:
        """Return the keys of the actions whose keys are not the usual ones."""
        return {
            name: keys for name, keys in self._keys.items() if keys != self._usual[name]
        }
