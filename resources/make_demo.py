"""Make the bundled demo: handwritten digits, and a network that reads them.

Run it from a checkout with the development extra installed
(``pip install -e ".[dev]"``): ``python resources/make_demo.py``. It writes
``digits.npz`` and ``digits_cnn.keras`` beside ``demo/README.md``.
"""

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FOLDER = Path(__file__).resolve().parent / "demo"
SEED = 2
TEST, VALIDATION = 360, 270
LEAST_ACCURACY = 0.98


def split_digits() -> dict[str, np.ndarray]:
    """Return the digits in three parts, shuffled once; pixels are 0 to 16."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(SEED).permutation(len(digits.images))
    images = digits.images.astype(np.uint8)[order][..., np.newaxis]
    labels = digits.target.astype(np.uint8)[order]
    ends = (TEST, TEST + VALIDATION, len(order))
    parts: dict[str, np.ndarray] = {}
    start = 0
    for name, end in zip(("test", "validation", "train"), ends, strict=True):
        parts[f"x_{name}"] = images[start:end]
        parts[f"y_{name}"] = labels[start:end]
        start = end
    return parts


def build_network() -> Any:
    """Return an untrained network of some 168 thousand parameters."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((8, 8, 1), name="image"),
            layers.Rescaling(1 / 16, name="rescaling"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv_1"),
            layers.Conv2D(64, 3, padding="same", activation="relu", name="conv_2"),
            layers.MaxPooling2D(name="pooling"),
            layers.Flatten(name="flatten"),
            layers.Dense(144, activation="relu", name="dense"),
            layers.Dropout(0.3, name="dropout"),
            layers.Dense(10, activation="softmax", name="digit"),
        ],
        name="digits_cnn",
    )


def compile_network(network: Any) -> None:
    """Compile with an optimizer that has no state yet."""
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


def main() -> int:
    """Write both files; 1 where the network is not good enough to ship."""
    import keras

    parts = split_digits()
    np.savez_compressed(FOLDER / "digits.npz", **parts)

    keras.utils.set_random_seed(SEED)
    network = build_network()
    compile_network(network)
    network.fit(parts["x_train"], parts["y_train"], batch_size=32, epochs=30, verbose=0)
    accuracy = network.evaluate(parts["x_test"], parts["y_test"], verbose=0)[1]
    print(f"{network.count_params():,} parameters, test accuracy {accuracy:.2%}")
    if accuracy < LEAST_ACCURACY:
        print(f"The test accuracy is below {LEAST_ACCURACY:.0%}; not saved.")
        return 1
    # Compiled afresh: the state of the optimizer would treble the file.
    compile_network(network)
    network.save(FOLDER / "digits_cnn.keras")
    return 0


if __name__ == "__main__":
    sys.exit(main())
