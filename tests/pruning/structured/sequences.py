"""Small networks in time, with attention, and with operators; see `networks`."""

from typing import Any


def recurrent(keras: Any) -> Any:
    layers = keras.layers
    words = keras.Input((7,), dtype="int32")
    x = layers.Embedding(9, 6)(words)
    x = layers.LSTM(8, return_sequences=True)(x)
    x = layers.GRU(6, return_sequences=True)(x)
    x = layers.GRU(5, reset_after=False, return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(6, activation="relu"))(x)
    x = layers.SimpleRNN(6)(x)
    return keras.Model(words, layers.Dense(2)(x))


def both_ways(keras: Any) -> Any:
    layers = keras.layers
    x = given = keras.Input((7, 3))
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum")(x)
    x = layers.Bidirectional(layers.SimpleRNN(6), merge_mode="ave")(x)
    return keras.Model(given, layers.Dense(2)(x))


def states(keras: Any) -> Any:
    """A decoder that begins with the states of an encoder."""
    layers = keras.layers
    one, other = keras.Input((7, 3)), keras.Input((7, 3))
    _, hidden, cell = layers.LSTM(6, return_state=True, name="encoder")(one)
    decoder = layers.LSTM(6, return_sequences=True, name="decoder")
    x = decoder(other, initial_state=[hidden, cell])
    return keras.Model([one, other], layers.Dense(2)(x))


def films(keras: Any) -> Any:
    """Images in time."""
    layers = keras.layers
    x = given = keras.Input((4, 8, 8, 2))
    x = layers.TimeDistributed(layers.Conv2D(6, 3, activation="relu"))(x)
    x = layers.ConvLSTM2D(4, 3, padding="same")(x)
    return keras.Model(given, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def attention(keras: Any) -> Any:
    """A transformer's block: heads, key and value dimensions, and its two layers."""
    layers = keras.layers
    words = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 8)(words)
    y = layers.MultiHeadAttention(4, 6, value_dim=5, name="mha")(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    y = layers.Dense(16, activation="gelu", name="hidden")(x)
    y = layers.Dense(8)(y)
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    return keras.Model(words, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def cross_attention(keras: Any) -> Any:
    """Without normalisation: what attention reads and puts out goes with the sum."""
    layers = keras.layers
    one, other = keras.Input((6, 3)), keras.Input((5, 3))
    x = layers.Dense(8, name="query")(one)
    memory = layers.Dense(6, name="memory")(other)
    y = layers.MultiHeadAttention(2, 4, name="mha")(x, value=memory, key=memory)
    x = layers.Add()([x, y])
    z = layers.Attention()([layers.Dense(6)(x), layers.Dense(6)(memory)])
    return keras.Model([one, other], layers.Dense(3)(layers.Concatenate()([x, z])))


def operators(keras: Any) -> Any:
    """Arithmetic on tensors, as MobileNetV3 writes its hard swish."""
    layers = keras.layers
    x = given = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3)(x)
    x = x * (layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0))
    y = layers.Conv2D(8, 1)(x)
    x = x + y
    x = layers.Conv2D(6, 1)(x)
    return keras.Model(given, layers.Dense(2)(layers.Flatten()(-x)))


def keras_operators(keras: Any) -> Any:
    """Functions of keras.ops in a model of Keras 3."""
    layers, ops = keras.layers, keras.ops
    x = given = keras.Input((6, 6, 3))
    x = ops.relu(layers.Conv2D(8, 3)(x))
    y = ops.leaky_relu(layers.Conv2D(6, 1)(x))
    x = ops.concatenate([x, ops.maximum(y, layers.Conv2D(6, 1)(x))], axis=-1)
    x = ops.reshape(layers.Conv2D(8, 1)(x), (-1, 16, 8))
    x = ops.transpose(ops.gelu(x), (0, 2, 1))
    x = ops.mean(ops.transpose(x, (0, 2, 1)), axis=1)
    x = layers.Dense(6)(ops.sigmoid(1.0 - x / 2.0))
    return keras.Model(given, layers.Dense(2)(x))


def tensorflow_operators(keras: Any) -> Any:
    """Functions of TensorFlow in a model of tf_keras."""
    import tensorflow as tf

    layers = keras.layers
    x = given = keras.Input((6, 6, 3))
    x = tf.nn.relu(layers.Conv2D(8, 3)(x))
    y = layers.Conv2D(6, 1, name="second")(x)
    x = tf.concat([x, 6.0 - y * 0.5], axis=-1)
    x = tf.math.sigmoid(layers.Conv2D(8, 1)(x))
    x = tf.reduce_mean(x, axis=[1, 2])
    x = layers.Dense(6)(x)
    return keras.Model(given, layers.Dense(2)(tf.math.maximum(x, -x)))
