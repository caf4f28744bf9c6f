"""The loop that drives an engine through a plan, and reports as it goes."""

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.errors import TrainingError
from pruneview.pruning.events import (
    Evaluation,
    Event,
    LogLine,
    MaskUpdated,
    Paused,
    Resumed,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.pruning.planning.curve import overall_target
from pruneview.pruning.planning.plan import PruningPlan, preflight, sparsity_at
from pruneview.pruning.planning.schedule import firing_steps, make_schedule, sparsity_of
from pruneview.pruning.training.chunks import Chunk, Pace, chunks
from pruneview.pruning.training.control import RunControl
from pruneview.pruning.training.engine import Engine
from pruneview.pruning.training.measuring import STOPPED_SENTENCE, Measures, log_line
from pruneview.pruning.training.recording import Checkpoint, NotRecorded, RunRecorder
from pruneview.sparsity.sizing.estimating import ESTIMATE_LABEL
from pruneview.sparsity.sizing.sizes import EXACT_LABEL

_REPORT_EVERY = 0.1  # seconds between StepDone events


@dataclass
class _Clock:
    """Seconds since the start, and how many of them went into train steps."""

    started: float = field(default_factory=time.perf_counter)
    training: float = 0.0
    reported: float = 0.0
    reported_step: int = 0


class PruningLoop:
    """One run of one engine, which must be prepared for `plan` and `data`.

    Parameters
    ----------
    metric
        Name of the metric that the engine measures.
    emit
        Told everything that happens.
    control
        Asked at each step.
    on_step
        Called at each step boundary, and while paused, with the step's number.
    recorder
        Keeps what the run may be continued from.
    """

    def __init__(
        self,
        engine: Engine,
        plan: PruningPlan,
        data: DataSet,
        *,
        metric: str,
        emit: Callable[[Event], None],
        control: RunControl,
        on_step: Callable[[int], None],
        recorder: RunRecorder | None = None,
    ) -> None:
        self._recorder = recorder or NotRecorded()
        self._engine = engine
        self._plan = plan
        self._data = data
        self._emit = emit
        self._control = control
        self._on_step = on_step
        # What shapes tell of single weights does not hold for whole units.
        weights = engine.weights if plan.structured is None else ()
        self._flight = preflight(plan, len(data.x_train), weights)
        self._schedule = make_schedule(plan)
        self._fires = firing_steps(self._schedule, self._flight.steps)
        self._measures = Measures(engine, data, metric, plan)
        self._clock = _Clock()
        self._pace = Pace()
        self._sparsity = 0.0
        self._masked_for = 0  # the step whose masks are in force
        self._quick_before = 0

    def run(self, checkpoint: Checkpoint | None = None) -> RunEnded:
        """Train, prune and measure until the last step, or until stopped.

        Parameters
        ----------
        checkpoint
            Where to go on from; None for the baseline.

        Raises
        ------
        TrainingError
            Where the loss is no longer a number.
        ModelError
            Where the checkpoint is not one of this model and plan.
        """
        baseline = self._start()
        done = 0 if checkpoint is None else self._go_back(checkpoint)
        stopped = False
        for chunk in chunks(
            len(self._data.x_train),
            self._plan,
            self._fires,
            done=done,
            most=lambda: self._pace.steps,
        ):
            self._wait_while_paused(done)
            if self._control.stop_requested:
                stopped = True
                self._emit(LogLine(f"Stopped after step {done}. {STOPPED_SENTENCE}"))
                break
            if self._fires[chunk.first] and chunk.first != self._masked_for:
                self._prune(chunk.first)
            self._train(chunk)
            done = chunk.last
            if self._recorder.wants_checkpoint():
                self._keep_checkpoint(done)
        return self._end(done, stopped, baseline)

    def _start(self) -> Evaluation:
        measures = self._measures
        baseline = measures.whole_test()
        census = measures.census(quick=True)
        self._baseline_weights = census.weights
        self._sparsity = census.sparsity
        self._quick_before = census.deflated_bytes
        self._emit(
            RunStarted(
                plan=self._plan.to_json(),
                steps=self._flight.steps,
                steps_per_epoch=self._flight.steps_per_epoch,
                baseline=baseline,
                raw_bytes=measures.raw_bytes(),
                deflated_bytes=self._quick_before,
                compressor=ESTIMATE_LABEL,
                weights=census.weights,
                held_out_baseline=measures.held_out(),
            )
        )
        for warning in self._flight.warnings:
            self._emit(LogLine(warning, "warning"))
        self._emit(LogLine(measures.sample_sentence()))
        if self._engine.compiled.sentence:
            self._emit(LogLine(self._engine.compiled.sentence))
        self._clock = _Clock()
        self._clock.reported = self._clock.started
        measures.begin()
        return baseline

    def _go_back(self, checkpoint: Checkpoint) -> int:
        """Be as the run was; return the number of steps that are done."""
        self._engine.set_state(checkpoint.state)
        done = self._clock.reported_step = checkpoint.completed
        self._masked_for = done + 1 if checkpoint.masked else 0
        self._sparsity = checkpoint.sparsity
        self._clock.started -= checkpoint.seconds
        self._clock.training = checkpoint.training_seconds
        self._recorder.continued()
        self._emit(LogLine(f"The run goes on after step {done}."))
        return done

    def _keep_checkpoint(self, completed: int) -> None:
        self._recorder.checkpoint(
            lambda: Checkpoint(
                completed=completed,
                masked=self._masked_for == completed + 1,
                sparsity=self._sparsity,
                seconds=time.perf_counter() - self._clock.started,
                training_seconds=self._clock.training,
                state=self._engine.state(),
            )
        )

    def _wait_while_paused(self, step: int) -> None:
        if not self._control.paused:
            return
        self._emit(Paused(step))
        self._keep_checkpoint(step)
        since = time.perf_counter()
        self._control.wait_while_paused(lambda: self._on_step(step))
        if not self._control.stop_requested:
            self._emit(Resumed(step))
        self._clock.reported += time.perf_counter() - since

    def _prune(self, step: int) -> None:
        self._check_weights(step)
        target = sparsity_of(self._schedule, step)
        self._engine.prune(step, target)
        self._on_step(step)
        census = self._measures.census(quick=True)
        self._sparsity = census.sparsity
        updated = MaskUpdated(
            step=step,
            target_sparsity=self._target(step),
            sparsity=census.sparsity,
            evaluation=self._measures.held_out(),
            deflated_bytes=census.deflated_bytes,
            baseline_deflated_bytes=self._quick_before,
            compressor=ESTIMATE_LABEL,
            weights=census.weights,
        )
        self._emit(updated)
        self._emit(LogLine(log_line(updated)))
        if fewer := self._measures.narrow(step):
            self._emit(LogLine(fewer))
        self._masked_for = step
        self._recorder.masks(step, self._engine.masks)
        if self._recorder.wants_checkpoint():
            self._keep_checkpoint(step - 1)

    def _train(self, chunk: Chunk) -> None:
        before = time.perf_counter()
        losses = self._engine.train(chunk.batches)
        now = time.perf_counter()
        self._clock.training += now - before
        if self._pace.took(len(losses), now - before):
            self._emit(LogLine(self._pace.sentence()))
        lost = np.flatnonzero(~np.isfinite(losses))
        if lost.size:
            raise self._diverged(
                f"The loss became {losses[lost[0]]} at step {chunk.first + lost[0]}"
            )
        step, loss = chunk.last, float(losses[-1])
        since = now - self._clock.reported
        if since >= _REPORT_EVERY or step == self._flight.steps:
            rate = (step - self._clock.reported_step) / since if since > 0 else 0.0
            self._clock.reported, self._clock.reported_step = now, step
            self._emit(StepDone(step, self._target(step), self._sparsity, loss, rate))
        self._on_step(step)

    def _check_weights(self, step: int) -> None:
        """Find weights that are lost while the loss looks well: some ReLU hide NaN.

        A mask would hide them too, as no magnitude compares with NaN.
        """
        lost = self._measures.not_finite()
        if lost is not None:
            raise self._diverged(
                f"By step {step} the weight {lost} holds values that are not numbers"
            )

    def _diverged(self, what: str) -> TrainingError:
        return TrainingError(
            f"{what}, so the run was ended and the model is back at its baseline. "
            f"Lower the learning rate ({self._plan.learning_rate:g}), or scale the "
            "data to smaller values."
        )

    def _target(self, step: int) -> float:
        """Return what the schedule asks for by `step`: nothing before it begins."""
        if step < self._plan.begin_step:
            return 0.0
        common = sparsity_at(self._plan, step)
        return overall_target(self._plan, self._engine.pruned, step, common)

    def _end(self, step: int, stopped: bool, baseline: Evaluation) -> RunEnded:
        seconds = time.perf_counter() - self._clock.started
        training = self._clock.training
        measures = self._measures
        self._check_weights(step)
        self._keep_checkpoint(step)
        census = measures.census(quick=False)
        ended = RunEnded(
            step=step,
            stopped=stopped,
            seconds=seconds,
            train_steps_per_second=step / training if training > 0 else 0.0,
            baseline=baseline,
            final=measures.whole_test(),
            weights=census.weights,
            # Their sizes are the quick compressor's, which this event does not name.
            baseline_weights=tuple(
                dataclasses.replace(weight, deflated_bytes=None)
                for weight in self._baseline_weights
            ),
            raw_bytes=measures.raw_bytes(),
            baseline_deflated_bytes=measures.baseline_deflated(),
            deflated_bytes=census.deflated_bytes,
            compressor=EXACT_LABEL,
            outcomes=measures.outcomes(
                int(np.flatnonzero(self._fires[: step + 1]).max(initial=0)),
                stopped=stopped,
            ),
        )
        self._emit(ended)
        return ended
