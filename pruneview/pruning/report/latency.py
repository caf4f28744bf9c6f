"""How long a model takes, measured so that two models can be compared.

All contestants are warmed up, then measured in turns, a short round each, in an order
shuffled anew every turn: what the machine does besides falls on all of them alike.
"""

import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

import numpy as np

from pruneview.pruning.errors import Cancelled
from pruneview.pruning.report.rows import Figure

_WARM_UP_SECONDS = 0.2
_WARM_UP_CALLS = 3
_ROUND_SECONDS = 0.02
ROUNDS = 41

Name = TypeVar("Name", bound=Hashable)


def measure_latency(
    contestants: Mapping[Name, Callable[[], object]],
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], None] = lambda _fraction: None,
) -> dict[Name, Figure]:
    """Return the median and the quartiles of the seconds that a call takes.

    Parameters
    ----------
    contestants
        What to call, by name; a call has ended when its result is there.
    rounds
        How often each is measured. A round is as many calls as fill 0.02 s, at least
        one; its time is divided by them.
    progress
        Told the share that is done, 0 to 1.

    Raises
    ------
    Cancelled
        Where `cancelled` turned true.
    """
    calls = {name: _warm_up(call) for name, call in contestants.items()}
    times: dict[Name, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    generator = np.random.default_rng(seed)
    for turn in range(rounds):
        for place in generator.permutation(len(names)):
            if cancelled():
                raise Cancelled
            name = names[place]
            times[name].append(_round(contestants[name], calls[name]))
        progress((turn + 1) / rounds)
    return {name: _figure(seconds) for name, seconds in times.items()}


def _warm_up(call: Callable[[], object]) -> int:
    """Call until warm; return how many calls make up a round."""
    done = 0
    fastest = float("inf")
    started = time.perf_counter()
    while done < _WARM_UP_CALLS or time.perf_counter() - started < _WARM_UP_SECONDS:
        fastest = min(fastest, _round(call, 1))
        done += 1
    return max(1, round(_ROUND_SECONDS / max(fastest, 1e-9)))


def _round(call: Callable[[], object], calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - started) / calls


def _figure(seconds: list[float]) -> Figure:
    if len(seconds) < 2:
        return Figure(seconds[0], seconds[0], seconds[0])
    low, middle, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return Figure(middle, low, high)
