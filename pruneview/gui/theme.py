"""Themes: a table of tokens each; palette, style sheet and plots follow from it."""

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

_USUAL_POINTS = 10


@dataclass(frozen=True)
class Theme:
    """Colours (``#rrggbb``) and sizes of one theme.

    Attributes
    ----------
    window, surface, raised, border
        Grounds from the outermost inwards, and the lines between them.
    text, muted
        Words, and words of second rank; both on any of the grounds.
    accent, on_accent
        What is active or selected, and words on it.
    target, actual, baseline
        Curves: what the schedule asks for, what was counted, what was before.
    good, warning, error
        States.
    zero, fresh, gap, not_finite
        Heatmap: an exact zero, one that has just appeared, the space between
        slices, NaN and infinity.
    colour_map
        Name of pyqtgraph's diverging colour map.
    font_points, curve_pixels
        Size of text in points, width of curves in pixels.
    """

    name: str
    title: str
    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    target: str
    actual: str
    baseline: str
    good: str
    warning: str
    error: str
    zero: str
    fresh: str
    gap: str
    not_finite: str
    colour_map: str = "CET-D1"
    font_points: int = _USUAL_POINTS
    curve_pixels: float = 2.0

    def with_letters(self, percent: int) -> "Theme":
        """Return the theme with letters of so many per cent of the usual size.

        A theme whose letters are as large already keeps them.
        """
        points = max(self.font_points, round(_USUAL_POINTS * percent / 100))
        return replace(self, font_points=points)

    @property
    def is_dark(self) -> bool:
        return contrast(self.window, "#000000") < contrast(self.window, "#ffffff")


LIGHT = Theme(
    name="light",
    title="Light",
    window="#f3f4f7",
    surface="#ffffff",
    raised="#e7e9ef",
    border="#c9cdd8",
    text="#1b1e27",
    muted="#555b6b",
    accent="#2456c8",
    on_accent="#ffffff",
    target="#8a5a00",
    actual="#2456c8",
    baseline="#5c6273",
    good="#1d6b34",
    warning="#8a5200",
    error="#b3202c",
    zero="#15171e",
    fresh="#ffd400",
    gap="#ffffff",
    not_finite="#00c853",
)

DARK = Theme(
    name="dark",
    title="Dark",
    window="#171a21",
    surface="#1e222b",
    raised="#2a2f3b",
    border="#3b4251",
    text="#e9ebf1",
    muted="#a6adbd",
    accent="#6fa3ff",
    on_accent="#0d1220",
    target="#f0b35a",
    actual="#6fa3ff",
    baseline="#a6adbd",
    good="#6fd08c",
    warning="#f3b557",
    error="#ff8088",
    zero="#000000",
    fresh="#ffe14a",
    gap="#39404f",
    not_finite="#00e676",
)

PROJECTOR = Theme(
    name="projector",
    title="Projector",
    window="#ffffff",
    surface="#ffffff",
    raised="#eceef2",
    border="#6b7080",
    text="#000000",
    muted="#33363f",
    accent="#003a9e",
    on_accent="#ffffff",
    target="#6b3a00",
    actual="#003a9e",
    baseline="#33363f",
    good="#00501a",
    warning="#663300",
    error="#8f0013",
    zero="#000000",
    fresh="#ffd400",
    gap="#ffffff",
    not_finite="#00a83c",
    font_points=16,
    curve_pixels=4.0,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, PROJECTOR)}


def named(name: str, percent: int) -> Theme:
    """Return a theme, the light one for an unknown name, with letters of that size."""
    return THEMES.get(name, LIGHT).with_letters(percent)


def _luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.1, 0 to 1."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@lru_cache(maxsize=256)
def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2.1 defines it, 1 to 21."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, theme.window),
        (role.WindowText, theme.text),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.window),
        (role.Text, theme.text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.error),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.Light, theme.raised),
        (role.Midlight, theme.raised),
        (role.Mid, theme.border),
        (role.Dark, theme.border),
        (role.Shadow, theme.border),
    ):
        made.setColor(where, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(disabled, where, QColor(theme.muted))
    made.setColor(disabled, role.Highlight, QColor(theme.border))
    return made


def style_sheet(theme: Theme) -> str:
    """Return what the palette cannot say."""
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.raised};
        border: 1px solid {theme.border}; padding: 3px; }}
    QToolBar {{ border: 0; border-bottom: 1px solid {theme.border}; spacing: 4px;
        padding: 4px; }}
    QToolButton {{ padding: 4px 8px; border-radius: 4px; }}
    QToolButton#section {{ text-align: left; font-weight: 600; border: 0;
        border-bottom: 1px solid {theme.border}; border-radius: 0; padding: 3px 2px; }}
    QToolButton#section:checked {{ background: transparent; }}
    QToolButton#section:focus {{ border-bottom: 2px solid {theme.accent}; }}
    QToolBar QToolButton:hover {{ background: {theme.raised}; }}
    QToolButton:checked {{ background: {theme.raised}; }}
    QToolBar QToolButton:focus {{ border: 1px solid {theme.accent}; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget::title {{ background: {theme.raised}; padding: 4px 8px; }}
    QHeaderView::section {{ background: {theme.raised}; color: {theme.text};
        border: 0; border-right: 1px solid {theme.border}; padding: 4px 3px; }}
    QTreeView, QTableView, QPlainTextEdit, QListView {{
        border: 1px solid {theme.border}; }}
    QTreeView:focus, QPlainTextEdit:focus {{ border: 1px solid {theme.accent}; }}
    QLineEdit {{ border: 1px solid {theme.border}; border-radius: 3px;
        padding: 2px 4px; background: {theme.surface}; }}
    QLineEdit:focus {{ border: 1px solid {theme.accent}; }}
    QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: 0; padding: 0; }}
    QComboBox:focus, QAbstractSpinBox:focus, QPushButton:focus {{
        outline: 2px solid {theme.accent}; }}
    QCheckBox::indicator, QListView::indicator {{ width: 12px; height: 12px;
        border: 1px solid {theme.muted}; background: {theme.surface}; }}
    QCheckBox::indicator:checked, QListView::indicator:checked {{
        background: {theme.accent}; }}
    QCheckBox:focus {{ color: {theme.accent}; }}
    QMainWindow::separator {{ background: {theme.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QLabel[rank="muted"] {{ color: {theme.muted}; }}
    QLabel[rank="warning"] {{ color: {theme.warning}; }}
    QLabel[rank="error"] {{ color: {theme.error}; }}
    QLabel[rank="title"] {{ font-weight: 600; }}
    QFrame#banner {{ background: {theme.raised};
        border-left: 4px solid {theme.error}; }}
    QFrame#banner[rank="info"] {{ border-left: 4px solid {theme.accent}; }}
    QStatusBar {{ border-top: 1px solid {theme.border}; }}
    QStatusBar::item {{ border: 0; }}
    QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QTabBar QToolButton {{ padding: 0; border: 1px solid {theme.border};
        border-radius: 0; background: {theme.raised}; }}
    QTabBar::scroller {{ width: {2 * theme.font_points}px; }}
    QProgressBar {{ border: 1px solid {theme.border}; border-radius: 3px;
        background: {theme.surface}; text-align: center; }}
    QProgressBar::chunk {{ background: {theme.accent}; }}
    """


def apply(theme: Theme, app: QApplication) -> None:
    """Dress all widgets of the program in a theme."""
    if not app.styleSheet():  # the first time: each style leaves something behind
        app.setStyle("Fusion")
    font = QFont(app.font())
    font.setPointSize(theme.font_points)
    app.setFont(font)
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))
