"""Activation memory: which tensors live while each layer runs.

Live at a call are all tensors made before it, or by it, that it or a later call
takes, or that the model gives; and the model's inputs from the start until their last
use. The peak is the largest sum of their bytes in the order of execution, for one
sample. Weights, and what a layer needs inside, are not in it; every output counts as
memory of its own, though an implementation may share it with an input.
"""

from pruneview.pruning.structured.measuring.calls import Calls


def live_bytes(calls: Calls) -> list[int]:
    """Return, for each call, the bytes of the tensors that live while it runs."""
    last_use = {tensor.key: -1 for tensor in calls.inputs}
    sizes = {tensor.key: tensor.nbytes for tensor in calls.inputs}
    born = dict.fromkeys(last_use, 0)
    for place, call in enumerate(calls.calls):
        for tensor in call.inputs:
            last_use[tensor.key] = place
            sizes.setdefault(tensor.key, tensor.nbytes)
            # Made where nobody listened, for this call at the latest.
            born.setdefault(tensor.key, place)
        for tensor in call.outputs:
            sizes.setdefault(tensor.key, tensor.nbytes)
            born.setdefault(tensor.key, place)
            last_use.setdefault(tensor.key, place)
    for tensor in calls.outputs:
        last_use[tensor.key] = len(calls.calls)
    changes = [0] * (len(calls.calls) + 2)
    for key, last in last_use.items():
        if key in born and last >= born[key]:
            changes[born[key]] += sizes[key]
            changes[last + 1] -= sizes[key]
    live, now = [], 0
    for change in changes[: len(calls.calls)]:
        now += change
        live.append(now)
    return live
