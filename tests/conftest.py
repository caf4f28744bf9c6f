"""What all tests share."""

import gc
import os
from collections.abc import Generator
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


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run two files at a time where all tests are run; ``-n`` decides otherwise.

    A file at a time, because many share what is dear to make.
    """
    options = config.option
    undecided = getattr(options, "numprocesses", 0) is None  # 0: without pytest-xdist
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    is_one_of_two = hasattr(config, "workerinput")
    if undecided and everything and not is_one_of_two and not options.usepdb:
        options.numprocesses, options.dist = 2, "loadfile"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None]:
    """Destroy what is left of windows here, before tests whose threads collect."""
    yield
    if _has_windows(item) and nextitem is not None and not _has_windows(nextitem):
        gc.collect()


def _has_windows(item: pytest.Item) -> bool:
    return Path(__file__).parent / "gui" in item.path.parents


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
