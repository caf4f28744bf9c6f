import dataclasses

import numpy as np
import pytest

from pruneview.gui import colours
from pruneview.gui.theme import PROJECTOR, THEMES, contrast
from pruneview.sparsity.pictures import picture

GROUNDS = ("window", "surface", "raised")
WORDS = ("text", "muted", "accent", "target", "actual", "baseline")
STATES = ("good", "warning", "error")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_words_can_be_read_on_every_ground(theme):
    least = 7.0 if theme is PROJECTOR else 4.5
    for word in WORDS + STATES:
        for ground in GROUNDS:
            found = contrast(getattr(theme, word), getattr(theme, ground))
            assert found >= least, (word, ground)
    assert contrast(theme.on_accent, theme.accent) >= least


def test_the_projector_theme_is_large():
    assert PROJECTOR.font_points >= 16
    assert PROJECTOR.curve_pixels >= 3


@pytest.mark.parametrize("reduced", [False, True])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_zero_has_a_colour_that_no_value_has(theme, reduced):
    table = colours.lookup_table(theme, reduced=reduced).astype(int)
    zero = table[picture.ZERO]
    others = np.vstack(
        [table[picture.FIRST_VALUE :], table[[picture.GAP, picture.NOT_FINITE]]]
    )
    assert np.abs(others - zero).max(axis=1).min() >= 30


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_fresh_zeros_settle_into_the_colour_of_zero(theme):
    table = colours.lookup_table(theme, reduced=False)
    births = (10.0,) + (-np.inf,) * (picture.FRESH_CODES - 1)

    young, moving = colours.with_fresh(table, theme, births, now=10.0)
    assert moving
    assert np.abs(young[picture.FIRST_FRESH].astype(int) - table[0]).max() > 100
    assert (young[picture.FIRST_FRESH + 1] == table[0]).all()
    old, moving = colours.with_fresh(table, theme, births, now=20.0)
    assert not moving
    assert (old[picture.FIRST_FRESH] == table[0]).all()


@pytest.mark.parametrize("name", list(THEMES))
def test_a_theme_reaches_widgets_and_plots(opened, name):
    from PySide6.QtGui import QColor, QPalette
    from PySide6.QtWidgets import QApplication

    opened.choose_theme(name)

    theme = THEMES[name]
    window = opened.window
    assert window.palette().color(QPalette.ColorRole.Window) == QColor(theme.window)
    for plot in [window.heatmap.plot, *(c.plot for c in window.charts.charts)]:
        assert plot.backgroundBrush().color() == QColor(theme.surface)
        pen = plot.getPlotItem().getAxis("left").textPen()
        assert pen.color() == QColor(theme.text)
    assert QApplication.font().pointSize() == theme.font_points
    item = window.heatmap.plot._image
    codes = item.codes.copy()
    codes[0, 0] = picture.ZERO
    window.heatmap.plot.show_picture(
        dataclasses.replace(window.heatmap.plot.picture, codes=codes)
    )
    assert item.image.pixelColor(0, 0) == QColor(theme.zero)
