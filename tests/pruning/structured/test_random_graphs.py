"""Networks put together at random: the small one equals the masked one, or says so."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruneview.pruning.structured.plan import ShrinkPlan
from tests.pruning.structured.shrinking import (
    TOLERANCE,
    randomise,
    shrink_and_compare,
)

pytestmark = pytest.mark.tensorflow

_ACTIVATIONS = ("linear", "relu", "tanh", "silu", "sigmoid")


class _Network:
    """Tensors made so far, and ways to make another of them."""

    def __init__(self, keras: Any, draw: Any) -> None:
        self._layers = keras.layers
        self._draw = draw
        self.inputs = keras.Input((8, 8, 3))
        first = keras.layers.Conv2D(8, 1, activation="relu")(self.inputs)
        self.made = [self.inputs, first]

    def add(self, step: str) -> None:
        recent = self.made[-3:]
        x = recent[self._draw(st.integers(0, len(recent) - 1))]
        self.made.append(_STEPS[step](self, self._layers, x))

    def filters(self) -> int:
        return self._draw(st.sampled_from((4, 6, 8)))

    def function(self) -> str:
        return self._draw(st.sampled_from(_ACTIVATIONS))

    def pick(self, *values: Any) -> Any:
        return self._draw(st.sampled_from(values))

    def merge(self, x: Any, make: Any, axes: slice) -> Any:
        """Merge with a tensor made before whose shape fits, or with a new one."""
        fits = [y for y in self.made if y.shape[axes] == x.shape[axes] and y is not x]
        other = self.pick(*fits) if fits else self._layers.Conv2D(x.shape[-1], 1)(x)
        return make([x, other])


def _excite(network: _Network, layers: Any, x: Any) -> Any:
    gate = layers.Dense(x.shape[-1], activation="sigmoid")(
        layers.GlobalAveragePooling2D(keepdims=True)(x)
    )
    return layers.Multiply()([x, gate])


_ALL, _SPACE = slice(1, None), slice(1, 3)
_STEPS: dict[str, Any] = {
    "conv": lambda n, k, x: k.Conv2D(n.filters(), 1, activation=n.function())(x),
    "same": lambda n, k, x: k.Conv2D(
        n.filters(), 3, padding="same", activation=n.function()
    )(x),
    "strided": lambda n, k, x: k.Conv2D(n.filters(), 1, strides=2, use_bias=False)(x),
    "separable": lambda n, k, x: k.SeparableConv2D(n.filters(), 1, depth_multiplier=2)(
        x
    ),
    "depthwise": lambda n, k, x: k.DepthwiseConv2D(1, depth_multiplier=2)(x),
    "groups": lambda n, k, x: k.Conv2D(16, 1, groups=n.pick(2, 8))(k.Conv2D(8, 1)(x)),
    "norm": lambda n, k, x: k.Activation(n.function())(
        k.BatchNormalization(scale=n.pick(True, False))(x)
    ),
    "group norm": lambda n, k, x: k.GroupNormalization(2)(k.Conv2D(n.filters(), 1)(x)),
    "prelu": lambda n, k, x: k.PReLU(shared_axes=[1, 2])(x),
    "pool": lambda n, k, x: k.AveragePooling2D(2, padding="same")(x),
    "pad": lambda n, k, x: k.Cropping2D(1)(k.ZeroPadding2D(1)(x)),
    "up": lambda n, k, x: k.MaxPooling2D(2)(k.UpSampling2D(2)(x)),
    "transposed": lambda n, k, x: k.Conv2DTranspose(n.filters(), 2, strides=2)(
        k.MaxPooling2D(padding="same")(x)
    ),
    "permute": lambda n, k, x: k.Permute((2, 1, 3))(x),
    "add": lambda n, k, x: n.merge(x, k.Add(), _ALL),
    "multiply": lambda n, k, x: n.merge(x, k.Multiply(), _ALL),
    "maximum": lambda n, k, x: n.merge(x, k.Maximum(), _ALL),
    "concatenate": lambda n, k, x: n.merge(x, k.Concatenate(), _SPACE),
    "excite": _excite,
}


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_random_networks(keras: Any, data: st.DataObject) -> None:
    steps = st.lists(st.sampled_from(list(_STEPS)), min_size=4, max_size=9)
    names = data.draw(steps)
    network = _Network(keras, data.draw)
    for name in names:
        network.add(name)
    made = network.made
    ends = [keras.layers.Flatten()(made[-1])]
    if data.draw(st.booleans()):
        ends.append(keras.layers.GlobalAveragePooling2D()(made[-2]))
    x = keras.layers.Concatenate()(ends) if len(ends) > 1 else ends[0]
    x = keras.layers.Dense(6, activation="relu")(x)
    model = randomise(keras.Model(network.inputs, keras.layers.Dense(3)(x)))
    ratio = data.draw(st.sampled_from((0.3, 0.5, 0.8)))
    plan = ShrinkPlan(ratio=ratio, criterion="random", seed=len(names))
    result = shrink_and_compare(model, plan)
    assert result.choice.removed
    assert result.small.count_params() < model.count_params()
    assert result.notes or result.difference.largest_relative <= TOLERANCE
    assert all("borders" in note for note in result.notes)
