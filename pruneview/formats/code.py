"""Code that a file carries: found and described, never run or imported."""

from collections.abc import Iterator

from pruneview.formats.model import CodeItem, Layer



def find_code(
    config: dict[str, object] | None, layers: tuple[Layer, ...]
) -> tuple[CodeItem, ...]:
    """Return the code in a model's layers."""
    return tuple(_lambdas(layers))


def _lambdas(layers: tuple[Layer, ...]) -> Iterator[CodeItem]:
    for layer in layers:
        if layer.kind in {"Lambda", "TFOpLambda"}:
            yield CodeItem(
                layer.path,
                layer.kind,
                f"The layer {layer.path!r} holds code. It is shown, and was not run.",
            )
