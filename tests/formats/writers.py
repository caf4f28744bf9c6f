"""Writes models with Keras 3 and tf_keras in every format, and what they hold.

Run as a program, in a process of its own: ``python -m tests.formats.writers FOLDER``.
Each model becomes ``LOADER_NAME`` with the endings of the formats, and
``LOADER_NAME.json`` lists its layers as Keras itself sees them: path, class, and shape,
dtype, digest and zeros of each weight in Keras' order.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def describe(values: Any) -> list:
    array = np.ascontiguousarray(values)
    digest = hashlib.sha1(array.tobytes()).hexdigest()[:16]
    zeros = int(np.count_nonzero(array == 0))
    return [list(array.shape), str(array.dtype), digest, zeros]


def walk(model: Any, models: tuple, prefix: str = "") -> list:
    """List layers as `ModelFile.layers` should: a nested model before its layers."""
    found = []
    for layer in model.layers:
        path = prefix + layer.name
        if isinstance(layer, models):
            found.append([path, type(layer).__name__, []])
            found += walk(layer, models, path + "/")
        else:
            weights = [describe(w.numpy()) for w in layer.weights]
            found.append([path, type(layer).__name__, weights])
    return found


def shake(model: Any) -> None:
    """Give every weight values of its own, so that no two are mistaken."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        value = weight.numpy()
        if value.dtype.kind == "f" or "float" in value.dtype.name:
            weight.assign(random.normal(size=value.shape).astype(value.dtype))


def nested(keras: Any) -> Any:
    layers = keras.layers
    inner = keras.Sequential(
        [keras.Input((8,)), layers.Dense(4), layers.BatchNormalization()], name="inner"
    )
    i = keras.Input((4,))
    twice = keras.Model(i, layers.Dense(4, name="same")(i), name="twice")
    j = keras.Input((4,))
    x = layers.Dense(4, name="same_too")(twice(j))
    frozen = layers.Dense(3, name="frozen", trainable=False)
    deep = keras.Model(j, layers.BatchNormalization()(frozen(x)), name="deep")
    start = keras.Input((8,))
    shared = layers.Dense(4, name="shared")
    x = deep(shared(shared(inner(start))))
    end = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(start, end, name="outer")
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((4, 8)), np.eye(2)[[0, 1, 0, 1]], verbose=0)
    return model


def recurrent(keras: Any) -> Any:
    layers = keras.layers
    start = keras.Input((6,))
    x = layers.Embedding(11, 8)(start)
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.TimeDistributed(layers.Dense(3))(x)
    x = layers.RNN(
        layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)]),
        return_sequences=True,
    )(x)
    x = layers.Dropout(0.5)(layers.GRU(4, use_bias=False)(x))
    x = layers.LayerNormalization()(x)
    x = layers.PReLU()(x)
    return keras.Model(start, layers.Dense(2)(x), name="recurrent")


def convolutional(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(scale=False),
            layers.SeparableConv2D(4, 3),
            layers.DepthwiseConv2D(3),
            layers.BatchNormalization(center=False),
            layers.Conv2DTranspose(3, 3),
            layers.Flatten(),
            layers.Dense(10),
        ],
        name="convolutional",
    )


def many(keras: Any) -> Any:
    layers = [keras.layers.Dense(n % 3 + 2) for n in range(12)]
    return keras.Sequential([keras.Input((3,)), *layers], name="many")


def half(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, dtype="float16")], name="half"
    )


def subclassed(keras: Any) -> Any:
    layers = keras.layers

    class Sub(keras.Model):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.a = layers.Dense(3)
            self.out = layers.Dense(2)
            self.blocks = [layers.Dense(5), layers.Dense(3)]

        def call(self, inputs: Any) -> Any:
            x = self.a(inputs)
            for block in self.blocks:
                x = block(x)
            return self.out(x)

        def get_config(self) -> dict:
            return {"name": self.name}

    model = Sub(name="subclassed")
    model(np.zeros((1, 4), "float32"))
    return model


def with_lambda(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3), layers.Lambda(lambda x: x * 2)],
        name="with_lambda",
    )


def save(model: Any, models: tuple, folder: Path, name: str, endings: tuple) -> None:
    shake(model)
    (folder / f"{name}.json").write_text(json.dumps(walk(model, models)))
    for ending in endings:
        target = str(folder / f"{name}{ending}")
        if ending in {".weights.h5", "_weights.h5"}:
            model.save_weights(target)
        else:
            model.save(target)


def write_keras3(folder: Path) -> None:
    import keras

    models = (keras.Model,)
    for make in (nested, recurrent, convolutional, many, half, subclassed, with_lambda):
        model = make(keras)
        endings = (".keras", ".h5", ".weights.h5")
        save(model, models, folder, f"keras3_{make.__name__}", endings)
    keras.config.set_dtype_policy("bfloat16")
    model = many(keras)
    keras.config.set_dtype_policy("float32")
    save(model, models, folder, "keras3_bfloat16", (".keras", ".weights.h5"))
    wide = [keras.layers.Dense(100) for _ in range(4)]
    model = keras.Sequential([keras.Input((100,)), *wide], name="wide")
    save(model, models, folder, "keras3_wide", (".keras",))
    model.save_weights(folder / "keras3_wide.weights.json", max_shard_size=0.0001)

    model = convolutional(keras)
    save(model, models, folder, "keras3_exported", ())
    model.export(folder / "keras3_exported", verbose=False)


def write_tf_keras(folder: Path) -> None:
    import tf_keras as keras

    endings = (".keras", ".h5", ".weights.h5", "_weights.h5")
    models = (keras.Model,)
    for make in (nested, recurrent, convolutional, many, half, with_lambda):
        model = make(keras)
        save(model, models, folder, f"tf_keras_{make.__name__}", endings)
    save(subclassed(keras), models, folder, "tf_keras_subclassed", (".weights.h5",))
    model = nested(keras)
    save(model, models, folder, "tf_keras_saved_model", ("",))


def write_tfmot(folder: Path) -> None:
    import tensorflow_model_optimization as tfmot
    import tf_keras as keras

    endings = (".keras", ".h5", ".weights.h5", "_weights.h5")
    models = (keras.Model,)
    layers = keras.layers
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)])
    pruned = tfmot.sparsity.keras.prune_low_magnitude(model)
    pruned.compile("adam", "mse")
    step = tfmot.sparsity.keras.UpdatePruningStep()
    pruned.fit(np.ones((4, 8)), np.ones((4, 2)), verbose=0, callbacks=[step])
    (folder / "tfmot_pruned.json").write_text(json.dumps(walk(pruned, models)))
    for ending in endings:
        target = str(folder / f"tfmot_pruned{ending}")
        (pruned.save_weights if "weights" in ending else pruned.save)(target)
    quantized = tfmot.quantization.keras.quantize_model(model)
    (folder / "tfmot_quantized.json").write_text(json.dumps(walk(quantized, models)))
    for ending in endings:
        target = str(folder / f"tfmot_quantized{ending}")
        (quantized.save_weights if "weights" in ending else quantized.save)(target)


if __name__ == "__main__":
    write_keras3(Path(sys.argv[1]))
    write_tf_keras(Path(sys.argv[1]))
    write_tfmot(Path(sys.argv[1]))
