"""Going to any step of a long recording; prints JSON.

1,000 mask updates of a model of a million weights, as in `recording`: size of the
file, and how long it takes to have all masks, all figures and the values of a weight
at a step by chance, at the next and at the one before. Without TensorFlow.
"""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pruneview.runs import Recorder, Recording, Replay
from tests.benchmarks.recording import Imagined, percentiles, timed


def seek(replay: Replay, weight: str, steps: Iterable[int]) -> dict[str, float]:
    def go(step: int) -> None:
        replay.at(step)
        replay.values(weight, step)

    return percentiles([timed(lambda at=at: go(at)) for at in steps])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.run"
        with Recorder.create(path) as recorder:
            Imagined(recorder).run()
        size = path.stat().st_size
        with Recording(path) as recording:
            opened: list[Replay] = []
            opening = timed(lambda: opened.append(Replay(recording)))
            replay = opened[0]
            weight = recording.header.pruned[0][0]
            first = recording.looked_back[0]
            stops = [step for step in replay.stops if step >= first]
            chance = np.random.default_rng(1).choice(stops, 300).tolist()
            figures = {
                "megabytes": size / 1e6,
                "open_milliseconds": 1000 * opening,
                "seek_milliseconds": seek(replay, weight, chance),
                "forwards_milliseconds": seek(replay, weight, stops),
                "backwards_milliseconds": seek(replay, weight, stops[::-1]),
            }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
