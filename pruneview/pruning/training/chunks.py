"""Which samples each training step takes, several steps in one go.

A chunk of steps ends before a step whose masks are computed anew, and with the epoch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.planning.plan import PruningPlan

#: Seconds that a chunk is to take: pictures come, and wishes are asked for, so often.
CHUNK_SECONDS = 1 / 30
#: Steps that are trained one by one, to learn how long one takes.
FIRST_STEPS = 64


@dataclass(frozen=True, eq=False)
class Chunk:
    """Training steps without a boundary between them.

    ``batches`` are the numbers of their samples, of shape (steps, batch size);
    ``first`` is the number of the first step, from 1.
    """

    first: int
    batches: NDArray[np.int32]

    @property
    def last(self) -> int:
        """The number of the last step."""
        return self.first + len(self.batches) - 1


class Pace:
    """How many steps are trained in one go, from how long steps have taken."""

    def __init__(self) -> None:
        self._done = 0
        self._seconds = 0.0  # of a step, lately

    def took(self, steps: int, seconds: float) -> bool:
        """Learn how long a chunk took; True once, when several may go in one."""
        before, each = self._done, seconds / steps
        if before:
            # Slower counts at once, faster by and by: wishes must be answered in time.
            each = max(each, 0.8 * self._seconds + 0.2 * each)
        self._seconds = each
        self._done += steps
        return before < FIRST_STEPS <= self._done and self.steps > 1

    @property
    def steps(self) -> int:
        """How many steps the next chunk may have."""
        if self._done < FIRST_STEPS or self._seconds <= 0:
            return 1
        return max(1, int(CHUNK_SECONDS / self._seconds))

    def sentence(self) -> str:
        """Say how many steps go in one, and why."""
        return (
            f"A step takes some {1000 * self._seconds:.1f} ms, so up to {self.steps} "
            "are trained in one go."
        )


def chunks(
    samples: int,
    plan: PruningPlan,
    fires: NDArray[np.bool_],
    *,
    done: int,
    most: Callable[[], int],
) -> Iterator[Chunk]:
    """Yield all steps after the first `done` ones; samples are shuffled each epoch.

    Parameters
    ----------
    samples
        How many there are to train on.
    fires
        Of each step, from 0, whether masks are computed before it.
    most
        Asked before each chunk how many steps it may have.
    """
    order = np.arange(samples, dtype=np.int32)
    generator = np.random.default_rng(plan.seed)
    batch_size = plan.batch_size
    whole, rest = divmod(samples, batch_size)
    before = 0  # steps of the epochs before
    for _ in range(plan.epochs):
        shuffled = generator.permutation(order)
        at = max(done - before, 0)
        while at < whole:
            first = before + at + 1
            end = min(at + max(most(), 1), whole)
            masked = np.flatnonzero(fires[first + 1 : before + end + 1])
            if masked.size:
                end = at + 1 + int(masked[0])
            taken = shuffled[at * batch_size : end * batch_size]
            yield Chunk(first, taken.reshape(end - at, batch_size))
            at = end
        if rest and at == whole:
            yield Chunk(before + at + 1, shuffled[np.newaxis, whole * batch_size :])
        before += whole + (rest > 0)
