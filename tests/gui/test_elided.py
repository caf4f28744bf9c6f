"""Lines that are cut say so."""

import pytest
from PySide6.QtCore import Qt

from pruneview.gui.views.elided_label import ElidedLabel
from pruneview.gui.views.steady_label import SteadyLabel
from pruneview.gui.views.weight_heading import WeightHeading

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


def test_a_heading_gives_up_the_type_then_the_name_and_keeps_the_shape(qtbot):
    heading = WeightHeading()
    qtbot.addWidget(heading)
    heading.show_weight("encoder/conv2d_7/kernel", "3 × 3 × 64 × 64", "float32")
    whole = heading.text()
    assert heading.toolTip() == whole == heading.text()
    advance = heading.fontMetrics().horizontalAdvance
    heading.resize(advance(whole) + 2, 20)
    assert heading.fitted == whole
    heading.resize(advance(whole) - 2, 20)
    assert heading.fitted == "encoder/conv2d_7/kernel   3 × 3 × 64 × 64"
    heading.resize(advance(whole) * 2 // 3, 20)
    assert "…" in heading.fitted
    assert heading.fitted.endswith("   3 × 3 × 64 × 64")
    assert advance(heading.fitted) <= heading.width()
