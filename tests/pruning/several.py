"""Models with several inputs and outputs, and data for them."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLES = 96

Arrays = dict[str, NDArray[Any]]


def listing(keras: Any) -> Any:
    """An image and words, to a class and a price; compiled with weighted losses."""
    layers = keras.layers
    image = keras.Input((6, 6, 1), name="image")
    words = keras.Input((5,), dtype="int32", name="words")
    seen = layers.Flatten()(layers.Conv2D(4, 3, activation="relu", name="eye")(image))
    read = layers.GlobalAveragePooling1D()(layers.Embedding(20, 6, name="read")(words))
    flow = layers.Concatenate()([seen, read])
    flow = layers.Dense(16, activation="relu", name="both")(flow)
    kind = layers.Dense(3, activation="softmax", name="kind")(flow)
    price = layers.Dense(1, name="price")(flow)
    model = keras.Model([image, words], [kind, price], name="listing")
    model.compile(
        "adam",
        loss={"kind": "sparse_categorical_crossentropy", "price": "mse"},
        loss_weights={"kind": 1.0, "price": 0.25},
        metrics={"kind": ["accuracy"], "price": ["mae"]},
    )
    return model


def siamese(keras: Any) -> Any:
    """Two inputs through the same layers, to whether they belong together."""
    layers = keras.layers
    tower = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(12, activation="relu", name="wide"),
            layers.Dense(6, name="narrow"),
        ],
        name="tower",
    )
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    apart = layers.Subtract()([tower(left), tower(right)])
    same = layers.Dense(1, activation="sigmoid", name="same")(
        layers.Multiply()([apart, apart])
    )
    return keras.Model([left, right], same, name="siamese")


def by_name(keras: Any) -> Any:
    """Dicts in and out, whose keys are not in the order of the layers."""
    layers = keras.layers
    second = keras.Input((4,), name="zeta")
    first = keras.Input((7,), name="alpha")
    flow = layers.Dense(10, activation="tanh", name="both")(
        layers.Concatenate()([second, first])
    )
    outputs = {
        "sort": layers.Dense(4, activation="softmax", name="sort")(flow),
        "amount": layers.Dense(2, name="amount")(flow),
    }
    return keras.Model({"zeta": second, "alpha": first}, outputs, name="named")


def nested(keras: Any) -> Any:
    """A model with two inputs and two outputs within another such."""
    layers = keras.layers
    a, b = keras.Input((5,)), keras.Input((3,))
    flow = layers.Dense(9, activation="relu", name="first")(
        layers.Concatenate()([a, b])
    )
    inner = keras.Model(
        [a, b],
        [
            layers.Dense(4, activation="softmax", name="scores")(flow),
            layers.Dense(6, activation="relu", name="features")(flow),
        ],
        name="inner",
    )
    wide, thin = keras.Input((5,), name="wide"), keras.Input((3,), name="thin")
    scores, features = inner([wide, thin])
    value = layers.Dense(1, name="value")(features)
    return keras.Model([wide, thin], [scores, value], name="outer")


MODELS = {f.__name__: f for f in (listing, siamese, by_name, nested)}


def arrays_for(name: str) -> Arrays:
    """Return the arrays of an ``.npz`` for a model of `MODELS`."""
    chance = np.random.default_rng(5)
    n = SAMPLES
    if name == "listing":
        image = chance.random((n, 6, 6, 1)).astype(np.float32)
        words = chance.integers(0, 20, (n, 5))
        kind = (words.sum(1) + (image.mean((1, 2, 3)) > 0.5)) % 3
        price = (image.sum((1, 2, 3)) / 9 + words[:, 0] / 20).astype(np.float32)
        given = {"x": [("image", image), ("words", words)]}
        given["y"] = [("kind", kind), ("price", price)]
    elif name == "siamese":
        left, right = chance.normal(size=(2, n, 8)).astype(np.float32)
        same = (chance.random(n) < 0.5).astype(np.int64)
        right = np.where(same[:, None] == 1, left, right)
        given = {"x": [("0", left), ("1", right)], "y": [("", same)]}
    elif name == "by_name":
        zeta = chance.normal(size=(n, 4)).astype(np.float32)
        alpha = chance.normal(size=(n, 7)).astype(np.float64)
        given = {"x": [("zeta", zeta), ("alpha", alpha)]}
        given["y"] = [("sort", zeta.argmax(1)), ("amount", alpha[:, :2])]
    else:
        wide = chance.normal(size=(n, 5)).astype(np.float32)
        thin = chance.normal(size=(n, 3)).astype(np.float32)
        given = {"x": [("wide", wide), ("thin", thin)]}
        given["y"] = [("0", wide[:, :4].argmax(1)), ("1", thin.sum(1))]
    arrays = {}
    for axis, named in given.items():
        for end, values in named:
            for part, chosen in (("train", slice(64)), ("test", slice(64, None))):
                arrays["_".join(filter(None, (axis, part, end)))] = values[chosen]
    return arrays


def write(keras: Any, name: str, folder: Path) -> tuple[Path, Path]:
    """Save a model of `MODELS` and its data; return both files."""
    keras.utils.set_random_seed(11)
    MODELS[name](keras).save(folder / f"{name}.keras")
    np.savez(folder / f"{name}.npz", **arrays_for(name))
    return folder / f"{name}.keras", folder / f"{name}.npz"
