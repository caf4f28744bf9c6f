"""What a threshold that is tried would do, in words. No Qt here."""

from pruneview.formats import Weight
from pruneview.gui import units
from pruneview.gui.features.what_if.answers import Outcome


def words_about(
    threshold: float,
    outcome: Outcome,
    weight: Weight,
    *,
    complete: bool,
    exact_bytes: int | None,
    compressor: str,
) -> str:
    """Return a few sentences.

    Parameters
    ----------
    weight
        The one on show.
    complete
        Whether all weights that take part were counted.
    exact_bytes
        The deflated bytes of the model by `compressor`; None while only estimated.
    """
    parts = [f"What if all below {units.value(threshold)} were zero?"]
    if weight.path in outcome.zeros:
        share = outcome.zeros[weight.path] / max(1, weight.size)
        parts.append(f"{units.percent(share)} of this weight;")
    if not complete:
        parts.append("the others are being counted…")
        return " ".join(parts)
    about = "" if outcome.exact else "about "
    parts.append(f"{about}{units.percent(outcome.share)} of all that can be pruned;")
    if exact_bytes is not None:
        parts.append(f"the model {units.size(exact_bytes)} by {compressor}.")
    elif outcome.deflated is not None:
        bytes_about = units.size(round(outcome.deflated))
        parts.append(f"the model about {bytes_about} (estimate).")
    else:
        parts.append("its size is being estimated…")
    if outcome.emptied:
        names = ", ".join(outcome.emptied[:2])
        more = len(outcome.emptied) - 2
        rest = f" and {more} more" if more > 0 else ""
        parts.append(f"Nothing would be left of {names}{rest}.")
    return " ".join(parts)
