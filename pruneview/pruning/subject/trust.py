"""What the person allows a model's building to run."""

import hashlib
import importlib.util
import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruneview.pruning.errors import ModelError

#: What a file of custom objects imports from these is no custom object.
_LIBRARIES = {"keras", "tensorflow", "tf_keras", "numpy", "builtins", "typing"}


@dataclass(frozen=True)
class Trust:
    """Consent, for one model.

    Attributes
    ----------
    code
        Whether code in the file (Lambda layers) may be run.
    custom_objects
        A Python file of the person's own that defines the model's custom layers,
        losses and functions; it is run.
    """

    code: bool = False
    custom_objects: Path | None = None

    def objects(self) -> dict[str, Any]:
        """Run the file of custom objects and return its classes and functions by name.

        Raises
        ------
        ModelError
            The file is not there, is no Python, or raises.
        """
        path = self.custom_objects
        if path is None:
            return {}
        module = _load(path)
        return {
            name: value
            for name, value in vars(module).items()
            if (inspect.isclass(value) or inspect.isfunction(value))
            and value.__module__.partition(".")[0] not in _LIBRARIES
        }


def _load(path: Path) -> Any:
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"pruneview_custom_objects_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ModelError(
            f"{path} is not a Python file. Name the .py file that defines the model's "
            "custom layers."
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # As for a script: what lies beside the file can be imported by it.
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ModelError(
            f"{path.name} cannot be run: {type(error).__name__}: {error}. Mend it, or "
            "name another file of custom objects."
        ) from error
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module
