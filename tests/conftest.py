"""What all tests share."""

import os
from pathlib import Path

import pytest


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
