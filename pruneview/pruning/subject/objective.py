"""What training minimises and what is measured: from the model, or by its output."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.pruning.planning.plan import PlanError

CROSSENTROPIES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)
_SHORT = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "acc": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "binary_accuracy": "accuracy",
}
_METRICS = ("accuracy", "mse", "mae", "auc")
_KEPT_OPTIONS = ("from_logits", "label_smoothing", "delta")


@dataclass(frozen=True)
class Objective:
    """A loss and a metric.

    Attributes
    ----------
    loss, metric
        Names that Keras knows.
    source
        Where they come from, in words.
    options
        Arguments of the loss, such as ``from_logits``.
    """

    loss: str
    metric: str
    source: str
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def sentence(self) -> str:
        """Say all of it."""
        return f"Loss {self.loss}, metric {self.metric}, from {self.source}."

    def build_loss(self) -> Any:
        """Return the Keras loss.

        Raises
        ------
        PlanError
            Where Keras has no such loss.
        """
        import keras

        try:
            loss = keras.losses.get(self.loss)
        except ValueError:
            sentence = f"Loss is {self.loss!r}; Keras has no loss of that name."
            raise PlanError({"loss": sentence}) from None
        if not self.options:
            return loss
        name = "".join(word.capitalize() for word in self.loss.split("_"))
        return getattr(keras.losses, name)(**dict(self.options))

    def check(self) -> None:
        """Raise `PlanError` where Keras has no such loss or metric."""
        import keras

        self.build_loss()
        if self.metric in _METRICS:
            return
        try:
            keras.metrics.get(self.metric)
        except ValueError:
            sentence = f"Metric is {self.metric!r}; Keras has no metric of that name."
            raise PlanError({"metric": sentence}) from None


def suggest_objective(
    compile_config: Mapping[str, Any] | None,
    activation: str | None,
    width: int | None,
    labels: NDArray | None = None,
) -> Objective:
    """Choose a loss and a metric for a model.

    Parameters
    ----------
    compile_config
        How the model was compiled, as its file gives it.
    activation
        Name of the output layer's activation, where it has one.
    width
        Length of the output's last axis.
    labels
        Labels, where they are known: whole numbers on one axis are classes.
    """
    config = compile_config or {}
    loss, options = _loss_in(config.get("loss"))
    if loss is None:
        loss, source = _loss_by_output(activation, width, labels), "its output layer"
        if loss in CROSSENTROPIES and activation not in ("softmax", "sigmoid"):
            options = {"from_logits": True}
    else:
        source = "the model's compile configuration"
    metric = _metric_in(config.get("metrics")) or default_metric(loss)
    kept = tuple((k, options[k]) for k in _KEPT_OPTIONS if options.get(k))
    return for_labels(Objective(loss, metric, source, kept), labels, width)


def with_choices(
    objective: Objective, loss: str | None, metric: str | None, activation: str | None
) -> Objective:
    """Return `objective` with what the person chose in its place."""
    if loss is not None and loss != objective.loss:
        logits = loss in CROSSENTROPIES and activation not in ("softmax", "sigmoid")
        objective = Objective(
            _SHORT.get(loss, loss),
            default_metric(loss),
            "the plan",
            (("from_logits", True),) if logits else (),
        )
    if metric is not None:
        objective = dataclasses.replace(objective, metric=_SHORT.get(metric, metric))
    return objective


def for_labels(
    objective: Objective, labels: NDArray | None, width: int | None
) -> Objective:
    """Return the variant of a categorical loss that the labels' form needs."""
    if labels is None or width is None or width < 2:
        return objective
    sparse, dense = CROSSENTROPIES[:2]
    classes = are_classes(labels)
    if objective.loss == dense and classes:
        loss = sparse
    elif objective.loss == sparse and labels.ndim == 2 and labels.shape[1] == width:
        loss = dense
    else:
        return objective
    kept = tuple(o for o in objective.options if o[0] != "label_smoothing")
    return dataclasses.replace(objective, loss=loss, options=kept)


def are_classes(labels: NDArray) -> bool:
    """Whether labels are class numbers: whole, on one axis."""
    flat = labels.ndim == 1 or (labels.ndim == 2 and labels.shape[1] == 1)
    return flat and labels.dtype.kind in "iub"


def default_metric(loss: str) -> str:
    """Return what to measure where a loss is all that is known."""
    if "crossentropy" in loss or "hinge" in loss:
        return "accuracy"
    return _SHORT.get(loss, loss)


def _loss_by_output(
    activation: str | None, width: int | None, labels: NDArray | None
) -> str:
    sparse, dense, binary = CROSSENTROPIES
    if activation == "softmax":
        return sparse if labels is None or are_classes(labels) else dense
    if activation == "sigmoid" and (labels is None or labels.dtype.kind in "iub"):
        return binary
    if labels is not None and are_classes(labels) and width and width > 1:
        return sparse
    return "mse"


def _loss_in(entry: Any) -> tuple[str | None, dict[str, Any]]:
    """Find the name and arguments of a loss in any form that Keras has written."""
    if isinstance(entry, str):
        name = _snake(entry)
        return _SHORT.get(name, name), {}
    if isinstance(entry, list | tuple) and len(entry) == 1:
        return _loss_in(entry[0])
    if not isinstance(entry, Mapping):
        return None, {}
    config = entry.get("config")
    if isinstance(config, str):  # a function, by its name
        return _loss_in(config)
    if isinstance(entry.get("class_name"), str):
        name = _snake(entry["class_name"])
        options = dict(config) if isinstance(config, Mapping) else {}
        return _SHORT.get(name, name), options
    if len(entry) == 1:  # by the name of the one output
        return _loss_in(next(iter(entry.values())))
    return None, {}


def _metric_in(entry: Any) -> str | None:
    if isinstance(entry, str):
        name = _snake(entry)
        name = _SHORT.get(name, name)
        return name if name in _METRICS else None
    if isinstance(entry, list | tuple):
        return next((name for name in map(_metric_in, entry) if name), None)
    if isinstance(entry, Mapping):
        config = entry.get("config")
        named = config.get("name") if isinstance(config, Mapping) else config
        return _metric_in(named) or _metric_in(entry.get("class_name"))
    return None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
