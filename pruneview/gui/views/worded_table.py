"""Tables of figures between words: the words are wrapped, not scrolled out of sight."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
)

_LEAST_REMARK, _LEAST_WHAT = 24, 14  # letters
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
    """What is measured in the first column, remarks in the last, figures between."""

    def __init__(self, headings: tuple[str, ...]) -> None:
        super().__init__(0, len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setItemDelegate(_Roomy(self))
        self._remark = len(headings) - 1
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in (0, self._remark):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Wrap the words: a remark must be read without hovering."""
        header = self.horizontalHeader()
        figures = sum(header.sectionSize(column) for column in range(1, self._remark))
        room = self.viewport().width() - figures
        letter = self.fontMetrics().averageCharWidth()
        least = _LEAST_REMARK * letter
        # What is measured is wrapped too, before remarks are scrolled out of sight.
        narrow = max(room - least, _LEAST_WHAT * letter)
        what = min(self.sizeHintForColumn(0), narrow)
        header.resizeSection(0, what)
        header.resizeSection(self._remark, max(room - what, least))
        self.resizeRowsToContents()
