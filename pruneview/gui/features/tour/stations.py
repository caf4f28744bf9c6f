"""The stations of the tour: what is said, done and asked at each."""

from collections.abc import Callable
from dataclasses import dataclass

from pruneview.gui.features.tour import words
from pruneview.gui.features.tour.facts import Facts
from pruneview.gui.features.tour.stage import Stage
from pruneview.pruning.events import RunEnded

Words = Callable[[Facts, RunEnded | None], str]


@dataclass(frozen=True)
class Station:
    """One stop.

    Attributes
    ----------
    title
        A few words.
    words
        Two or three sentences with numbers of the open model.
    arrive
        What is done in the window.
    question, answers, right, because
        A check question, the place of the right answer, and why it is right.
    offer
        Words on a button and the action it does, for what a person has to want.
    """

    title: str
    words: Words
    arrive: Callable[[Stage, Facts], None]
    question: str
    answers: tuple[str, ...]
    right: int
    because: str
    offer: tuple[str, str] | None = None


def _show_all(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_signed")
    stage.show_largest()


def _show_magnitudes(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_magnitudes")
    stage.bring("histogram")


def _try_half(stage: Stage, facts: Facts) -> None:
    stage.bring("histogram")
    stage.try_threshold(facts.threshold_of_weight(0.5))


def _try_much(stage: Stage, facts: Facts) -> None:
    stage.bring("layers")
    stage.try_threshold(facts.threshold_of_all(0.9))


def _show_plan(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_signed")
    stage.bring("plan")


def _show_run(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.bring("charts")


def _try_plan(stage: Stage, facts: Facts) -> None:
    stage.bring("histogram")
    stage.try_threshold(facts.threshold_of_all(facts.plan.final_sparsity))


def _show_structure(stage: Stage, facts: Facts) -> None:
    stage.act("show_signed")
    stage.try_threshold(facts.threshold_of_weight(0.9))


STATIONS = (
    Station(
        "All connections active",
        words.all_active,
        _show_all,
        "What is one dot of the heatmap?",
        ("A layer", "A weight, or a few of them", "A sample"),
        1,
        "Each dot is a connection: its colour is the weight's value.",
    ),
    Station(
        "Magnitude",
        words.magnitude,
        _show_magnitudes,
        "Which goes first: a weight of 0.01 or one of −0.5?",
        ("0.01", "−0.5, it is negative", "Both alike"),
        0,
        "0.01 is nearer to zero; the sign does not count.",
    ),
    Station(
        "The threshold",
        words.threshold,
        _try_half,
        "The threshold rises. What happens to sparsity?",
        ("It falls", "It stays", "It rises"),
        2,
        "More weights lie below a higher line, so more become zero.",
    ),
    Station(
        "One shot",
        words.one_shot,
        _try_much,
        "What is wrong with taking so much at once?",
        (
            "Files grow",
            "The rest cannot adapt",
            "Nothing is",
        ),
        1,
        "The network was trained with all its weights, and is not trained any more.",
    ),
    Station(
        "The schedule",
        words.schedule,
        _show_plan,
        "When does a polynomial schedule take most?",
        ("Early", "At the end", "Evenly"),
        0,
        "Early, while there is most that is not needed; late zeros hurt more.",
    ),
    Station(
        "Fine-tuning",
        words.fine_tuning,
        _show_run,
        "Do masked weights come back while the rest trains?",
        ("Yes, they are trained too", "No, the mask holds them"),
        1,
        "The mask is applied after each step: zero stays zero until masks change.",
        ("Run it now", "run"),
    ),
    Station(
        "Compression",
        words.compression,
        _try_plan,
        "Why does the raw size not change?",
        (
            "Zeros take room, too",
            "Zeros are left out",
        ),
        0,
        "The file keeps the shape; it takes a compressor to use the zeros.",
    ),
    Station(
        "Structured or not",
        words.structure,
        _show_structure,
        "Which makes a model faster on any hardware?",
        ("Single zeros", "Whole units taken out", "Neither"),
        1,
        "Smaller matrices are less work everywhere; single zeros need special kernels.",
    ),
    Station(
        "Now your model",
        words.now_yours,
        _show_all,
        "Where do you see what a threshold would do before anything is changed?",
        ("In the histogram", "Only after a run"),
        0,
        "What if costs nothing: no file and no weight is touched.",
        ("Open a model…", "open"),
    ),
)
