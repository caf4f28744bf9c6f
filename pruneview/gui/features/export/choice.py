"""What can be exported, and how. No Qt here."""

from dataclasses import dataclass
from enum import Enum


class What(Enum):
    """What is exported: a view of the window as it is, or the run on show."""

    HEATMAP = "Heatmap"
    HISTOGRAM = "Histogram of magnitudes"
    CURVES = "Curves of the run"
    LAYERS = "Layer table"
    FILM = "Animation of the run"
    LOG = "Log of the run, a table"
    PAGE = "Report of the run, a page"

    @property
    def endings(self) -> tuple[str, ...]:
        """The kinds of file it can be."""
        kinds = {
            What.FILM: ("gif", "webp", "mp4"),
            What.LOG: ("csv",),
            What.PAGE: ("html",),
        }
        return kinds.get(self, ("png", "svg"))

    @property
    def needs_run(self) -> bool:
        return self in (What.FILM, What.LOG, What.PAGE, What.CURVES)

    @property
    def has_size(self) -> bool:
        return self not in (What.LOG, What.PAGE)


#: Words for the kinds of file.
KINDS = {
    "png": "PNG picture",
    "svg": "SVG drawing",
    "gif": "Animated GIF",
    "webp": "Animated WebP",
    "mp4": "MP4 video (H.264)",
    "csv": "CSV table",
    "html": "HTML page",
}


@dataclass(frozen=True)
class Choice:
    """What a person wants.

    Attributes
    ----------
    theme
        Name of a theme.
    seconds
        What an animation of the whole run takes.
    """

    what: What
    ending: str
    width: int = 1280
    height: int = 720
    theme: str = "light"
    seconds: float = 12.0
