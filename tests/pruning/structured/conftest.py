"""Keras of both kinds for the tests of structured pruning."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def tf_keras(keras: Any) -> Any:
    from pruneview.pruning.legacy.importing import import_legacy

    return import_legacy()[0]
