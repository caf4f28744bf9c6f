"""Charts side by side, or one above the other where there is more height."""

from typing import Protocol

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

#: Height over width from which they stand one above the other.
_TALL = 0.75
_EQUAL, _MORE = 3, 4


class StepChart(Protocol):
    """A widget with an axis of steps, which one below may have in its place."""

    def show_steps(self, *, on: bool) -> None: ...

    def fit_legend(self, width: int, height: int) -> None: ...

    def minimumSizeHint(self) -> QSize: ...


class TurningRow(QWidget):
    """Shares its room among charts on one axis of steps."""

    def __init__(self) -> None:
        super().__init__()
        self._charts: list[StepChart] = []
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(2)

    def add(self, chart: StepChart) -> None:
        """Put a chart after the others."""
        assert isinstance(chart, QWidget)
        self._charts.append(chart)
        self._line.addWidget(chart, 1)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # letters have grown, say
            self._fit_legends()
        return done

    @property
    def _is_stacked(self) -> bool:
        return self.height() > _TALL * self.width()

    def _fit_legends(self) -> None:
        """Decide by this widget's own size, which no legend changes."""
        width, height, count = self.width(), self.height(), len(self._charts)
        if self._is_stacked:
            height = height * _EQUAL // (_EQUAL * (count - 1) + _MORE)
        else:
            width //= max(count, 1)
        for chart in self._charts:
            chart.fit_legend(width, height)

    def _turn(self) -> None:
        below = self._is_stacked
        ways = QBoxLayout.Direction
        self._line.setDirection(ways.TopToBottom if below else ways.LeftToRight)
        for place in range(len(self._charts)):
            # The steps are written below the last one only.
            last = below and place == len(self._charts) - 1
            self._line.setStretch(place, _MORE if last else _EQUAL)
        for chart in self._charts:
            chart.show_steps(on=not below or chart is self._charts[-1])
        self._fit_legends()

    def minimumSizeHint(self) -> QSize:
        """Return room for one chart: which way they stand follows from the room."""
        if not self._charts:
            return QSize(0, 0)
        return self._charts[0].minimumSizeHint()
