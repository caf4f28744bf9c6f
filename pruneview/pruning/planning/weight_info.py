"""What is known of a weight of the model that is pruned."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class WeightInfo:
    """A weight of the model an engine holds; ``path`` as in `pruneview.formats`.

    ``layer`` is the path of its layer, ``kind`` that layer's class.
    """

    path: str
    layer: str
    shape: tuple[int, ...]
    prunable: bool
    kind: str = ""

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)
