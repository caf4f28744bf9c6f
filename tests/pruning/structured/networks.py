"""Small networks, one for each kind of layer and each way of being coupled.

Each function takes a Keras (3, or tf_keras) and returns a model; what it is a case of
is its name.
"""

from collections.abc import Callable
from typing import Any

from tests.pruning.structured.sequences import (
    attention,
    both_ways,
    cross_attention,
    films,
    keras_operators,
    operators,
    recurrent,
    states,
    tensorflow_operators,
)

Build = Callable[[Any], Any]


def dense(keras: Any) -> Any:
    """Dense after Dense, an activation that makes 0.5 of nothing in between."""
    layers = keras.layers
    x = given = keras.Input((6,))
    x = layers.Dense(8, activation="sigmoid", name="first")(x)
    x = layers.Dense(7, activation="gelu", name="second")(x)
    return keras.Model(given, layers.Dense(3, name="last")(x))


def sequential(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((9, 9, 2)),
            layers.Conv2D(6, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(8, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def convolutions_1d(keras: Any) -> Any:
    layers = keras.layers
    x = given = keras.Input((12, 3))
    x = layers.Conv1D(6, 3, padding="causal", activation="relu")(x)
    x = layers.ZeroPadding1D(1)(x)
    x = layers.Conv1D(8, 3, strides=2)(x)
    x = layers.UpSampling1D(2)(x)
    x = layers.Cropping1D(1)(x)
    x = layers.SeparableConv1D(6, 3, depth_multiplier=2)(x)
    x = layers.Conv1DTranspose(5, 3, strides=2)(x)
    x = layers.AveragePooling1D(2)(x)
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(x)))


def convolutions_3d(keras: Any) -> Any:
    layers = keras.layers
    x = given = keras.Input((6, 6, 6, 2))
    x = layers.Conv3D(4, 3, padding="same", activation="elu")(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3DTranspose(6, 2, strides=2)(x)
    x = layers.Cropping3D(1)(layers.ZeroPadding3D(1)(x))
    x = layers.UpSampling3D(2)(x)
    x = layers.GlobalAveragePooling3D()(x)
    return keras.Model(given, layers.Dense(2)(x))


def transposed(keras: Any) -> Any:
    layers = keras.layers
    x = given = keras.Input((5, 5, 3))
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2DTranspose(4, 4, strides=2)(x)
    return keras.Model(given, layers.Conv2D(2, 1)(layers.Activation("relu")(x)))


def separable(keras: Any) -> Any:
    layers = keras.layers
    x = given = keras.Input((8, 8, 3))
    x = layers.SeparableConv2D(6, 3, depth_multiplier=2, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.SeparableConv2D(8, 3)(x)
    return keras.Model(given, layers.Dense(2)(layers.GlobalMaxPooling2D()(x)))


def depthwise_chain(keras: Any) -> Any:
    """MobileNet's: depthwise and pointwise by turns, with a multiplier."""
    layers = keras.layers
    x = given = keras.Input((10, 10, 3))
    x = layers.Conv2D(6, 3, strides=2, use_bias=False)(x)
    for filters, multiplier in ((8, 1), (6, 2)):
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
        x = layers.DepthwiseConv2D(3, depth_multiplier=multiplier)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.GlobalAveragePooling2D(keepdims=True)(layers.BatchNormalization()(x))
    x = layers.Reshape((3,))(layers.Conv2D(3, 1)(x))
    return keras.Model(given, layers.Activation("softmax")(x))


def residual(keras: Any) -> Any:
    """ResNet's: sums of branches, one with a projection."""
    layers = keras.layers
    x = given = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 3, padding="same")(x)
    for filters, strides in ((6, 1), (8, 2)):
        short = x
        if strides > 1:
            short = layers.Conv2D(filters, 1, strides=strides)(x)
            short = layers.BatchNormalization()(short)
        y = layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(y))
        x = layers.Activation("relu")(layers.Add()([short, y]))
    return keras.Model(given, layers.Dense(4)(layers.GlobalAveragePooling2D()(x)))


def densely_connected(keras: Any) -> Any:
    """DenseNet's: what was made so far is concatenated, then normalised."""
    layers = keras.layers
    x = given = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 3, padding="same")(x)
    for _ in range(3):
        y = layers.ReLU()(layers.BatchNormalization()(x))
        y = layers.Conv2D(8, 1, use_bias=False)(y)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(4, 3, padding="same", use_bias=False)(y)
        x = layers.Concatenate()([x, y])
    x = layers.Conv2D(8, 1)(layers.ReLU()(layers.BatchNormalization()(x)))
    x = layers.AveragePooling2D(2)(x)
    return keras.Model(given, layers.Dense(4)(layers.Flatten()(x)))


def u_net(keras: Any) -> Any:
    """Skips over a way down and up again, the input itself among them."""
    layers = keras.layers
    given = keras.Input((8, 8, 2))
    first = layers.Conv2D(6, 3, padding="same", activation="relu")(given)
    down = layers.MaxPooling2D()(first)
    second = layers.Conv2D(8, 3, padding="same", activation="relu")(down)
    deep = layers.Conv2D(10, 3, padding="same", activation="relu")(
        layers.MaxPooling2D()(second)
    )
    up = layers.Conv2DTranspose(8, 2, strides=2)(deep)
    up = layers.Concatenate()([second, up])
    up = layers.Conv2D(6, 3, padding="same", activation="relu")(up)
    up = layers.UpSampling2D(interpolation="bilinear")(up)
    up = layers.Concatenate()([given, up, first])
    return keras.Model(given, layers.Conv2D(2, 1, activation="sigmoid")(up))


