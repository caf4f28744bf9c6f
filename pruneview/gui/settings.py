"""What is remembered between sessions, typed."""

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

_RECENT_AT_MOST = 10


class Settings:
    """The program's settings, in the place the platform keeps such things.

    Parameters
    ----------
    store
        Where they are kept; the platform's own place by default.

    Attributes
    ----------
    runs_folder
        Where the window keeps recordings of its own runs; beside `store`, if given.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("pruneview", "pruneview")
        place = QStandardPaths.StandardLocation.GenericDataLocation
        data = Path(QStandardPaths.writableLocation(place)) / "pruneview"
        beside = Path(self._store.fileName()).parent
        self.runs_folder = (data if store is None else beside) / "recordings"

    @property
    def theme(self) -> str:
        return str(self._store.value("theme", "light"))

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def text_percent(self) -> int:
        """Size of letters, in per cent of the usual one."""
        try:
            return int(str(self._store.value("text_percent", 100)))
        except ValueError:
            return 100

    @text_percent.setter
    def text_percent(self, percent: int) -> None:
        self._store.setValue("text_percent", percent)

    @property
    def log_counts(self) -> bool:
        return bool(self._store.value("histogram/log_counts", False, type=bool))

    @log_counts.setter
    def log_counts(self, on: bool) -> None:
        self._store.setValue("histogram/log_counts", on)

    @property
    def record_runs(self) -> bool:
        """Whether runs are recorded unasked."""
        return bool(self._store.value("recordings/on", True, type=bool))

    @record_runs.setter
    def record_runs(self, on: bool) -> None:
        self._store.setValue("recordings/on", on)

    @property
    def told_recordings(self) -> list[str]:
        """Names of interrupted recordings that the person was told of."""
        stored = self._store.value("recordings/told", [])
        if isinstance(stored, str):
            return [stored]
        return [str(name) for name in stored] if isinstance(stored, list) else []

    @told_recordings.setter
    def told_recordings(self, names: list[str]) -> None:
        self._store.setValue("recordings/told", names)

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Keys of the person's own choice, by the ids of actions."""
        try:
            stored = json.loads(str(self._store.value("keys", "{}")))
            return {
                str(name): tuple(str(one) for one in keys)
                for name, keys in stored.items()
            }
        except (ValueError, AttributeError, TypeError):
            return {}

    @keys.setter
    def keys(self, keys: dict[str, tuple[str, ...]]) -> None:
        self._store.setValue("keys", json.dumps(keys))

    @property
    def recent_files(self) -> list[Path]:
        """Files opened lately, the latest first."""
        stored = self._store.value("recent_files", [])
        if isinstance(stored, str):
            stored = [stored]
        return [Path(name) for name in stored] if isinstance(stored, list) else []

    def add_recent_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = path.absolute()
        paths = [path, *(p for p in self.recent_files if p != path)]
        names = [str(p) for p in paths[:_RECENT_AT_MOST]]
        self._store.setValue("recent_files", names)

    def clear_recent_files(self) -> None:
        self._store.setValue("recent_files", [])

    @property
    def folder(self) -> str:
        """The folder in which a file was chosen last."""
        return str(self._store.value("folder", ""))

    @folder.setter
    def folder(self, path: str) -> None:
        self._store.setValue("folder", path)

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Return the window's geometry and the state of its docks."""
        geometry = self._store.value("window/geometry")
        state = self._store.value("window/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def set_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/state", state)

    def sync(self) -> None:
        """Write what has changed to disk."""
        self._store.sync()
