"""How a model is made smaller, beside what its plan says of the units."""

from dataclasses import dataclass

METHODS = ("one-shot", "gradual", "repeat")


@dataclass(frozen=True)
class ShrinkOptions:
    """The way from the model as it is to the small one.

    Attributes
    ----------
    method
        ``one-shot``: units are removed at once, and the small model is fine-tuned;
        ``repeat``: the same in several rounds, which end with the same share;
        ``gradual``: units are masked under the schedule of the training plan while
        fine-tuning, and removed at the end.
    rounds
        Of ``repeat``.
    compare_unstructured
        Whether the baseline is then pruned in single weights as well, down to the same
        number of parameters, on the same data with as many steps.
    timing_rounds
        How often each latency is measured; 0 to measure none.
    """

    method: str = "one-shot"
    rounds: int = 1
    compare_unstructured: bool = False
    timing_rounds: int = 21

    def validate(self) -> dict[str, str]:
        """Return a sentence for each field at fault; empty where all is well."""
        problems = {}
        if self.method not in METHODS:
            problems["method"] = (
                f"Method is {self.method!r}; it must be one of {', '.join(METHODS)}."
            )
        if not 1 <= self.rounds <= 100:
            problems["rounds"] = f"Rounds is {self.rounds}; it must be from 1 to 100."
        elif self.rounds > 1 and self.method != "repeat":
            problems["rounds"] = (
                f"Rounds is {self.rounds}; more than 1 is for the method repeat."
            )
        return problems
