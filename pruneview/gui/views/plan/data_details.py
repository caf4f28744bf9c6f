"""What of a chosen file makes up the data: a table's label, a module's function."""

import ast
from pathlib import Path

from pruneview.pruning.data.table import read_header
from pruneview.pruning.errors import DataError

_LABEL = ":label="
_MOST_SOURCE = 2_000_000  # bytes


def split_detail(text: str) -> tuple[str, str, str]:
    """Return (file, detail, what the detail is), the last two maybe empty.

    ``digits.csv:label=y`` gives ``("digits.csv", "y", "label")``; ``data.py:load``
    gives ``("data.py", "load", "function")``.
    """
    path, mark, label = text.rpartition(_LABEL)
    if mark and path.lower().endswith(".csv"):
        return path, label, "label"
    if text.lower().endswith(".csv"):
        return text, "", "label"
    path, mark, function = text.rpartition(":")
    if mark and path.endswith(".py"):
        return path, function, "function"
    return text, "", "function" if text.endswith(".py") else ""


def with_detail(path: str, detail: str, what: str) -> str:
    """Return what `DataSpec.parse` reads; the opposite of `split_detail`."""
    return f"{path}{_LABEL if what == 'label' else ':'}{detail}" if detail else path


def details_of(path: str, what: str) -> list[str]:
    """Return the columns of a table, or the functions of a Python file.

    Nothing is run. Empty where there are none or the file cannot be read: what is
    wrong with it is said when the data are loaded.
    """
    try:
        if what == "label":
            return read_header(Path(path))[0]
        return _functions(Path(path)) if what == "function" else []
    except (OSError, ValueError, SyntaxError, RecursionError, DataError):
        return []


def _functions(path: Path) -> list[str]:
    """Return the public functions that can be called without arguments."""
    if path.stat().st_size > _MOST_SOURCE:
        return []
    found = []
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            given = node.args
            needed = len(given.posonlyargs) + len(given.args) - len(given.defaults)
            if needed <= 0 and all(given.kw_defaults):
                found.append(node.name)
    return found
