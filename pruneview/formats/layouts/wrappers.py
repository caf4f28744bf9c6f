"""Wrappers that keep a layer's variables a second time among their own."""

from pruneview.formats.layouts.entries import Found

_QUANTIZE = frozenset({"QuantizeWrapper", "QuantizeWrapperV2"})


def fold_wrapper(kind: str, own: list[Found], inner: list[Found]) -> list[Found]:
    """Join a layer's own variables and those of its parts.

    tfmot's wrappers hold the wrapped layer's kernels too, so a numbered layout stores
    those twice. They become one weight with a copy.

    Parameters
    ----------
    kind
        Class of the layer.
    own, inner
        Its own variables in the order they are saved, and those of its parts.
    """
    if kind == "PruneLowMagnitude":
        return _pruning(own, inner)
    if kind in _QUANTIZE:
        return _quantizing(own, inner)
    return own + inner


def _pruning(own: list[Found], inner: list[Found]) -> list[Found]:
    """Sort out ``kernel..., (mask, threshold)..., pruning_step``."""
    pairs: list[Found] = []
    rest = list(own)
    if rest and not rest[-1].dataset.shape:
        _rename(rest[-1], "pruning_step")
        pairs = [rest.pop()]
    while len(rest) >= 2 and not rest[-1].dataset.shape and rest[-2].dataset.shape:
        _rename(rest[-1], "threshold")
        _rename(rest[-2], "mask")
        pairs = [rest[-2], rest[-1], *pairs]
        del rest[-2:]
    return [*inner, *_without_copies(rest, inner), *pairs]


def _quantizing(own: list[Found], inner: list[Found]) -> list[Found]:
    """Sort out ``kernel..., optimizer_step, ranges of the quantizers...``."""
    step = next(
        (i for i, item in enumerate(own) if item.dataset.dtype.kind in "iu"), len(own)
    )
    weights: list[Found] = []
    for item in _without_copies(own[:step], inner):
        first = next(
            (w for w in weights if w.dataset.shape == item.dataset.shape), None
        )
        if first is None:
            if len(item.dataset.shape) >= 2:
                _rename(item, "kernel")
            weights.append(item)
        else:
            first.copies += (item.dataset,)
    for item in own[step : step + 1]:
        _rename(item, "optimizer_step")
    for number, item in enumerate(own[step + 1 :]):
        end = "max" if number % 2 else "min"
        _rename(item, f"quantizer_{number // 2}_{end}")
    return [*weights, *inner, *own[step:]]


def _without_copies(own: list[Found], inner: list[Found]) -> list[Found]:
    """Give what is stored twice to the part that owns it; return the rest."""
    rest = []
    claimed: set[int] = set()
    for item in own:
        shape = item.dataset.shape
        owner = next(
            (
                candidate
                for candidate in inner
                if id(candidate) not in claimed and candidate.dataset.shape == shape
            ),
            None,
        )
        if owner is None:
            rest.append(item)
        else:
            claimed.add(id(owner))
            owner.copies += (item.dataset,)
    return rest


def _rename(item: Found, name: str) -> None:
    item.names = (*item.names[:-1], name)
