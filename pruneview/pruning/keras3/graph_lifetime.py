"""Traced functions whose graphs go when they do.

TensorFlow frees the graph of a function, but neither those of the loops in it, which
keep themselves alive in a way that Python does not see, nor what the gradients of
their own that it met while tracing hold: these stay in a table of the process. Keras'
optimizers have one in every step. Of the demo's model 6.5 MB stayed at each opening.
"""

import weakref
from collections.abc import Iterable, Sequence
from typing import Any

_OWN_GRADIENT = "CustomGradient-"


def concrete(function: Any, loops: Sequence[Any] = ()) -> Any:
    """Return the traced function, whose graphs go when it does.

    Parameters
    ----------
    function
        What `tf.function` made, with an input signature.
    loops
        Filled with the graphs of its loops while it is traced.
    """
    public = function.get_concrete_function
    before = _own_gradients()
    made = getattr(function, "_get_concrete_function_garbage_collected", public)()
    gradients = _own_gradients() - before
    weakref.finalize(made, _free, loops, gradients).atexit = False
    return made


def _own_gradients() -> set[str]:
    from tensorflow.python.framework import ops

    # A copy: another thread that collects garbage may free some meanwhile.
    names = tuple(ops.gradient_registry.list())
    return {name for name in names if name.startswith(_OWN_GRADIENT)}


def _free(graphs: Sequence[Any], gradients: Iterable[str]) -> None:
    from tensorflow.python.framework import ops
    from tensorflow.python.framework.func_graph import dismantle_func_graph

    for graph in graphs:
        dismantle_func_graph(graph)
        # Asked for anew, the list of variables it holds is empty as well.
        _ = graph.captures
    table = getattr(ops.gradient_registry, "_registry", {})
    for name in gradients:
        table.pop(name, None)
