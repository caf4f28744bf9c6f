"""Images in folders, one folder a class, decoded and resized by TensorFlow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.reading import Arrays, Reading, find_parts, split
from pruneview.pruning.data.spec import Shape
from pruneview.pruning.errors import DataError

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif"})
_CHANNELS = (1, 3, 4)


def read_images(folder: Path, shape: Shape, reading: Reading) -> Arrays:
    """Read every image below `folder`, resized to what the model takes.

    Parameters
    ----------
    shape
        Height, width and channels; an unknown height or width is the first image's.

    Returns
    -------
    Arrays
        Pixels as bytes, 0 to 255; labels are the places of the folders' names in
        alphabetical order.

    Raises
    ------
    DataError, Cancelled
    """
    size = _size(folder, shape)
    parts = find_parts(folder)
    classes = sorted({c.name for root in parts.values() for c in class_folders(root)})
    if not classes:
        raise DataError(
            f"{folder} holds no folders with images: it must hold one folder a class, "
            f"with files that end in {', '.join(sorted(ENDINGS))}."
        )
    reading.say(f"Classes of {folder.name}, by name: {_listed(classes)}.")
    arrays: Arrays = {}
    for part, root in parts.items():
        files = [
            (file, classes.index(folder_of_class.name))
            for folder_of_class in class_folders(root)
            for file in images_in(folder_of_class)
        ]
        if not files:
            raise DataError(f"{root} holds no folders with images.")
        x, size = _decode([file for file, _ in files], size, reading)
        y = np.array([label for _, label in files], np.int32)
        arrays[f"x_{part}"], arrays[f"y_{part}"] = x, y
    reading.say(f"Images of {folder.name} are resized to {size[0]}x{size[1]} pixels.")
    if "x_" in arrays:
        return split(folder.name, arrays["x_"], arrays["y_"], reading)
    return arrays


def class_folders(root: Path) -> list[Path]:
    """Return the folders that hold images, by name."""
    return [
        entry
        for entry in sorted(root.iterdir())
        if entry.is_dir() and not entry.name.startswith(".") and images_in(entry)
    ]


def images_in(folder: Path) -> list[Path]:
    """Return the image files in one folder, by name."""
    return [f for f in sorted(folder.iterdir()) if f.suffix.lower() in ENDINGS]


def _size(folder: Path, shape: Shape) -> tuple[int | None, int | None, int]:
    if len(shape) != 3 or shape[2] not in _CHANNELS:
        wanted = "x".join("any" if axis is None else str(axis) for axis in shape)
        raise DataError(
            f"{folder.name} holds images; the model takes {wanted}, not height x width "
            "x channels with 1, 3 or 4 channels last."
        )
    return shape[0], shape[1], shape[2]


def _decode(
    files: Sequence[Path], size: tuple[int | None, int | None, int], reading: Reading
) -> tuple[NDArray, tuple[int, int, int]]:
    height, width, channels = size
    stack: NDArray | None = None
    for place, file in enumerate(files):
        if place % 32 == 0:
            reading.progress(f"Reading {len(files)} images", place / len(files))
        image = _read(file, channels)
        if stack is None:
            height, width = height or image.shape[0], width or image.shape[1]
            stack = np.empty((len(files), height, width, channels), np.uint8)
        stack[place] = _resized(image, stack.shape[1], stack.shape[2])
    assert stack is not None
    return stack, (stack.shape[1], stack.shape[2], channels)


def _read(file: Path, channels: int) -> Any:
    import tensorflow as tf

    try:
        return tf.io.decode_image(
            file.read_bytes(), channels=channels, expand_animations=False
        )
    except (tf.errors.OpError, ValueError) as error:
        raise DataError(
            f"{file} cannot be read as an image: it is damaged, or of another kind "
            "than its name says. Mend or remove it."
        ) from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from error


def _resized(image: Any, height: int, width: int) -> NDArray:
    import tensorflow as tf

    if tuple(image.shape[:2]) == (height, width):
        return np.asarray(image)
    # Averages where it gets smaller, so that no pixel is passed over.
    resized = tf.image.resize(image, (height, width), antialias=True)
    return np.asarray(tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8))


def _listed(classes: Sequence[str]) -> str:
    shown = ", ".join(f"{place} {name}" for place, name in enumerate(classes[:20]))
    return shown + (", ..." if len(classes) > 20 else "")
