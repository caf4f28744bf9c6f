"""Steps a second under masks against Keras' own fit; prints JSON.

The same model, data and batch size, in one process: rounds of plain ``fit`` and of
pruneview's loop with masks take turns, and the medians are compared.
"""

import argparse
import json
import statistics
import time

from pruneview.pruning.backend import import_backend
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.events import Event
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8, help="in each round")
    options = parser.parse_args()
    versions = import_backend(demo_model())
    import keras

    def ignore(_event: Event) -> None:
        pass

    session = PruningSession(ignore, RunControl())
    session.open(demo_model())
    data = session.load_data(DEMO_DATA)
    size = DEMO_PLAN.batch_size
    plan = PruningPlan(
        end_step=200, frequency=50, epochs=options.epochs, batch_size=size
    )
    plain = keras.models.load_model(demo_model())
    plain.fit(data.x_train, data.y_train, batch_size=size, verbose=0)
    session.prepare(plan, data)

    steps = options.epochs * -(-len(data.x_train) // size)
    fit, ours, whole = [], [], []
    for _ in range(options.rounds):
        start = time.perf_counter()
        plain.fit(
            data.x_train,
            data.y_train,
            batch_size=size,
            epochs=options.epochs,
            verbose=0,
        )
        fit.append(steps / (time.perf_counter() - start))
        ended = session.run(plan, data)
        ours.append(ended.train_steps_per_second)
        whole.append(ended.step / ended.seconds)
    figures = {
        "plain_fit_steps_per_second": statistics.median(fit),
        "pruned_steps_per_second": statistics.median(ours),
        "pruned_with_measuring_steps_per_second": statistics.median(whole),
        "ratio": statistics.median(ours) / statistics.median(fit),
        "ratio_with_measuring": statistics.median(whole) / statistics.median(fit),
        "rounds": options.rounds,
        "steps_a_round": steps,
        "batch_size": size,
        "versions": versions,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
