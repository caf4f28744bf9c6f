"""The forms that ``--data`` takes, for the help."""

import textwrap

from pruneview.pruning.data.spec import FORMS

_WIDTH = 78


def data_forms() -> str:
    """Return one paragraph a form."""
    lines = ["forms of DATA:"]
    for form, meaning in FORMS:
        lines.append(f"  {form}")
        lines += textwrap.wrap(
            meaning, _WIDTH, initial_indent="      ", subsequent_indent="      "
        )
    return "\n".join(lines)
