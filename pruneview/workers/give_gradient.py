"""Where whoever draws on the training thread gets gradients from."""

from typing import Protocol

from pruneview.sparsity.pictures.gradient import Gradient


class GiveGradient(Protocol):
    """See `pruneview.pruning.training.gradients_on_show.GradientsOnShow.of`."""

    def __call__(
        self, path: str, step: int, *, wanted: bool, rests: bool
    ) -> Gradient | str: ...


def no_gradient(*_where: object, **_how: object) -> str:
    """Stand for a source where there is none."""
    return "There are no gradients here."
