"""Colours that no theme has, to know them again in what is drawn."""

import numpy as np

from pruneview.runs.export.look import Look
from pruneview.sparsity.pictures import picture

ZERO = (16, 24, 40)


def imagined_look() -> Look:
    """Return a look whose exact zeros are `ZERO`, and all else lighter."""
    table = np.zeros((256, 3), np.uint8)
    table[:, 0] = np.arange(256)
    table[:, 1] = 140
    table[:, 2] = 200
    table[picture.ZERO] = ZERO
    return Look(
        "#ffffff", "#000000", "#555555", "#2456c8", "#8a5a00", "#777777", table, table
    )
