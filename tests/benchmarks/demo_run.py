"""The bundled demo, run by the worker without a window; prints JSON.

Times are from the press of Run, and with ``--at-once`` from the start of the process
with Run pressed before TensorFlow is in.
"""

import time

STARTED = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402

from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model  # noqa: E402
from pruneview.pruning.events import Failed, MaskUpdated, RunEnded  # noqa: E402
from pruneview.sparsity.pictures.live import ViewRequest  # noqa: E402
from pruneview.workers.training_worker import TrainingWorker  # noqa: E402

TURN = 0.002  # seconds between looks, as a window's timer would


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", action="store_true")
    at_once = parser.parse_args().at_once
    worker = TrainingWorker()
    worker.start()
    try:
        figures = measure(worker, at_once=at_once)
    finally:
        worker.close()
    print(json.dumps(figures, indent=2))


def measure(worker: TrainingWorker, *, at_once: bool) -> dict[str, object]:
    worker.open(demo_model())
    worker.set_view(ViewRequest("dense/kernel"))
    if not at_once:
        worker.prepare(DEMO_PLAN, DEMO_DATA)
        while worker.busy:
            time.sleep(TURN)
    pressed = STARTED if at_once else time.perf_counter()
    worker.run(DEMO_PLAN, DEMO_DATA)
    frames, first_mask, first_zeros = 0, None, None
    while True:
        time.sleep(TURN)
        frame = worker.frames.take()
        if frame is not None:
            frames += 1
            if frame.threshold > 0 and first_zeros is None:
                first_zeros = time.perf_counter() - pressed
        for event in worker.events.drain():
            if isinstance(event, MaskUpdated) and first_mask is None:
                first_mask = time.perf_counter() - pressed
            if isinstance(event, Failed):
                raise SystemExit(event.details)
            if isinstance(event, RunEnded):
                return figures_of(event) | {
                    "pressed_at_once": at_once,
                    "seconds_to_first_mask": first_mask,
                    "seconds_to_first_picture_with_zeros": first_zeros,
                    "pictures_a_second": frames / event.seconds,
                }


def figures_of(ended: RunEnded) -> dict[str, object]:
    return {
        "accuracy_before": ended.baseline.value,
        "accuracy_after": ended.final.value,
        "test_samples": ended.final.samples,
        "sparsity": ended.sparsity,
        "deflated_bytes_before": ended.baseline_deflated_bytes,
        "deflated_bytes_after": ended.deflated_bytes,
        "deflated_ratio": ended.deflated_bytes / ended.baseline_deflated_bytes,
        "compressor": ended.compressor,
        "seconds": ended.seconds,
        "steps": ended.step,
        "train_steps_per_second": ended.train_steps_per_second,
    }


if __name__ == "__main__":
    main()
