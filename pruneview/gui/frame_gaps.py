"""How evenly the window's thread comes round, for ``--trace``."""

import time

import numpy as np


class FrameGaps:
    """Collects the milliseconds between two ticks while `active`."""

    def __init__(self) -> None:
        self.active = False
        self._last: float | None = None
        self._gaps: list[float] = []

    def tick(self) -> None:
        """Note that the thread has come round."""
        now = time.perf_counter()
        if self.active and self._last is not None:
            self._gaps.append((now - self._last) * 1e3)
        self._last = now if self.active else None

    def summary(self) -> dict[str, float]:
        """Return count, p50, p95, p99 and max, in ms; empty without any gap."""
        if not self._gaps:
            return {}
        p50, p95, p99 = np.percentile(self._gaps, [50, 95, 99])
        found = {"p50": p50, "p95": p95, "p99": p99, "max": max(self._gaps)}
        return {"count": len(self._gaps)} | {k: round(v, 2) for k, v in found.items()}
