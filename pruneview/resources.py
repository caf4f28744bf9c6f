"""Where the program's own files are: beside the package, or inside a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent / "resources"
_INSTALLED = _PACKAGE / "resources"


def resource(*parts: str) -> Path:
    """Return the path of a bundled file, for example ``resource("demo", "x.npz")``."""
    root = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return root.joinpath(*parts)
