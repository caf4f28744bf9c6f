"""Data that a Python function of the person's own returns."""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.grouping import (
    REQUIRED,
    check_parts,
    group_names,
    grouped,
)
from pruneview.pruning.data.reading import Arrays, Reading, split
from pruneview.pruning.data.samples import Samples, Several
from pruneview.pruning.errors import DataError


def call_function(name: str, *, allow_code: bool, reading: Reading) -> Arrays:
    """Import a module and call a function of it, where the person allows it.

    Parameters
    ----------
    name
        ``module:function`` or ``file.py:function``. A module is also looked for in
        the current folder.

    Raises
    ------
    DataError
        Also for whatever the code raises.
    """
    if not allow_code:
        raise DataError(
            f"{name} is Python code, which can do all that you can do, so it is not "
            "run unasked. If you trust it, give --allow-code."
        )
    place, _, function = name.rpartition(":")
    reading.progress(f"Running {function} of {place}")
    try:
        found = getattr(_import(place), function, None)
        if not callable(found):
            raise DataError(f"There is no function {function} in {place}.")
        returned = found()
    except DataError:
        raise
    except Exception as error:
        line = next(iter(str(error).splitlines()), "")
        said = f"{type(error).__name__}: {line}".rstrip(": ")
        raise DataError(f"{name} ended with an error: {said}.") from error
    return _arrays(name, returned, reading)


def _import(place: str) -> ModuleType:
    if place.endswith(".py"):
        path = Path(place)
        if not path.is_file():
            raise DataError(f"There is no file {path}.")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        raise DataError(
            f"There is no Python module {error.name}. Run from its folder, install it, "
            "or give the path of its file."
        ) from error
    finally:
        if here in sys.path:
            sys.path.remove(here)


def _arrays(name: str, returned: Any, reading: Reading) -> Arrays:
    if isinstance(returned, Mapping):
        return _by_name(name, returned)
    if isinstance(returned, tuple | list) and len(returned) == 2:
        first, second = returned
        if all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in returned):
            values = (*first, *second)
            return {
                key: _samples(name, value)
                for key, value in zip(REQUIRED, values, strict=True)
            }
        return split(name, _samples(name, first), _samples(name, second), reading)
    raise DataError(
        f"{name} returned a {type(returned).__name__}; it must return (x, y), "
        "((x_train, y_train), (x_test, y_test)), or the arrays by name."
    )


def _by_name(name: str, returned: Mapping[str, Any]) -> Arrays:
    if not all(isinstance(key, str) for key in returned):
        raise DataError(
            f"{name} returned a dict whose keys are not all names, as x_train."
        )
    found = group_names(returned)
    check_parts(f"What {name} returned", found)
    return {
        part: _samples(name, returned[part])
        if part in returned
        else grouped(part, {key: _array(name, returned[key]) for key in keys})
        for part, keys in found.items()
    }


def _samples(name: str, value: Any) -> Samples:
    """Return one array; of a dict or a tuple, one for each input or output."""
    if isinstance(value, Mapping):
        items = {str(key): _array(name, each) for key, each in value.items()}
    elif isinstance(value, tuple):
        items = {str(place): _array(name, each) for place, each in enumerate(value)}
    else:
        return _array(name, value)
    kind = type(value).__name__
    if not items:
        raise DataError(f"{name} returned an empty {kind}.")
    if not all(array.ndim for array in items.values()):
        raise DataError(f"{name} returned a {kind} that holds more than arrays.")
    if len({len(array) for array in items.values()}) > 1:
        counts = ", ".join(f"{key} {len(array)}" for key, array in items.items())
        raise DataError(
            f"{name} returned a {kind} of arrays with different numbers of samples "
            f"({counts}); they must be as many."
        )
    return Several(tuple(items), tuple(items.values()))


def _array(name: str, value: Any) -> NDArray:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(f"{name} returned lists of different lengths.") from error
    except Exception as error:
        kind = type(value).__name__
        raise DataError(f"{name} returned a {kind}, which is no array.") from error
    if array.dtype.kind == "f" and array.dtype.itemsize > 4:
        return array.astype(np.float32)
    return array