def squeeze_and_excite(keras: Any) -> Any:
    """Channels multiplied by gates of their own."""
    layers = keras.layers
    x = given = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, activation="silu")(x)
    gate = layers.Reshape((1, 1, 8))(layers.GlobalAveragePooling2D()(x))
    gate = layers.Conv2D(4, 1, activation="silu")(gate)
    gate = layers.Conv2D(8, 1, activation="sigmoid")(gate)
    x = layers.Conv2D(6, 1)(layers.Multiply()([x, gate]))
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(x)))


def coupled(keras: Any) -> Any:
    """All merges, one of them over a concatenation of two layers."""
    layers = keras.layers
    given = keras.Input((6,))

    def make(units: int = 8) -> Any:
        return layers.Dense(units, activation="relu")(given)

    x = layers.Subtract()([make(), make()])
    x = layers.Average()([x, make(), make()])
    x = layers.Maximum()([x, make()])
    x = layers.Minimum()([x, layers.Concatenate()([make(3), make(5)])])
    x = layers.Multiply()([x, make()])
    return keras.Model(given, layers.Dense(2)(x))


def shared(keras: Any) -> Any:
    """One layer at two places, so that what it reads there goes together."""
    layers = keras.layers
    one, other = keras.Input((6,)), keras.Input((5,))
    both = layers.Dense(7, activation="relu", name="both")
    first = both(layers.Dense(8, name="left")(one))
    second = both(layers.Dense(8, name="right")(other))
    x = layers.Concatenate()([first, second])
    ends = [layers.Dense(2, name="a")(x), layers.Dense(3, name="b")(second)]
    return keras.Model([one, other], ends)


def nested(keras: Any) -> Any:
    """A Functional in a Functional with a Sequential in it, called twice."""
    layers = keras.layers
    inside = keras.Input((6, 6, 8))
    tower = keras.Sequential(
        [layers.Conv2D(6, 1, activation="relu"), layers.BatchNormalization()],
        name="tower",
    )
    x = tower(layers.Conv2D(8, 3, padding="same", name="conv")(inside))
    inner = keras.Model(inside, [x, layers.GlobalAveragePooling2D()(x)], name="inner")
    given = keras.Input((8, 8, 3))
    before = layers.Conv2D(8, 3, name="before")(given)
    after = layers.Conv2D(8, 3, name="after")(given)
    map_one, mean_one = inner(before)
    _, mean_two = inner(after)
    x = layers.Concatenate()([layers.Flatten()(map_one), mean_one, mean_two])
    return keras.Model(given, layers.Dense(3, name="last")(x))


def named_inputs(keras: Any) -> Any:
    """A nested model that takes its inputs by name, given in another order."""
    layers = keras.layers
    wide, narrow = keras.Input((8,), name="wide"), keras.Input((6,), name="narrow")
    x = layers.Concatenate()([wide, layers.Dense(4, name="mixed")(narrow)])
    inner = keras.Model({"wide": wide, "narrow": narrow}, layers.Dense(5)(x))
    given = keras.Input((3,))
    one = layers.Dense(6, name="one")(given)
    other = layers.Dense(8, name="other")(given)
    x = inner({"narrow": one, "wide": other})
    return keras.Model(given, layers.Dense(2, name="last")(x))


def reshaped(keras: Any) -> Any:
    """Reshape and Permute: channels split in two axes, moved, and joined again."""
    layers = keras.layers
    x = given = keras.Input((6, 6, 3))
    x = layers.Conv2D(8, 3)(x)
    x = layers.Reshape((16, 8))(x)
    x = layers.Permute((2, 1))(layers.Permute((2, 1))(x))
    x = layers.Reshape((4, 4, 2, 4))(x)
    x = layers.Permute((1, 2, 4, 3))(x)
    x = layers.Reshape((4, 4, 8))(x)
    x = layers.Conv2D(6, 1, activation="relu")(x)
    x = layers.Reshape((-1,))(x)
    x = layers.RepeatVector(3)(layers.Dense(6)(x))
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(x)))


def grouped(keras: Any) -> Any:
    """Convolutions of two groups, and of as many as there are channels."""
    layers = keras.layers
    x = given = keras.Input((6, 6, 3))
    x = layers.Conv2D(8, 3, activation="sigmoid")(x)
    x = layers.Conv2D(12, 1, groups=2, activation="relu")(x)
    x = layers.Conv2D(24, 3, groups=12)(x)
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(x)))


def normalised(keras: Any) -> Any:
    """Group normalisation and PReLU; a normalisation by layer, that must stay."""
    layers = keras.layers
    x = given = keras.Input((6, 6, 3))
    x = layers.Rescaling(2.0)(x)
    x = layers.GroupNormalization(4)(layers.Conv2D(8, 3, padding="same")(x))
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.PReLU()(layers.Conv2D(6, 3)(x))
    x = layers.GroupNormalization(-1)(layers.Conv2D(6, 1)(x))
    x = layers.BatchNormalization(scale=False)(layers.Conv2D(8, 1)(x))
    x = layers.LayerNormalization()(layers.Conv2D(5, 1, name="stays")(x))
    x = layers.LeakyReLU()(layers.Conv2D(4, 1)(x))
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(x)))


__all__ = ["ALL", "keras_operators", "tensorflow_operators"]
ALL: tuple[Build, ...] = (
    dense, sequential, convolutions_1d, convolutions_3d, transposed, separable,
    depthwise_chain, residual, densely_connected, u_net, squeeze_and_excite, coupled,
    shared, nested, named_inputs, reshaped, grouped, normalised, recurrent, both_ways,
    states, films, attention, cross_attention, operators,
)  # fmt: skip
