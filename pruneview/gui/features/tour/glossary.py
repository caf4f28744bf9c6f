"""What the field's terms mean: on hover of labels, and as a list."""

import json
import re
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.resources import resource

#: Of one label; more would be a lecture.
_TERMS_AT_MOST = 2


@lru_cache(maxsize=1)
def glossary() -> dict[str, str]:
    """Return an explanation for each term, in small letters."""
    text = resource("glossary.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def terms_in(text: str) -> list[str]:
    """Return the terms that are named in a text, the longest first.

    A term inside a longer one that is named there too does not count by itself.
    """
    left, found = text.casefold(), []
    for term in sorted(glossary(), key=len, reverse=True):
        pattern = rf"\b{re.escape(term)}\b"
        if re.search(pattern, left):
            found.append(term)
            left = re.sub(pattern, "", left)
    return found


def explanation(text: str) -> str:
    """Return what the terms of a text mean, a paragraph each; "" for none."""
    named = terms_in(text)[:_TERMS_AT_MOST]
    return "\n\n".join(f"{term.capitalize()}: {glossary()[term]}" for term in named)


def explain_labels(parent: QWidget) -> None:
    """Give labels that name a term its meaning as a tooltip, below their own."""
    for label in parent.findChildren(QLabel):
        own, said = label.toolTip(), explanation(label.text())
        if said and said not in own:
            label.setToolTip(f"{own}\n\n{said}".strip())


class GlossaryDialog(QDialog):
    """All terms; typing narrows them down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Glossary")
        self._line = QLineEdit()
        self._line.setPlaceholderText("Find a term")
        self._line.setAccessibleName("Find a term")
        self.list = QListWidget()
        self.list.setAccessibleName("Terms")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for term, meaning in sorted(glossary().items()):
            item = QListWidgetItem(f"{term.capitalize()}\n{meaning}\n")
            self.list.addItem(item)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        for widget in (self._line, self.list, buttons):
            column.addWidget(widget)
        self._line.textChanged.connect(self.narrow)
        letter = self.fontMetrics().averageCharWidth()
        self.resize(80 * letter, 28 * self.fontMetrics().lineSpacing())

    def narrow(self, typed: str) -> None:
        """Show the terms in which the typed letters occur, in name or meaning."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(typed.casefold() not in item.text().casefold())
