"""How numbers are written for people, the same everywhere in the window."""

import math


def count(number: int) -> str:
    """Write 169546 as ``169,546``."""
    return f"{number:,}"


def percent(share: float, digits: int = 1) -> str:
    """Write 0.25 as ``25.0 %``; never 0 or 100 where it is not exactly that."""
    if math.isnan(share):
        return "–"
    value = round(share * 100, digits)
    step = 10**-digits
    if value == 0 and share > 0:
        return f"<{step:.{digits}f} %"
    if value == 100 and share < 1:
        return f">{100 - step:.{digits}f} %"
    return f"{value:.{digits}f} %"


def size(number: int) -> str:
    """Write bytes with decimal units: ``512 B``, ``41.2 kB``, ``0.68 MB``."""
    if number < 1000:
        return f"{number} B"
    if number < 100_000:
        return f"{number / 1e3:.1f} kB"
    if number < 1e9:
        return f"{number / 1e6:.2f} MB"
    return f"{number / 1e9:.2f} GB"


def shape(axes: tuple[int, ...]) -> str:
    """Write a shape as ``3 × 3 × 32 × 64``; a scalar's as ``scalar``."""
    return " × ".join(str(axis) for axis in axes) if axes else "scalar"


def value(number: float) -> str:
    """Write a weight with four significant digits and a true minus sign."""
    if not math.isfinite(number):
        return str(number)
    return f"{number:.4g}".replace("-", "\N{MINUS SIGN}")


def duration(seconds: float) -> str:
    """Write a time with the unit that fits: ``39 µs``, ``1.43 ms``, ``2.10 s``."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds:.2f} s"
