"""What all tests share."""

import os
from pathlib import Path

import pytest

# Before anything imports Qt: tests need no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    import PySide6.QtWidgets  # noqa: F401
except ImportError as error:
    QT_MISSING: str | None = str(error)
    pytest_plugins: list[str] = []
else:
    QT_MISSING = None
    pytest_plugins = ["pytestqt.plugin"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the tests of the window where Qt's own libraries are missing."""
    here = Path(__file__).parent
    return True if QT_MISSING and collection_path == here / "gui" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what takes long and has a shorter test beside it, unless asked for."""
    if os.environ.get("PRUNEVIEW_LONG_TESTS"):
        return
    skipped = pytest.mark.skip(reason="takes long: set PRUNEVIEW_LONG_TESTS=1")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skipped)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if QT_MISSING:
        terminalreporter.write_line(
            f"tests/gui was not run, because Qt cannot be imported: {QT_MISSING}"
        )


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Real Keras files that nobody here wrote; skips where they are absent."""
    named = os.environ.get("PRUNEVIEW_MODELS")
    folder = (
        Path(named)
        if named
        else Path(__file__).resolve().parents[2] / "shared" / "models"
    )
    if not folder.is_dir():
        pytest.skip("no folder of real models: set PRUNEVIEW_MODELS to one")
    return folder
