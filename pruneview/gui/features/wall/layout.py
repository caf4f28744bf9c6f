"""Rectangles of given areas that fill a larger one. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass

#: The least share of the largest that anything gets: small layers can be seen and hit.
_LEAST_SHARE = 0.03


@dataclass(frozen=True)
class Place:
    """A rectangle, in the unit of what it fills."""

    left: float
    top: float
    width: float
    height: float


def squarify(sizes: Sequence[int], width: float, height: float) -> list[Place]:
    """Share out a rectangle by sizes, each part as near to a square as can be.

    Areas are proportional to the sizes, but for those that would be too small to be
    seen. The largest should come first; after M. Bruls, K. Huizing and J. J. van Wijk,
    "Squarified Treemaps" (2000).
    """
    if not sizes or width <= 0 or height <= 0:
        return [Place(0, 0, 0, 0) for _ in sizes]
    least = max(1.0, _LEAST_SHARE * max(sizes))
    shares = [max(size, least) for size in sizes]
    area = width * height / sum(shares)
    areas = [share * area for share in shares]
    places: list[Place] = []
    room = Place(0, 0, width, height)
    start = 0
    while start < len(areas):
        side = min(room.width, room.height)
        stop = start + 1
        while stop < len(areas) and _worst(areas[start : stop + 1], side) <= _worst(
            areas[start:stop], side
        ):
            stop += 1
        line, room = _cut(areas[start:stop], room)
        places += line
        start = stop
    return places


def _worst(line: Sequence[float], side: float) -> float:
    """Return the largest ratio of sides of parts in a line along `side`."""
    thick = sum(line) / side
    return max(max(part / thick / thick, thick * thick / part) for part in line)


def _cut(line: Sequence[float], room: Place) -> tuple[list[Place], Place]:
    """Place a line along the shorter side of a room; return what is left of it."""
    if room.width >= room.height:
        thick = sum(line) / room.height
        parts, top = [], room.top
        for part in line:
            parts.append(Place(room.left, top, thick, part / thick))
            top += part / thick
        left = max(0.0, room.width - thick)
        return parts, Place(room.left + thick, room.top, left, room.height)
    thick = sum(line) / room.width
    parts, start = [], room.left
    for part in line:
        parts.append(Place(start, room.top, part / thick, thick))
        start += part / thick
    left = max(0.0, room.height - thick)
    return parts, Place(room.left, room.top + thick, room.width, left)
