"""How much of a weight a picture covers. No Qt here."""

from pruneview.formats import Weight
from pruneview.pruning.pieces import is_large
from pruneview.sparsity.pictures.blocks import Block
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import Region, align, block_for, whole

#: Cells beyond the view that a picture covers, as a share of it: room to pan.
_MARGIN = 0.5
#: Pictures of up to so many pixels are drawn whole, so that panning costs nothing.
_WHOLE_PIXELS = 4_000_000


def frame(
    weight: Weight, canvas: Canvas, region: Region, pixels: tuple[int, int]
) -> tuple[Region, Block]:
    """Return the cells to draw for a view, and how many of them one pixel stands for.

    Parameters
    ----------
    region
        What is in view.
    pixels
        Down and across, that there are for it.
    """
    block = block_for(region, *pixels, powers_of_two=is_large(weight))
    everything = whole(canvas)
    if everything.height * everything.width <= _WHOLE_PIXELS * block[0] * block[1]:
        region = everything
    else:
        region = region.grown(_MARGIN)
    return align(region, block, canvas), block
