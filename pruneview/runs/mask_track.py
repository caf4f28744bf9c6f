"""The masks of a recording at any step."""

import bisect
import threading
from collections.abc import Sequence

import numpy as np

from pruneview.pruning.errors import RecordingError
from pruneview.runs.bits import Bits, Shapes, bytes_of
from pruneview.runs.container import records
from pruneview.runs.container.log import RecordLog
from pruneview.runs.container.records import Record


class MaskTrack:
    """Finds masks in a chain of whole ones and changes; any thread.

    A change is what differs, bit by bit, so it leads forwards and backwards alike:
    playing either way costs one change a step.
    """

    def __init__(self, log: RecordLog, chain: Sequence[Record], shapes: Shapes) -> None:
        self._log = log
        self._chain = chain
        self._bytes = bytes_of(shapes)
        self._lock = threading.Lock()
        self._last: tuple[int, Bits] | None = None
        self.steps = tuple(record.step for record in chain)
        self._wholes = [i for i, r in enumerate(chain) if r.kind == records.MASKS]

    def bits_at(self, step: int) -> Bits | None:
        """Return the bits in force at `step`; None before the first mask.

        Raises
        ------
        RecordingError
            Where that part of the file is damaged.
        """
        place = bisect.bisect_right(self.steps, step) - 1
        if place < 0:
            return None
        with self._lock:
            bits = self._bits(place)
            self._last = place, bits
        return bits

    def _bits(self, place: int) -> Bits:
        before = bisect.bisect_right(self._wholes, place) - 1
        whole = self._wholes[before] if before >= 0 else None
        if self._last is not None:
            known, bits = self._last
            same_run = bisect.bisect_right(self._wholes, known) - 1 == before
            if same_run and abs(place - known) <= place - (whole or 0):
                low, high = sorted((place, known))
                return self._changed(bits, low + 1, high)
        if whole is None:
            raise RecordingError(
                f"{self._log.path.name} is damaged: its masks have no beginning."
            )
        return self._changed(self._read(whole), whole + 1, place)

    def _changed(self, bits: Bits, first: int, last: int) -> Bits:
        bits = bits.copy()
        for place in range(first, last + 1):
            bits ^= self._read(place)
        return bits

    def _read(self, place: int) -> Bits:
        payload = self._log.payload(self._chain[place], self._bytes)
        if len(payload) != self._bytes:
            raise RecordingError(
                f"{self._log.path.name} is damaged: its masks at step "
                f"{self._chain[place].step} do not fit its weights."
            )
        return np.frombuffer(payload, np.uint8)
