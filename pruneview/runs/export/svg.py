"""A curve as a drawing inside a page."""

import html

from pruneview.runs.export.curves import Curve, Points

_WIDTH, _HEIGHT = 320, 220
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 28, 312, 188
_TARGET, _GREY = "#8a5a00", "#5c6273"


def chart(curve: Curve, steps: int, colour: str, target: Points | None = None) -> str:
    """Return an ``<svg>`` element.

    Parameters
    ----------
    steps
        Of the whole run.
    target
        A second curve, dashed, in the same unit.
    """

    def place(step: float, value: float) -> str:
        x = _LEFT + (_RIGHT - _LEFT) * step / max(1, steps)
        share = (value - curve.low) / max(curve.high - curve.low, 1e-12)
        return f"{x:.1f},{_BOTTOM - (_BOTTOM - _TOP) * share:.1f}"

    def line(points: Points, ink: str, dashes: str = "") -> str:
        if len(points) == 1:
            x, y = place(*points[0]).split(",")
            return f'<circle cx="{x}" cy="{y}" r="3" fill="{ink}"/>'
        shown = " ".join(place(step, value) for step, value in points)
        return (
            f'<polyline points="{shown}" fill="none" stroke="{ink}" '
            f'stroke-width="2" {dashes}/>'
        )

    title = html.escape(f"{curve.title}, {curve.unit}".rstrip(", "))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" aria-label="{title} over the steps" '
        'font-family="system-ui, sans-serif" font-size="11">',
        f'<text x="{_LEFT}" y="16" font-size="13" font-weight="600">{title}</text>',
    ]
    for number in range(5):
        value = curve.low + (curve.high - curve.low) * number / 4
        x, y = place(0, value).split(",")
        parts.append(
            f'<line x1="{x}" y1="{y}" x2="{_RIGHT}" y2="{y}" stroke="#e0e3ea"/>'
            f'<text x="{_LEFT - 5}" y="{y}" dy="4" text-anchor="end" fill="{_GREY}">'
            f"{value:.3g}</text>"
        )
    for step, side in {steps // 2: "middle", 0: "start", steps: "end"}.items():
        x, _ = place(step, curve.low).split(",")
        parts.append(
            f'<text x="{x}" y="{_BOTTOM + 16}" text-anchor="{side}" fill="{_GREY}">'
            f"{step:,}</text>"
        )
    middle = (_LEFT + _RIGHT) // 2
    parts.append(
        f'<text x="{middle}" y="{_BOTTOM + 30}" text-anchor="middle" '
        f'fill="{_GREY}">step</text>'
    )
    dashes = 'stroke-dasharray="5 4"'
    if curve.baseline is not None:
        ends: Points = [(0.0, curve.baseline), (float(steps), curve.baseline)]
        parts.append(line(ends, _GREY, dashes))
    if target:
        parts.append(line(target, _TARGET, dashes))
    parts.append(line(curve.points, colour))
    parts.append("</svg>")
    return "".join(parts)
