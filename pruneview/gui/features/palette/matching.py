"""How well a few typed letters fit a title. No Qt here."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_START, _IN_A_ROW, _WORD = 2.0, 6.0, 5.0
#: For all letters in one piece from the beginning of a word.
_WHOLE = 3.0
#: What each letter of the title that was passed over costs, and all of them at most.
_SKIPPED, _SKIPPED_AT_MOST = 0.05, 3.0


def score(typed: str, title: str) -> float | None:
    """Return how well `typed` fits `title`, more is better; None: not at all.

    All letters typed have to be in the title in their order, whatever their case;
    blanks do not count. Letters in a row and at the beginning of words count more.
    The best of all ways to place the letters counts.
    """
    wanted = "".join(typed.casefold().split())
    text = title.casefold()
    if not wanted:
        return 0.0
    begins = [_begins_word(title, place) for place in range(len(text))]
    # best[p]: of the letters so far, the last of them at place p.
    best: dict[int, float] = {
        place: (_WORD if begins[place] else 0.0) + (_START if place == 0 else 0.0)
        for place, letter in enumerate(text)
        if letter == wanted[0]
    }
    for letter in wanted[1:]:
        following: dict[int, float] = {}
        reached: float | None = None
        for place, found in enumerate(text):
            if found == letter and (reached is not None or place - 1 in best):
                fresh = _WORD if begins[place] else 0.0
                ways = [] if reached is None else [reached + fresh]
                if place - 1 in best:
                    ways.append(best[place - 1] + max(_IN_A_ROW, fresh))
                following[place] = max(ways)
            if place in best:
                reached = best[place] if reached is None else max(reached, best[place])
        best = following
    if not best:
        return None
    whole = any(
        begins[place] and text.startswith(wanted, place) for place in range(len(text))
    )
    skipped = min(_SKIPPED * (len(text) - len(wanted)), _SKIPPED_AT_MOST)
    return max(best.values()) + (_WHOLE if whole else 0.0) - skipped


def _begins_word(title: str, place: int) -> bool:
    """Whether a word begins here: after anything but a letter, or as in camelCase."""
    if place == 0 or place >= len(title):
        return place == 0
    before, here = title[place - 1], title[place]
    return not before.isalnum() or (before.islower() and here.isupper())


def ranked(
    typed: str, things: Iterable[T], title: Callable[[T], str], at_most: int
) -> list[T]:
    """Return the things that fit, the best first; their own order among equals."""
    scored = [(score(typed, title(thing)), thing) for thing in things]
    fitting = [(found, thing) for found, thing in scored if found is not None]
    fitting.sort(key=lambda pair: -pair[0])
    return [thing for _, thing in fitting[:at_most]]
