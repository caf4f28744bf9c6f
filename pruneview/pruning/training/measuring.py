"""Figures of a run: zeros counted, sizes compressed, samples evaluated."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.events import (
    Evaluation,
    MaskUpdated,
    WeightOutcome,
    WeightSparsity,
)
from pruneview.pruning.planning.outcome import weight_outcomes
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.engine import Engine
from pruneview.sparsity.sizing.estimating import estimated_sizes
from pruneview.sparsity.sizing.sizes import deflated_size, deflated_stream

_LEAST_SAMPLES, _MOST_SAMPLES = 100, 1000
_FEWEST_SAMPLES = 50  # where masks come too often for more
_MOST_OF_TIME = 0.1  # for measuring after masks
_SETTLED = 0.5  # seconds after which that is judged
# A training step costs some three forward passes, so this share of the samples
# trained on between two masks costs about a fifteenth of the time.
_SHARE_OF_TRAINED = 0.2
# Steps between masks from which on sizes are estimated from whole samples.
_WHOLE_SAMPLES_EVERY = 50

#: What a stopped run still does.
STOPPED_SENTENCE = "Its result is measured on all test samples, its size exactly."


@dataclass(frozen=True)
class Census:
    """Zeros of the weights that take part, and the compressed size of all weights."""

    weights: tuple[WeightSparsity, ...]
    deflated_bytes: int

    @property
    def sparsity(self) -> float:
        """Share of zeros over the weights that take part, 0 to 1."""
        size = sum(weight.size for weight in self.weights)
        return sum(weight.zeros for weight in self.weights) / size if size else 0.0


class Measures:
    """Measures one engine's model on one set of data."""

    def __init__(
        self, engine: Engine, data: DataSet, metric: str, plan: PruningPlan
    ) -> None:
        self._engine = engine
        self._data = data
        self._metric = metric
        self._plan = plan
        wanted = int(plan.frequency * plan.batch_size * _SHARE_OF_TRAINED)
        samples = min(max(wanted, _LEAST_SAMPLES), _MOST_SAMPLES)
        x, y, self._part = data.held_out
        if samples < len(x):
            # Files are often ordered by class; a part of them must not be.
            chosen = np.random.default_rng(plan.seed).permutation(len(x))[:samples]
            x, y = x[np.sort(chosen)], y[np.sort(chosen)]
        self._x, self._y = x, y
        self._spent = self._since = 0.0

    def sample_sentence(self) -> str:
        """Say what is measured on what during the run."""
        return (
            f"After each mask, {self._metric} is measured on {len(self._x)} "
            f"{self._part} samples, fewer if that took more than a tenth of the time; "
            f"at the start and the end on all {len(self._data.x_test)} test samples."
        )

    def held_out(self) -> Evaluation:
        """Measure on the bounded sample."""
        started = time.perf_counter()
        scores = self._engine.evaluate(self._x, self._y)
        self._spent += time.perf_counter() - started
        return scores.evaluation(self._metric, len(self._x), self._part)

    def begin(self) -> None:
        """Count from now what measuring takes of the time."""
        self._spent, self._since = 0.0, time.perf_counter()

    def narrow(self, step: int) -> str | None:
        """Halve the sample where measuring takes too long; return what to say."""
        now = time.perf_counter()
        share = self._spent / max(now - self._since, 1e-9)
        fewer = max(len(self._x) // 2, _FEWEST_SAMPLES)
        settled = now - self._since >= _SETTLED
        if not settled or share <= _MOST_OF_TIME or fewer >= len(self._x):
            return None
        # Every other one, as the order may follow the classes.
        chosen = np.linspace(0, len(self._x) - 1, fewer).round().astype(np.intp)
        self._x, self._y = self._x[chosen], self._y[chosen]
        self.begin()
        return (
            f"Measuring took {share:.0%} of the time, so after step {step} "
            f"{self._metric} is measured on {fewer} {self._part} samples."
        ).replace("%", " %")

    def whole_test(self) -> Evaluation:
        """Measure on all test samples."""
        x, y = self._data.x_test, self._data.y_test
        return self._engine.evaluate(x, y).evaluation(self._metric, len(x), "test")

    def census(self, *, quick: bool) -> Census:
        """Count zeros and compress all weights, as they are now."""
        taking_part = {info.path for info in self._engine.pruned}
        counted, total = [], 0
        arrays = self._engine.arrays()
        if quick:
            sizes = estimated_sizes(arrays, self._plan.frequency / _WHOLE_SAMPLES_EVERY)
        else:
            sizes = _exact_sizes(arrays)
        for info, values, deflated in zip(
            self._engine.weights, arrays, sizes, strict=True
        ):
            total += deflated
            if info.path in taking_part:
                zeros = values.size - int(np.count_nonzero(values))
                threshold = self._engine.threshold(info.path)
                counted.append(
                    WeightSparsity(info.path, values.size, zeros, threshold, deflated)
                )
        return Census(tuple(counted), total)

    def outcomes(self, last_update: int, *, stopped: bool) -> tuple[WeightOutcome, ...]:
        """Compare what each weight that can be pruned has reached with the plan.

        Nothing is said of whole units: they are counted as they are removed.
        """
        if self._plan.structured is not None:
            return ()
        sparsities = {}
        arrays = self._engine.arrays()
        for place, info in enumerate(self._engine.weights):
            if info.prunable:
                values = arrays[place]
                zeros = values.size - int(np.count_nonzero(values))
                sparsities[info.path] = zeros / max(values.size, 1)
        return weight_outcomes(
            self._plan, self._engine.weights, sparsities, last_update, stopped=stopped
        )

    def not_finite(self) -> str | None:
        """Return the path of a pruned weight that holds NaN or infinity, if any."""
        taking_part = {info.path for info in self._engine.pruned}
        arrays = self._engine.arrays()
        for place, info in enumerate(self._engine.weights):
            # One pass without a temporary: a sum is finite only if all terms are.
            if info.path in taking_part and not np.isfinite(
                arrays[place].sum(dtype=np.float64)
            ):
                return info.path
        return None

    def raw_bytes(self) -> int:
        """Return the bytes of all weights."""
        return self._engine.baseline().nbytes

    def baseline_deflated(self) -> int:
        """Return the compressed bytes of the baseline, exactly."""
        kept = self._engine.baseline()
        return sum(
            _on_all_processors(
                lambda at: deflated_stream(kept.pieces(at), quick=False), len(kept)
            )
        )


def _exact_sizes(arrays: Sequence[NDArray[Any]]) -> list[int]:
    return _on_all_processors(
        lambda at: deflated_size(arrays[at], quick=False), len(arrays)
    )


def _on_all_processors(size_of: Callable[[int], int], count: int) -> list[int]:
    """Compress side by side: zlib lets other threads go on."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(size_of, range(count)))


def log_line(updated: MaskUpdated) -> str:
    """Return the one line that a mask update is in the log."""
    now, before = updated.deflated_bytes / 1e6, updated.baseline_deflated_bytes / 1e6
    return (
        f"Step {updated.step}: sparsity {updated.sparsity:.1%}, ".replace("%", " %")
        + f"{format_metric(updated.evaluation)}, "
        f"{now:.2f} MB deflated ({before:.2f} MB before)"
    )


def format_metric(evaluation: Evaluation) -> str:
    """Return ``accuracy 98.2 %``, or ``mse 0.0123`` where it is not a share.

    So for every output that is measured.
    """
    return ", ".join(
        f"{one.metric} {one.value * 100:.1f} %"
        if one.is_fraction
        else f"{one.metric} {one.value:.4g}"
        for one in evaluation.each()
    )
