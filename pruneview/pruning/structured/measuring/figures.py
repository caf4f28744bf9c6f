"""The figures of one model, before or after its units were removed."""

from dataclasses import dataclass

from pruneview.pruning.events import Evaluation


@dataclass(frozen=True)
class LayerFigures:
    """What one layer costs.

    Attributes
    ----------
    path, kind
        The layer's path, as `pruneview.formats` gives it, and its class.
    parameters
        Values in all its weights, those that are not trained included.
    macs
        Multiplications with an addition for one sample; see `macs`.
    raw_bytes, deflated_bytes
        Of its weights.
    output_bytes
        Of what it hands on for one sample, over all calls.
    live_bytes
        Of all tensors that live while it runs, for one sample; see `memory`.
    """

    path: str
    kind: str
    parameters: int
    macs: int
    raw_bytes: int
    deflated_bytes: int
    output_bytes: int
    live_bytes: int


@dataclass(frozen=True)
class Latency:
    """Seconds of one call with ``batch`` samples: median and quartiles."""

    batch: int
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class ModelFigures:
    """What one model costs, and how well it does.

    Attributes
    ----------
    parameters, nonzero
        Values in all weights, and how many of them are not zero.
    macs
        For one sample, over all layers.
    raw_bytes, deflated_bytes, compressor
        Of all weights; the second by the compressor named.
    peak_bytes
        The largest ``live_bytes``: activation memory for one sample.
    layers
        In the order in which they first run.
    uncounted
        Paths of layers whose multiplications are not known, and not in `macs`.
    evaluation
        The metric over all test samples; None without data.
    latency
        Empty where it was not measured.
    """

    parameters: int
    nonzero: int
    macs: int
    raw_bytes: int
    deflated_bytes: int
    compressor: str
    peak_bytes: int
    layers: tuple[LayerFigures, ...]
    uncounted: tuple[str, ...] = ()
    evaluation: Evaluation | None = None
    latency: tuple[Latency, ...] = ()

    def latency_at(self, batch: int) -> Latency | None:
        """Return the time measured with that many samples; None where none was."""
        return next((one for one in self.latency if one.batch == batch), None)
