"""Times are measured in turns, and a slower call is found to be slower."""

import time

import pytest

from pruneview.pruning.errors import Cancelled
from pruneview.pruning.report.latency import measure_latency
from pruneview.pruning.report.rows import Figure, Row


def busy(seconds: float):
    def call() -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass

    return call


def test_medians_and_quartiles_are_those_of_the_calls() -> None:
    times = measure_latency({"fast": busy(0.001), "slow": busy(0.004)}, rounds=7)
    # A busy machine makes them longer, never shorter.
    assert 0.001 <= times["fast"].low < times["slow"].value
    assert times["slow"].low >= 0.004
    for figure in times.values():
        assert figure.low <= figure.value <= figure.high


def test_all_take_turns() -> None:
    order: list[str] = []

    def contestant(name: str):
        def call() -> None:
            order.append(name)
            busy(0.03)()  # longer than a round, so that a round is one call

        return call

    progress: list[float] = []
    names = ("a", "b", "c")
    measure_latency(
        {name: contestant(name) for name in names}, rounds=4, progress=progress.append
    )
    rounds = [sorted(order[-12:][k : k + 3]) for k in range(0, 12, 3)]
    assert rounds == [list(names)] * 4
    assert progress == [0.25, 0.5, 0.75, 1.0]


def test_it_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        measure_latency({"a": busy(0.001)}, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("other", "within"),
    [(Figure(1.2, 1.05, 1.4), True), (Figure(2.0, 1.9, 2.1), False)],
)
def test_a_difference_is_told_from_scatter(other: Figure, within: bool) -> None:
    row = Row("k", "t", "seconds", Figure(1.0, 0.9, 1.1), other, "how", "improve")
    assert row.within_spread is within
    assert row.ratio == other.value
