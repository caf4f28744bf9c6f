"""Colours that people with any colour vision can read."""

import numpy as np
import pytest

from pruneview.gui import colours
from pruneview.gui.theme import THEMES
from pruneview.sparsity.pictures import picture
from pruneview.sparsity.pictures.tone import Quantity, Scale, Tone

# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A Physiologically-based Model
# for Simulation of Color Vision Deficiency" (2009), severity 1.0; linear RGB.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def seen(table, vision):
    """CIE L*a*b* of RGBA colours, as somebody sees them."""
    channels = table[:, :3] / 255
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    linear = np.clip(linear @ np.array(VISIONS[vision]).T, 0, 1)
    xyz = linear @ np.array(TO_XYZ).T / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_both_signs_and_every_size_can_be_told_apart(theme, vision):
    lab = seen(colours.value_colours(theme, 65), vision)
    lightness = lab[:, 0]

    # Lighter towards zero on both sides, so that it reads without any colour too.
    assert (np.diff(lightness[:31]) > 0).all()
    assert (np.diff(lightness[34:]) < 0).all()
    opposite = np.linalg.norm(lab - lab[::-1], axis=1)
    assert (opposite[:17] > 45).all()
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() < 6 * np.median(steps)
    assert steps.min() > np.median(steps) / 6


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", [Scale.MAGNITUDE, Scale.SHARE])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_scales_without_a_sign_go_one_way(theme, scale, vision):
    lightness = seen(colours.value_colours(theme, 33, scale), vision)[:, 0]
    steps = np.diff(lightness[2:])
    assert (steps < 0).all() or (steps > 0).all()
    assert abs(lightness[-1] - lightness[0]) > 30


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("reduced", [False, True])
@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_an_exact_zero_is_like_nothing_else(theme, scale, reduced, vision):
    table = colours.lookup_table(theme, reduced=reduced, scale=scale)
    lab = seen(table, vision)
    others = np.delete(lab, range(picture.FIRST_FRESH, picture.FIRST_VALUE), axis=0)
    apart = np.linalg.norm(others[1:] - lab[picture.ZERO], axis=1)
    assert apart.min() > 12


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_gradients_of_pruned_weights_have_a_sign_and_are_told_from_others(
    theme, vision
):
    tone = Tone(Quantity.GRADIENT)
    codes = np.zeros((1, 1), np.uint8)
    region = picture.Region(0, 1, 0, 1)
    shown = picture.Picture(codes, region, picture.EXACT, 1.0, tone=tone)
    values = seen(colours.table_of(theme, shown), vision)[picture.FIRST_VALUE :]
    levels = picture.COARSE_LEVELS
    kept, pruned = values[:levels], values[(picture.SHARE_LEVELS - 1) * levels :]
    pruned = pruned[:levels]
    assert np.linalg.norm(kept - pruned, axis=1).min() > 12
    middle = levels // 2
    for side in (pruned[0], pruned[-1]):
        assert np.linalg.norm(side - pruned[middle]) > 25
    assert np.linalg.norm(pruned[0] - pruned[-1]) > 25
