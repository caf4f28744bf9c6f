"""What a report measures, and how."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportOptions:
    """What to measure, and how.

    Attributes
    ----------
    batch
        Samples a call, in all times.
    threads
        Of TensorFlow Lite; TensorFlow itself uses all processors.
    rounds
        How often each time is measured.
    sizes_only
        Leave out all that needs TensorFlow.
    seed
        Of synthetic inputs and of the order of measuring.
    """

    batch: int = 1
    threads: int = 1
    rounds: int = 41
    sizes_only: bool = False
    seed: int = 0
