"""A model compiled with what is minimised and measured of it."""

from functools import partial
from typing import Any

from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.subject.objective import Objective
from pruneview.pruning.subject.objectives import AnyObjective, parts_of
from pruneview.pruning.training.scores import Scores, scores_in


def compile_with(model: Any, optimizer: Any, objective: AnyObjective) -> None:
    """Compile a Keras 3 model, as its owner would have."""
    import keras

    if isinstance(objective, Objective):
        model.compile(
            optimizer=optimizer,
            loss=objective.build_loss(),
            metrics=[objective.metric],
            jit_compile=False,
        )
        return
    structure = structure_of(model, "output")
    pack = partial(keras.tree.pack_sequence_as, structure)
    metrics = [[each.metric] for each in objective.each]
    # Keras takes a list of one entry an output, but for outputs that are nested.
    flat = len(structure) == len(metrics)
    model.compile(
        optimizer=optimizer,
        loss=pack([each.build_loss() for each in objective.each]),
        loss_weights=None
        if all(weight == 1 for weight in objective.weights)
        else pack(list(objective.weights)),
        metrics=metrics if flat else pack(metrics),
        jit_compile=False,
    )


def scores_of(model: Any, objective: AnyObjective) -> Scores:
    """Return what a compiled model has measured since its metrics were reset."""
    results = model.get_metrics_result()
    loss = float(results.pop("loss"))
    # After the metrics of the outputs come, where they are several, their losses.
    values = [float(value) for value in results.values()]
    return scores_in(loss, values[: len(parts_of(objective))], objective)
