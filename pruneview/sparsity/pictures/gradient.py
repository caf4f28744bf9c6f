"""The gradient of the loss by one weight, as pictures of it need it."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.tone import Quantity


@dataclass(frozen=True, eq=False)
class Gradient:
    """A mean gradient that was measured.

    Attributes
    ----------
    values
        In the weight's shape, in units of the loss by units of the weight. Weights
        that are pruned have one too: how the loss would change if they came back.
    samples
        How many training samples it is the mean over.
    step
        When it was measured.
    of_criterion
        Whether the run itself measured it, to compute the masks of that step.
    """

    values: NDArray[Any]
    samples: int
    step: int
    of_criterion: bool = False

    @property
    def words(self) -> str:
        """Say what this is, and of when."""
        words = (
            f"Mean gradient of the loss over {self.samples:,} samples at step "
            f"{self.step:,}"
        )
        return f"{words}, which decided its masks" if self.of_criterion else words


def gradient_shown(
    display: Display, values: NDArray[Any], gradient: Gradient | str
) -> NDArray[Any] | None:
    """Return what is drawn of a weight's gradient, if it is wanted and there is one.

    Parameters
    ----------
    values
        The weight's own; a gradient of another shape is of another weight.
    """
    if display.quantity is not Quantity.GRADIENT or isinstance(gradient, str):
        return None
    return gradient.values if gradient.values.shape == values.shape else None
