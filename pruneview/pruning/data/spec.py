"""Where data come from, as the person writes it."""

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

from pruneview.pruning.data.keras_datasets import DATASETS
from pruneview.pruning.errors import DataError

Shape = tuple[int | None, ...]

#: Every form that `DataSpec.parse` reads, and what it stands for.
FORMS = (
    ("demo", "the bundled handwritten digits"),
    (
        "FILE.npz",
        "arrays x_train, y_train, x_test, y_test, and x_validation, y_validation; for "
        "a model with several inputs or outputs one array for each, named by it or by "
        "its number: x_train_image and x_train_text, or x_train_0 and x_train_1",
    ),
    (
        "FILE.csv[:label=NAME]",
        "a table with a header: NAME is the column of labels (else the column called "
        "label, target or class), every other column an input",
    ),
    (
        "[images:]FOLDER",
        "JPEG, PNG, BMP or GIF files in one folder a class, or such folders in train, "
        "test and validation",
    ),
    (
        "[tfdata:]FOLDER",
        "pairs of input and label, saved by tf.data.Dataset.save, or such folders in "
        "train, test and validation",
    ),
    ("[keras:]NAME", f"a data set that Keras downloads: {', '.join(DATASETS)}"),
    (
        "MODULE:FUNCTION or FILE.py:FUNCTION",
        "a Python function without arguments that returns (x, y), or ((x_train, "
        "y_train), (x_test, y_test)), or the arrays of an .npz by name; of several "
        "inputs or outputs, x or y is a dict by their names, or a tuple in the model's "
        "order (two pairs are taken for train and test: of two inputs and two outputs, "
        "return dicts); it is run only with your consent (--allow-code)",
    ),
)

_FOLDERS = ("images", "tfdata")
_FUNCTION = re.compile(r"(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|.+\.py):[A-Za-z_]\w*")
# What tf.data writes beside its snapshots.
_SAVED_DATASET = "dataset_spec.pb"


@dataclass(frozen=True)
class DataSpec:
    """Where data come from.

    Attributes
    ----------
    kind
        ``demo``, ``npz``, ``csv``, ``images``, ``tfdata``, ``keras`` or ``python``.
    name
        The path, the data set's name, or ``module:function``.
    label
        The column of labels in a table.
    shape
        What the model takes, where the data are made to fit it.
    allow_code
        The person agrees that Python code is run to get the data.
    """

    kind: str
    name: str = ""
    label: str | None = None
    shape: Shape | None = None
    allow_code: bool = dataclasses.field(default=False, compare=False)

    @classmethod
    def parse(cls, text: str | Path, *, allow_code: bool = False) -> "DataSpec":
        """Read one of `FORMS`.

        Raises
        ------
        DataError
            Where it is none of these.
        """
        name = str(text).strip()
        prefix, _, rest = name.partition(":")
        if name == "demo":
            return cls("demo")
        if prefix == "keras" or name in DATASETS:
            return cls("keras", _keras_name(name))
        if prefix in _FOLDERS and rest:
            return cls(prefix, rest)
        path, mark, label = name.rpartition(":label=")
        table = path if mark else name
        if table.lower().endswith(".csv"):
            return cls("csv", table, label if mark and label else None)
        if name.lower().endswith(".npz"):
            return cls("npz", name)
        if name and Path(name).is_dir():
            return cls(_kind_of_folder(Path(name)), name)
        if _FUNCTION.fullmatch(name):
            return cls("python", name, allow_code=allow_code)
        raise DataError(
            f"{name!r} is not data that can be used. Give one of: "
            + "; ".join(f"{form} ({meaning})" for form, meaning in FORMS)
            + "."
        )

    def __str__(self) -> str:
        """Return what `parse` reads."""
        if self.kind == "demo":
            return "demo"
        if self.kind in ("keras", *_FOLDERS):
            return f"{self.kind}:{self.name}"
        return self.name if self.label is None else f"{self.name}:label={self.label}"

    @property
    def is_path(self) -> bool:
        """Whether ``name`` is the path of a file or folder."""
        return self.kind in ("npz", "csv", *_FOLDERS)

    @property
    def needs_model(self) -> bool:
        """Whether what the model takes decides how the data are read."""
        return self.kind in _FOLDERS

    @property
    def needs_tensorflow(self) -> bool:
        """Whether reading the data takes TensorFlow or Keras."""
        return self.kind in ("keras", *_FOLDERS)

    def from_anywhere(self) -> "DataSpec":
        """Return the same source with its path made absolute."""
        if self.is_path:
            return dataclasses.replace(self, name=str(Path(self.name).absolute()))
        module, _, function = self.name.rpartition(":")
        if self.kind == "python" and module.endswith(".py"):
            name = f"{Path(module).absolute()}:{function}"
            return dataclasses.replace(self, name=name)
        return self


def _keras_name(name: str) -> str:
    bare = name.removeprefix("keras:")
    if bare not in DATASETS:
        raise DataError(
            f"Keras has no data set {bare!r} that can be used here; choose one of "
            f"{', '.join(DATASETS)}."
        )
    return bare


def _kind_of_folder(folder: Path) -> str:
    places = (folder, folder / "train")
    saved = any((place / _SAVED_DATASET).is_file() for place in places)
    return "tfdata" if saved else "images"
