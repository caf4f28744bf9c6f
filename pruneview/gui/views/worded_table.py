"""Tables of figures between words: the words are wrapped, not scrolled out of sight."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
)

_LEAST_WHAT = 14  # letters
_BETWEEN_ROWS = 6  # pixels


class _Roomy(QStyledItemDelegate):
    """Keeps the lines of one row apart from those of the next."""

    def sizeHint(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        return super().sizeHint(option, index) + QSize(0, _BETWEEN_ROWS)


class WordedTable(QTableWidget):
    """What is measured in the first column, remarks in the last, figures between.

    Parameters
    ----------
    least_remark
        Letters of room, below which remarks are scrolled out of sight, or hidden.
    hides_remarks
        Whether they are hidden: they are too long for few letters a line.

    Signals
    -------
    fitted
        It is known whether there is room for remarks.
    """

    fitted = Signal()

    def __init__(
        self,
        headings: tuple[str, ...],
        *,
        least_remark: int = 24,
        hides_remarks: bool = False,
    ) -> None:
        super().__init__(0, len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setItemDelegate(_Roomy(self))
        self._remark = len(headings) - 1
        self._least_remark, self._hides_remarks = least_remark, hides_remarks
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in (0, self._remark):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @property
    def remarks_hidden(self) -> bool:
        return self.isColumnHidden(self._remark)

    def fit(self) -> None:
        """Wrap the words: a remark must be read without hovering."""
        header = self.horizontalHeader()
        figures = sum(header.sectionSize(column) for column in range(1, self._remark))
        # As with a scroll bar: whether one is needed follows from what is decided here.
        bar = self.verticalScrollBar().sizeHint().width()
        room = self.width() - 2 * self.frameWidth() - bar - figures
        letter = self.fontMetrics().averageCharWidth()
        least = self._least_remark * letter
        what = self.sizeHintForColumn(0)
        hidden = self._hides_remarks and room - what < least
        self.setColumnHidden(self._remark, hidden)
        # What is measured is wrapped too, before remarks are scrolled out of sight.
        narrow = room if hidden else room - least
        what = min(what, max(narrow, _LEAST_WHAT * letter))
        header.resizeSection(0, what)
        header.resizeSection(self._remark, max(room - what, least))
        self.resizeRowsToContents()
        self.fitted.emit()
