"""Several steps in one go: the same samples, the same steps, the same weights."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.events import LogLine, MaskUpdated, StepDone
from pruneview.pruning.keras3 import compiled_steps, train_step
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training import chunks as chunks_module
from pruneview.pruning.training import measuring
from pruneview.pruning.training.chunks import CHUNK_SECONDS, FIRST_STEPS, Pace, chunks
from tests.pruning.conftest import Recorder

# 203 samples in batches of 20: eleven steps an epoch, the last of three samples.
PLAN = PruningPlan(end_step=30, frequency=7, epochs=4, batch_size=20, seed=7)
FIRES = np.arange(45) % 7 == 0


def one_by_one(done: int = 0) -> list[list[int]]:
    chance = np.random.default_rng(PLAN.seed)
    order = np.arange(203)
    batches = []
    for _ in range(PLAN.epochs):
        mixed = chance.permutation(order)
        batches += [mixed[at : at + 20].tolist() for at in range(0, 203, 20)]
    return batches[done:]


@pytest.mark.parametrize("most", [0, 1, 3, 1000])
@pytest.mark.parametrize("done", [0, 5, 10, 11, 12, 43, 44])
def test_chunks_hold_every_batch_once_and_end_before_masks(
    most: int, done: int
) -> None:
    made = list(chunks(203, PLAN, FIRES, done=done, most=lambda: most))
    batches = [batch.tolist() for chunk in made for batch in chunk.batches]
    assert batches == one_by_one(done)
    step = done
    for chunk in made:
        assert chunk.first == step + 1
        assert len(chunk.batches) <= max(most, 1)
        assert not FIRES[chunk.first + 1 : chunk.last + 1].any()
        assert (chunk.first - 1) // 11 == (chunk.last - 1) // 11  # one epoch
        step = chunk.last
    assert step == 44


def test_the_pace_follows_what_steps_take() -> None:
    pace = Pace()
    said = [pace.took(1, 0.001) for _ in range(FIRST_STEPS)]
    assert said == [False] * (FIRST_STEPS - 1) + [True]
    assert pace.steps == pytest.approx(CHUNK_SECONDS / 0.001, abs=1)
    pace.took(10, 0.1)  # ten times slower: at once
    assert pace.steps == int(CHUNK_SECONDS / 0.01)
    pace.took(3, 0.003)  # faster: by and by
    assert pace.steps < CHUNK_SECONDS / 0.005
    pace.took(1, 5.0)
    assert pace.steps == 1


def run(recorder: Recorder, data: DataSet, plan: PruningPlan) -> dict[str, Any]:
    recorder.session.run(plan, data)
    session = recorder.session
    return {weight.path: session.values(weight.path) for weight in session.weights}


@pytest.mark.tensorflow
def test_chunks_do_not_change_a_bit(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Threads may add up in any order where a sum is large; these are small.
    singly = run(opened, blobs, PLAN)
    updates, steps = opened.of(MaskUpdated), len(opened.steps)
    opened.events.clear()
    opened.steps.clear()
    monkeypatch.setattr(chunks_module, "FIRST_STEPS", 1)
    monkeypatch.setattr(chunks_module, "CHUNK_SECONDS", 1e9)
    together = run(opened, blobs, PLAN)
    assert len(opened.steps) < steps / 2
    assert opened.of(MaskUpdated) == updates
    assert opened.of(StepDone)[-1].step == 40
    assert any("trained in one go" in line.text for line in opened.of(LogLine))
    for path, values in singly.items():
        assert np.array_equal(values, together[path]), path


@pytest.fixture
def with_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_steps, "_WORTH_TRYING", 0.0)
    monkeypatch.setattr(compiled_steps, "_GAIN", 0.0)


def compiler(recorder: Recorder) -> str:
    return recorder.session._model().engine.compiled.compiler


@pytest.mark.tensorflow
def test_a_run_compiled_by_xla_prunes_as_any(
    opened: Recorder, blobs: DataSet, with_xla: None
) -> None:
    # 200 samples: the last batch of an epoch is smaller, and not compiled.
    plan = dataclasses.replace(PLAN, batch_size=30, end_step=20)
    first = run(opened, blobs, plan)
    assert compiler(opened) == "xla"
    assert any("compiled by XLA" in line.text for line in opened.of(LogLine))
    last = opened.of(MaskUpdated)[-1]
    assert last.sparsity == pytest.approx(last.target_sparsity, abs=0.01)
    for weight in last.weights:
        zeros = first[weight.path] == 0
        assert np.count_nonzero(zeros) == weight.zeros
        assert not np.signbit(first[weight.path][zeros]).any()
    again = run(opened, blobs, plan)
    assert all(np.array_equal(first[path], again[path]) for path in first)


@pytest.mark.tensorflow
def test_a_run_goes_on_with_the_compiler_it_began_with(
    opened: Recorder, blobs: DataSet, with_xla: None
) -> None:
    engine = opened.session._model().engine
    engine.use_compiler("tensorflow")
    opened.session.prepare(PLAN, blobs)
    assert compiler(opened) == "tensorflow"
    engine.use_compiler("xla")
    opened.session.prepare(PLAN, blobs)
    assert compiler(opened) == "xla"


@pytest.mark.tensorflow
def test_where_xla_fails_the_run_goes_on_and_says_so(
    opened: Recorder, blobs: DataSet, with_xla: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    function = tf.function

    def failing(*given: Any, **options: Any) -> Any:
        if options.get("jit_compile"):
            raise ValueError("no such kernel\nin a graph")
        return function(*given, **options)

    monkeypatch.setattr(tf, "function", failing)
    opened.session.run(PLAN, blobs)
    assert compiler(opened) == "tensorflow"
    (line,) = (e.text for e in opened.of(LogLine) if "XLA" in e.text)
    assert line.endswith("which failed: no such kernel")


@pytest.mark.tensorflow
def test_convolutions_and_short_runs_are_not_tried(keras: Any) -> None:
    steps = compiled_steps.CompiledSteps.__new__(compiled_steps.CompiledSteps)
    batch = np.zeros(4, np.int32)
    for operations, kinds in ((1e15, "Dense Conv2D"), (1e11, "Dense")):
        steps.choose(batch, operations, kinds)
        assert steps.compiled.compiler == "tensorflow"
        assert steps.compiled.sentence == ""
    # 784-1024-1024-10 over two epochs of MNIST is.
    assert train_step.operations_of(1_860_000, 128, 938) > compiled_steps._WORTH_TRYING


@pytest.mark.tensorflow
def test_the_sample_shrinks_where_measuring_takes_too_long(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "_SETTLED", 0.0)
    monkeypatch.setattr(measuring, "_MOST_OF_TIME", 0.0)
    opened.session.run(PLAN, blobs)
    samples = [u.evaluation.samples for u in opened.of(MaskUpdated)]
    assert samples == [100, 50, 50, 50]
    (line,) = (e.text for e in opened.of(LogLine) if "Measuring took" in e.text)
    assert "so after step 7 accuracy is measured on 50 test samples" in line
