"""Samples to the tensors that a model takes, and labels to those it is measured by."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.data.samples import Samples, Several, arrays_of
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.subject.objectives import AnyObjective, parts_of

Pack = Callable[[Any, list[Any]], Any]


class Feed:
    """Inputs and labels of one model, trained on one set of data.

    The training data are given to TensorFlow once. One input is a tensor; several are
    packed in the structure that the model takes, and so are labels.

    Parameters
    ----------
    pack
        Puts a list of tensors in a structure, as the model's Keras does.
    """

    def __init__(
        self, model: Any, objective: AnyObjective, data: DataSet, pack: Pack
    ) -> None:
        import tensorflow as tf

        self._x = Side(
            (data.x_test, data.x_validation),
            [tf.as_dtype(tensor.dtype) for tensor in model.inputs],
            partial(pack, structure_of(model, "input")),
        )
        self._y = Side(
            (data.y_test, data.y_validation),
            [
                tf.int32 if each.loss.startswith("sparse_") else tf.float32
                for each in parts_of(objective)
            ],
            partial(pack, structure_of(model, "output")),
        )
        with tf.device("CPU:0"):
            self._all_x = [tf.constant(array) for array in arrays_of(data.x_train)]
            self._all_y = [tf.constant(array) for array in arrays_of(data.y_train)]

    def batch(self, samples: Any) -> tuple[Any, Any]:
        """Return inputs and labels of training samples, inside a traced function."""
        import tensorflow as tf

        x = self._x.pack([tf.gather(each, samples) for each in self._all_x])
        return x, self._y.pack([tf.gather(each, samples) for each in self._all_y])

    def signature(self) -> list[Any]:
        """Return what `tensors` are, with any number of samples."""
        return [*self._x.signature, *self._y.signature]

    def tensors(self, x: Samples, y: Samples) -> list[Any]:
        """Return samples to measure with, of types that hold all that was given."""
        return [*self._x.tensors(x), *self._y.tensors(y)]

    def packed(self, tensors: Sequence[Any]) -> tuple[Any, Any]:
        """Return inputs and labels, from what `tensors` returned."""
        inputs = len(self._x.signature)
        return self._x.pack(tensors[:inputs]), self._y.pack(tensors[inputs:])


class Side:
    """All inputs, or all labels.

    Parameters
    ----------
    given
        All that may come; None for what there is not.
    types
        Of each tensor, in the order of the arrays.
    pack
        Puts the tensors of several arrays in the model's structure.
    """

    def __init__(
        self,
        given: Sequence[Samples | None],
        types: Sequence[Any],
        pack: Callable[[Any], Any],
    ) -> None:
        import tensorflow as tf

        self._types = types
        there = [samples for samples in given if samples is not None]
        self._pack = pack if isinstance(there[0], Several) else None
        ends = zip(*(arrays_of(samples) for samples in there), strict=True)
        self.signature = [
            # Of a type that holds them all: TensorFlow cuts off fractions unasked.
            tf.TensorSpec([None, *end[0].shape[1:]], _type_of(end))
            for end in ends
        ]

    def tensors(self, samples: Samples) -> list[Any]:
        """Return the arrays as tensors, of types that hold all that was given."""
        import tensorflow as tf

        return [
            tf.constant(array.astype(spec.dtype.as_numpy_dtype, copy=False))
            for array, spec in zip(arrays_of(samples), self.signature, strict=True)
        ]

    def pack(self, tensors: Sequence[Any]) -> Any:
        """Return what the model takes, from what `tensors` returned."""
        import tensorflow as tf

        cast = [
            tf.cast(tensor, kind)
            for tensor, kind in zip(tensors, self._types, strict=True)
        ]
        return cast[0] if self._pack is None else self._pack(cast)


def _type_of(arrays: Sequence[NDArray[Any]]) -> np.dtype[Any]:
    return np.result_type(*(array.dtype for array in arrays))
