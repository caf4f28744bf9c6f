"""Finds words on the screen that have less room than they need."""

from collections.abc import Callable, Iterator

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

#: Buttons that Qt itself shows where a bar of its own has no room.
_EXTENSIONS = ("qt_toolbar_ext_button", "qt_menubar_ext_button")
_SLACK = 1  # pixels


def cut_texts(window: QWidget) -> list[str]:
    """Return a line for each text in a window that does not fit where it stands.

    Words that may be shortened on purpose must be whole in their tooltips.
    """
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__} "
        f"({widget.width()} x {widget.height()}): {words[:60]!r} {why}"
        for widget in [window, *window.findChildren(QWidget)]
        if widget.isVisible() and not widget.visibleRegion().isEmpty()
        for words, why in _cut_in(widget)
    ]


def _cut_in(widget: QWidget) -> Iterator[tuple[str, str]]:
    if widget.objectName() in _EXTENSIONS:
        yield "", "has no room for all that is on it"
        return
    for kind, look in _LOOKS:
        if isinstance(widget, kind):
            yield from look(widget)
            return


def _label(label: QLabel) -> Iterator[tuple[str, str]]:
    words = label.text()
    if not words:
        return
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if label.height() < needed - _SLACK:
            yield words, f"needs a height of {needed}"
    elif label.width() < label.sizeHint().width() - _SLACK:
        ignored = label.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
        if not (ignored and _is_in(words, _tip(label))):
            yield words, f"needs a width of {label.sizeHint().width()}"
    if not label.wordWrap() and label.height() < label.sizeHint().height() - _SLACK:
        yield words, f"needs a height of {label.sizeHint().height()}"
    yield from _outside(label, words)


def _tip(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return widget.toolTip() or (parent.toolTip() if parent else "")


def _is_in(words: str, tip: str) -> bool:
    document = QTextDocument()
    document.setHtml(words)
    return " ".join(document.toPlainText().split()) in " ".join(tip.split())


def _button(button: QAbstractButton) -> Iterator[tuple[str, str]]:
    words = button.text()
    if not words or button.objectName().startswith("qt_"):
        return
    hint = button.sizeHint()
    if isinstance(button, QToolButton):
        hint = button.minimumSizeHint()
        only_icon = button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        if only_icon and not button.icon().isNull():
            return
    ignored = button.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
    if ignored:
        needed = QFontMetrics(button.font()).horizontalAdvance(words)
        if button.width() < needed and words not in button.toolTip():
            yield words, f"needs a width of {needed}"
    elif button.width() < hint.width() - _SLACK:
        yield words, f"needs a width of {hint.width()}"
    if button.height() < hint.height() - _SLACK:
        yield words, f"needs a height of {hint.height()}"
    yield from _outside(button, words)


def _outside(widget: QWidget, words: str) -> Iterator[tuple[str, str]]:
    """Say where a widget reaches over the edge of what it lies in."""
    inside: QWidget = widget
    while (above := inside.parentWidget()) is not None and not inside.isWindow():
        area = above.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is above:
            off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if area.horizontalScrollBarPolicy() == off:
                at = QRect(widget.mapTo(above, QPoint(0, 0)), widget.size())
                if at.right() > above.width() + _SLACK:
                    yield words, "reaches over the edge of what scrolls"
            return
        at = QRect(widget.mapTo(above, QPoint(0, 0)), widget.size())
        if not above.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(at):
            yield words, f"reaches out of {type(above).__name__}"
            return
        inside = above


def _combo_box(box: QComboBox) -> Iterator[tuple[str, str]]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox,
        option,
        QStyle.SubControl.SC_ComboBoxEditField,
        box,
    )
    needed = box.fontMetrics().horizontalAdvance(box.currentText())
    if not box.isEditable() and field.width() < needed:
        yield box.currentText(), f"has {field.width()} of {needed}"
    if box.height() < box.minimumSizeHint().height() - _SLACK:
        yield box.currentText(), "is too low"
    yield from _outside(box, box.currentText())


def _spin_box(box: QAbstractSpinBox) -> Iterator[tuple[str, str]]:
    yield from _outside(box, box.text())


def _group(box: QGroupBox) -> Iterator[tuple[str, str]]:
    if box.width() < box.minimumSizeHint().width():
        yield box.title(), "title"


def _line(line: QLineEdit) -> Iterator[tuple[str, str]]:
    """Look at a line that a person can type into: what is typed may be longer."""
    elastic = not isinstance(line.parent(), QAbstractSpinBox)
    words = line.text() or line.placeholderText()
    needed = line.fontMetrics().horizontalAdvance(words)
    if line.width() < needed + 4 and not (elastic and line.text()):
        yield words, f"has {line.width()} of {needed}"
    if line.height() < line.fontMetrics().tightBoundingRect(words).height():
        yield words, "is too low"
    yield from _outside(line, words)


def _tabs(bar: QTabBar) -> Iterator[tuple[str, str]]:
    metrics = bar.fontMetrics()
    for tab in range(bar.count()):
        words = bar.tabText(tab).replace("&", "")
        needed = metrics.horizontalAdvance(words)
        if (
            bar.isTabVisible(tab)
            and bar.tabRect(tab).width() < needed
            and bar.tabToolTip(tab) != words
        ):
            yield words, f"has {bar.tabRect(tab).width()} of {needed}"
    if bar.height() < metrics.height():
        yield bar.tabText(0), "is too low"


def _header(header: QHeaderView) -> Iterator[tuple[str, str]]:
    model = header.model()
    if model is None or header.orientation() == Qt.Orientation.Vertical:
        return
    role = Qt.ItemDataRole.DisplayRole
    for section in range(header.count()):
        words = str(model.headerData(section, header.orientation(), role) or "")
        needed = header.fontMetrics().horizontalAdvance(words)
        if not header.isSectionHidden(section) and header.sectionSize(section) < needed:
            yield words, f"has {header.sectionSize(section)} of {needed}"
    if header.height() < header.fontMetrics().height():
        yield "", "is too low for its headings"


def _title(dock: QDockWidget) -> Iterator[tuple[str, str]]:
    if dock.titleBarWidget() is not None:
        return
    buttons = [
        button.width()
        for button in dock.findChildren(
            QAbstractButton, options=Qt.FindChildOption.FindDirectChildrenOnly
        )
        if button.isVisible()
    ]
    needed = dock.fontMetrics().horizontalAdvance(dock.windowTitle()) + sum(buttons)
    if dock.width() < needed:
        yield dock.windowTitle(), f"has {dock.width()} of {needed}"


def _axes(plot: pg.PlotWidget) -> Iterator[tuple[str, str]]:
    for side in ("left", "right", "top", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        if not axis.isVisible() or not axis.label.isVisible():
            continue
        size = axis.size()
        room = size.height() if side in ("left", "right") else size.width()
        needed = axis.label.boundingRect().width()
        if needed > room + _SLACK:
            yield axis.labelText, f"of an axis has {room:.0f} of {needed:.0f}"


_LOOKS: tuple[tuple[type[QWidget], Callable[..., Iterator[tuple[str, str]]]], ...] = (
    (QLabel, _label),
    (QTabBar, _tabs),
    (QHeaderView, _header),
    (QComboBox, _combo_box),
    (QAbstractSpinBox, _spin_box),
    (QLineEdit, _line),
    (QAbstractButton, _button),
    (QDockWidget, _title),
    (QGroupBox, _group),
    (pg.PlotWidget, _axes),
)
