"""Files that both Kerases write, made once for all tests of this folder."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of models that Keras 3, tf_keras and tfmot wrote."""
    folder = tmp_path_factory.mktemp("written")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.formats.writers", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return folder
