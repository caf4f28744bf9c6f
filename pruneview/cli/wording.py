"""How numbers and names from files are written in the terminal."""

from collections.abc import Iterable

from pruneview.pruning.events import Evaluation

_KILOBYTES_BELOW = 100_000


def count(number: int) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{number:,}"


def size(number: int) -> str:
    """Return bytes as B, kB or MB (powers of ten)."""
    if number < 1000:
        return f"{number} B"
    if number < _KILOBYTES_BELOW:
        return f"{number / 1e3:.1f} kB"
    return f"{number / 1e6:.2f} MB"


def share(fraction: float) -> str:
    """Return a share of 1 in percent."""
    return f"{fraction * 100:.1f} %"


def duration(median: float, low: float | None, high: float | None) -> str:
    """Return seconds in a unit that suits them, with their spread in brackets."""
    unit, factor = next(
        (u, f)
        for u, f in (("s", 1), ("ms", 1e3), ("µs", 1e6))
        if median * f >= 1 or f > 1e5
    )
    text = _three_digits(median * factor)
    if low is not None and high is not None:
        text += f" ({_three_digits(low * factor)}–{_three_digits(high * factor)})"
    return f"{text} {unit}"


def _three_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def metric(evaluation: Evaluation) -> str:
    """Return a metric's value, in percent where it is a share."""
    if evaluation.is_fraction:
        return share(evaluation.value)
    return f"{evaluation.value:.4g}"


def shape(extents: Iterable[int | None]) -> str:
    """Return extents such as ``3x3x16``; an unknown one is a question mark."""
    words = ["?" if extent is None else str(extent) for extent in extents]
    return "x".join(words) if words else "scalar"


def printable(text: str) -> str:
    """Return `text` with control characters spelled out.

    A name from a file must not be able to move the cursor or set the title.
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
