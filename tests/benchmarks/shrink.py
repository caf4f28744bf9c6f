"""Half of the units removed: how much smaller and faster; prints JSON.

The ResNet from the folder of real models (``PRUNEVIEW_MODELS``) without training, and
the demo fine-tuned. The ResNet's multiplications are also counted from the shapes in
its file, by nothing but the definition of a convolution.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from pruneview.pruning.demo import DEMO_DATA, demo_model
from pruneview.pruning.events import Event
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.structured.measuring.figures import ModelFigures
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.events import ShrinkEnded
from pruneview.pruning.structured.shrinking.options import ShrinkOptions

# Height and width of what each convolution of the ResNet puts out, in its order.
RESNET_EXTENTS = (32, 32, 32, 16, 16, 16, 8, 8, 8)
TRAINING = PruningPlan(epochs=20, batch_size=32, learning_rate=5e-4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=41)
    rounds = parser.parse_args().rounds
    session = PruningSession(_ignore, RunControl())
    session.warm_up(demo_model())
    figures = {
        "resnet": resnet(session, rounds),
        "demo_at_once": demo(session, ShrinkOptions(timing_rounds=rounds)),
        "demo_gradual": demo(session, ShrinkOptions("gradual", timing_rounds=0)),
    }
    print(json.dumps(figures, indent=2))


def _ignore(_event: Event) -> None:
    """Nothing is shown."""


def resnet(session: PruningSession, rounds: int) -> dict[str, Any]:
    models = Path(__file__).resolve().parents[2] / ".." / "shared" / "models"
    models = Path(os.environ.get("PRUNEVIEW_MODELS") or models)
    session.open(models / "pretrainedResnet.h5")
    ended = session.shrink(
        ShrinkPlan(ratio=0.5), options=ShrinkOptions(timing_rounds=rounds)
    )
    kernels = [info.shape for info in session.weights if info.path.endswith("kernel")]
    counted = sum(
        extent * extent * height * width * inputs * filters
        for extent, (height, width, inputs, filters) in zip(
            RESNET_EXTENTS, [k for k in kernels if len(k) == 4], strict=True
        )
    )
    counted += sum(k[0] * k[1] for k in kernels if len(k) == 2)
    return _figures(ended) | {
        "macs_counted_from_shapes": counted,
        "macs_differ_by": abs(ended.after.macs - counted) / counted,
    }


def demo(session: PruningSession, options: ShrinkOptions) -> dict[str, Any]:
    session.open(demo_model())
    data = session.load_data(DEMO_DATA)
    ended = session.shrink(ShrinkPlan(ratio=0.5), data, TRAINING, options)
    before, after = ended.before.evaluation, ended.after.evaluation
    assert before is not None
    assert after is not None
    return _figures(ended) | {
        "accuracy": [before.value, after.value],
        "points_lost": (before.value - after.value) * 100,
        "samples": after.samples,
    }


def _figures(ended: ShrinkEnded) -> dict[str, Any]:
    both = (ended.before, ended.after)
    times = {
        f"seconds_at_{batch}": [_time(one, batch) for one in both]
        for batch in (1, 32)
        if ended.after.latency
    }
    ratios = {
        name.replace("seconds", "time_ratio"): small["median"] / whole["median"]
        for name, (whole, small) in times.items()
    }
    return {
        "parameters": [one.parameters for one in both],
        "share_of_parameters": ended.after.parameters / ended.before.parameters,
        "macs": [one.macs for one in both],
        "deflated_bytes": [one.deflated_bytes for one in both],
        "peak_bytes": [one.peak_bytes for one in both],
        "largest_relative_difference": ended.difference.largest_relative,
        **times,
        **ratios,
    }


def _time(figures: ModelFigures, batch: int) -> dict[str, float]:
    time = figures.latency_at(batch)
    assert time is not None
    return {"median": time.median, "low": time.low, "high": time.high}


if __name__ == "__main__":
    main()
