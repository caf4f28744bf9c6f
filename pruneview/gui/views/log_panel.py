"""The log: what happened, one line each; it can be copied."""

from PySide6.QtWidgets import QPlainTextEdit

_LINES_AT_MOST = 5000


class LogPanel(QPlainTextEdit):
    """Lines of text, the newest at the end and in view."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setMaximumBlockCount(_LINES_AT_MOST)
        self.setAccessibleName("Log")
        self.setPlaceholderText("What happens in a run is written here.")

    def write(self, text: str, level: str = "info") -> None:
        """Append a line; a warning or an error says that it is one."""
        mark = {"warning": "Warning: ", "error": "Error: "}.get(level, "")
        bar = self.verticalScrollBar()
        # Whoever has scrolled back further than a page wants to read on there.
        follow = bar.maximum() - bar.value() <= bar.pageStep()
        self.appendPlainText(mark + text)
        if follow:
            bar.setValue(bar.maximum())
