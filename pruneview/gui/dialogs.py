"""The few questions and lists that open in a window of their own."""

import platform
from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview import __version__
from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec, keys_table

_LIBRARIES = (
    "PySide6_Essentials",
    "pyqtgraph",
    "tensorflow",
    "keras",
    "tf_keras",
    "tensorflow-model-optimization",
    "h5py",
    "numpy",
)

MODEL_FILTER = "Keras models (*.keras *.h5 *.hdf5 *.hd5);;All files (*)"
SAVE_FILTER = "Keras archive (*.keras);;Keras HDF5 (*.h5)"


def show_keys(parent: QWidget, specs: Iterable[ActionSpec]) -> None:
    """List the keys."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys")
    rows = keys_table(specs)
    table = QTableWidget(len(rows), 2)
    table.setHorizontalHeaderLabels(["Keys", "What they do"])
    table.setAccessibleName("Keys")
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.horizontalHeader().setSectionResizeMode(
        QHeaderView.ResizeMode.ResizeToContents
    )
    table.horizontalHeader().setStretchLastSection(True)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.setItem(row, column, QTableWidgetItem(text))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    column_layout = QVBoxLayout(dialog)
    column_layout.addWidget(table)
    column_layout.addWidget(buttons)
    letter, line = table.fontMetrics().averageCharWidth(), table.fontMetrics().height()
    dialog.resize(QSize(75 * letter, 36 * line).boundedTo(parent.size() * 0.94))
    dialog.open()


def show_about(parent: QWidget) -> None:
    """Show versions, in a form that can be copied into a bug report."""
    from importlib import metadata  # noqa: PLC0415 - it slows the start by 15 ms

    lines = [f"pruneview {__version__}", f"Python {platform.python_version()}"]
    for name in _LIBRARIES:
        try:
            lines.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{name} is not installed")
    lines.append(platform.platform())
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About pruneview")
    box.setText("pruneview shows what pruning does to a Keras model.")
    box.setInformativeText("\n".join(lines))
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    close = box.addButton(QMessageBox.StandardButton.Close)
    copy = box.addButton("&Copy", QMessageBox.ButtonRole.ActionRole)
    # A message box closes at any of its buttons; this one is to stay open.
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: _copy(copy, "\n".join(lines)))
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    box.open()


def _copy(button: QAbstractButton, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    button.setText("Copied")


def ask_to_stop(parent: QWidget, answer_yes: Callable[[], None]) -> QMessageBox:
    """Ask whether to end the run and close; nothing waits for the answer."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("A run is going on")
    box.setText("Stop the run and close pruneview?")
    box.setInformativeText("The pruned model has not been saved.")
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    go_on = box.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(go_on)
    stop.clicked.connect(answer_yes)
    box.open()
    return box


def ask_unsaved(
    parent: QWidget,
    save: Callable[[], None],
    discard: Callable[[], None],
    explanation: str,
) -> QMessageBox:
    """Ask what is to become of a pruned model; nothing waits for the answer."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("The pruned model has not been saved")
    box.setText("Save the pruned model first?")
    box.setInformativeText(explanation)
    keep = box.addButton("Save…", QMessageBox.ButtonRole.AcceptRole)
    drop = box.addButton("Discard it", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    keep.clicked.connect(save)
    drop.clicked.connect(discard)
    box.open()
    return box


def ask_data_consent(
    parent: QWidget, name: str, answer_yes: Callable[[], None]
) -> QMessageBox:
    """Ask whether a Python function may be run for its data; nothing waits."""
    return _ask_to_run(
        parent,
        "These data come of Python code",
        f"Run {name}?",
        "Its file is run, and then the function, and both could do anything you can. "
        "Consent only if you trust whoever wrote it.",
        answer_yes,
    )


def ask_consent(
    parent: QWidget, model: ModelFile, answer_yes: Callable[[], None]
) -> QMessageBox:
    """Ask whether the code in a file may be run; nothing waits for the answer."""
    named = "\n".join(
        f"{item.layer_path or 'the configuration'}: {item.description}"
        for item in model.code
    )
    return _ask_to_run(
        parent,
        "This model carries code",
        f"Run the code in {model.path.name}?",
        f"{named}\n\nBuilding the model runs it, and it could do anything you can. "
        "Consent only if you trust whoever made the file. It can be looked at, and "
        "pruned without training, without running anything.",
        answer_yes,
    )


def _ask_to_run(
    parent: QWidget,
    title: str,
    question: str,
    explanation: str,
    answer_yes: Callable[[], None],
) -> QMessageBox:
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(f"{explanation}\n\nYour consent ends when pruneview closes.")
    yes = box.addButton("Run the code", QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton("Do not run it", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    yes.clicked.connect(answer_yes)
    box.open()
    return box
