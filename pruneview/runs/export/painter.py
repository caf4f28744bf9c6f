"""One frame of an animation: heatmap, numbers, curves."""

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from pruneview.runs.export import words
from pruneview.runs.export.curves import Curve, metric_curve, sparsity_curve
from pruneview.runs.export.look import Look, fitted, picture_of
from pruneview.runs.replay import Moment, Replay


@dataclass(frozen=True)
class FilmPlan:
    """What is to be filmed.

    Attributes
    ----------
    weight
        Its path.
    width, height
        In pixels.
    seconds
        What the whole run takes, without the last frame, which stands still.
    """

    weight: str
    width: int = 1280
    height: int = 720
    seconds: float = 12.0


class Painter:
    """Draws one frame after another on the same ground."""

    def __init__(
        self, replay: Replay, plan: FilmPlan, look: Look, limit: float
    ) -> None:
        self._replay, self._plan, self._look, self._limit = replay, plan, look, limit
        width, height = plan.width, plan.height
        self._edge = max(4, height // 36)
        self._right = width * 58 // 100
        self._ground = Image.new("RGB", (width, height), look.ground)
        draw = ImageDraw.Draw(self._ground)
        small = self._font(26)
        draw.text((self._edge, self._edge), plan.weight, look.text, small)
        self._top = self._edge * 2 + height // 26
        metric = metric_curve(replay)
        self._metric = metric.title.lower() if metric else "accuracy"
        self._tall = (height - self._top) * 56 // 100 // 3
        names = ("zeros", self._metric, "deflated size")
        for place, name in enumerate(names):
            at = self._right, self._top + place * self._tall
            draw.text(at, name, look.muted, small)
        below = self._top + 3 * self._tall
        self._box = (
            self._right + height // 12,
            below,
            width - self._edge,
            height - self._edge - height // 24,
        )
        self._draw_axes(draw)
        curves = [(sparsity_curve(replay), look.sparsity)]
        if metric is not None and metric.unit == "%":
            curves.append((metric, look.accuracy))
        for curve, colour in curves:
            self._draw_curve(draw, curve, colour)

    def frame(self, step: int) -> Image.Image:
        plan, look, replay = self._plan, self._look, self._replay
        image = self._ground.copy()
        draw = ImageDraw.Draw(image)
        moment = replay.at(step)
        values = replay.values(plan.weight, step).array
        room = self._right - 2 * self._edge, plan.height - self._top - self._edge
        heatmap = fitted(look.image(picture_of(values, *room, self._limit)), *room)
        aside, below = ((n - m) // 2 for n, m in zip(room, heatmap.size, strict=True))
        image.paste(heatmap, (self._edge + aside, self._top + below))
        self._write(draw, moment)
        x = self._x(step)
        line = max(1, plan.height // 360)
        draw.line((x, self._box[1], x, self._box[3]), look.text, line)
        return image

    def _write(self, draw: ImageDraw.ImageDraw, moment: Moment) -> None:
        look, plan = self._look, self._plan
        large, small = self._font(9.5), self._font(26)
        numbers = (
            (words.percent(moment.sparsity), look.sparsity),
            (words.score(moment.evaluation), look.accuracy),
            (words.size(moment.deflated_bytes), look.text),
        )
        for place, (text, colour) in enumerate(numbers):
            at = self._right, self._top + place * self._tall + plan.height // 26
            # The letters have no dash for what is not known.
            draw.text(at, text.replace("–", "-"), colour, large)
        said = f"step {moment.step:,}"
        if self._replay.started is not None:
            said += f" of {self._replay.steps:,}"
        at = plan.width - self._edge, self._edge
        draw.text(at, said, look.text, small, anchor="ra")

    def _draw_axes(self, draw: ImageDraw.ImageDraw) -> None:
        look, (left, top, right, bottom) = self._look, self._box
        small = self._font(34)
        for share in range(0, 101, 20):
            y = bottom - (bottom - top) * share // 100
            draw.line((left, y, right, y), look.muted, 1)
            at = left - self._edge // 3, y
            draw.text(at, f"{share} %", look.muted, small, anchor="rm")
        steps = self._replay.steps
        for step in {0, steps // 2, steps}:
            at = int(self._x(step)), bottom + self._edge // 4
            side = {0: "la", steps: "ra"}.get(step, "ma")
            draw.text(at, f"{step:,}", look.muted, small, anchor=side)

    def _draw_curve(self, draw: ImageDraw.ImageDraw, curve: Curve, colour: str) -> None:
        _, top, _, bottom = self._box
        wide = max(2, self._plan.height // 180)
        points = [
            (self._x(step), bottom - (bottom - top) * value / 100)
            for step, value in curve.points
        ]
        if len(points) == 1:
            draw.circle(points[0], 2 * wide, colour)
        elif points:
            draw.line(points, colour, wide, joint="curve")

    def _x(self, step: float) -> float:
        left, _, right, _ = self._box
        return left + (right - left) * step / self._replay.steps

    def _font(self, share: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """Return letters of a share of the height."""
        return ImageFont.load_default(max(8.0, self._plan.height / share))
