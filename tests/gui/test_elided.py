"""Lines that are cut say so."""

import pytest
from PySide6.QtCore import Qt

from pruneview.gui.views.elided_label import ElidedLabel
from pruneview.gui.views.steady_label import SteadyLabel

SHAPE = "conv2d_7/kernel   3 × 3 × 64 × 64   float32"


def picture(label, words, width):
    label.setText(words)
    label.resize(width, label.fontMetrics().height())
    return label.grab().toImage()


@pytest.mark.parametrize("kind", [ElidedLabel, SteadyLabel])
def test_a_shape_without_room_ends_in_an_ellipsis(qtbot, kind):
    label = kind()
    qtbot.addWidget(label)
    width = label.fontMetrics().horizontalAdvance("conv2d_7/kernel   3 × 3 ")
    right = Qt.TextElideMode.ElideRight
    said = label.fontMetrics().elidedText(SHAPE, right, width)
    assert said.endswith("…")
    assert picture(label, SHAPE, width) == picture(label, said, width)
    assert picture(label, SHAPE, 4 * width) != picture(label, said, 4 * width)
