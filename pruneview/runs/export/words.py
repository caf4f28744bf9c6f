"""Numbers as people read them, in exported files."""

from pruneview.pruning.events import Evaluation


def percent(share: float) -> str:
    """Write 0.25 as ``25.0 %``; never 0 or 100 where it is not exactly that."""
    words = f"{share * 100:.1f} %"
    if words == "0.0 %" and share > 0:
        return "<0.1 %"
    if words == "100.0 %" and share < 1:
        return ">99.9 %"
    return words


def size(number: int | None) -> str:
    """Write bytes with decimal units; a dash for what is not known."""
    if number is None:
        return "–"
    if number < 100_000:
        return f"{number / 1e3:.1f} kB"
    return f"{number / 1e6:.2f} MB" if number < 1e9 else f"{number / 1e9:.2f} GB"


def score(measured: Evaluation | None) -> str:
    """Write what was measured, as a share where it is one."""
    if measured is None:
        return "–"
    return percent(measured.value) if measured.is_fraction else f"{measured.value:.4g}"
