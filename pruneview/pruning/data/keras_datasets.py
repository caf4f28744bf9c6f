"""The data sets that Keras downloads."""

import contextlib
import importlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from numpy.typing import NDArray

from pruneview.pruning.errors import Cancelled, DataError
from pruneview.pruning.events import Event, Preparing

IMAGES = ("mnist", "fashion_mnist", "cifar10", "cifar100")
DATASETS = (*IMAGES, "boston_housing", "california_housing")

_SILENCE = 20.0  # seconds without a byte after which a connection is given up
_GLANCE = 0.25  # seconds between looks at how much has come


def load_keras_dataset(
    name: str, report: Callable[[Event], None], cancelled: Callable[[], bool]
) -> dict[str, NDArray]:
    """Load one of `DATASETS`, downloading it the first time.

    Keras gives no way to stop its download, so it runs on a thread of its own, which
    is left behind when the person does not want to wait.

    Raises
    ------
    DataError, Cancelled
    """
    outcome: list[dict[str, NDArray] | Exception] = []
    thread = threading.Thread(
        target=_load_into, args=(name, outcome), name=f"load {name}", daemon=True
    )
    before = _bytes_in_cache()
    thread.start()
    while thread.is_alive():
        thread.join(_GLANCE)
        if cancelled():
            raise Cancelled
        come = _bytes_in_cache() - before
        if thread.is_alive() and come > 0:
            report(Preparing(f"Downloading {name}: {come / 1e6:.1f} MB so far"))
    result = outcome[0]
    if isinstance(result, Exception):
        raise DataError(
            f"The data set {name} could not be downloaded ({_cause(result)}). Connect "
            "to a network and try again, or give an .npz file with x_train, y_train, "
            "x_test and y_test."
        ) from result
    return result


def _load_into(name: str, outcome: list[dict[str, NDArray] | Exception]) -> None:
    try:
        module = importlib.import_module(f"keras.datasets.{name}")
        with _impatient_sockets():
            (x_train, y_train), (x_test, y_test) = module.load_data()
    except Exception as error:  # noqa: BLE001 - it crosses to the waiting thread
        outcome.append(error)
    else:
        outcome.append(
            {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
        )


@contextlib.contextmanager
def _impatient_sockets() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SILENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _bytes_in_cache() -> int:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    total = 0
    for file in home.glob("datasets/*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total


def _cause(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
