"""What each action of `pruneview.gui.actions` does."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from pruneview.gui import dialogs
from pruneview.gui.controllers.state import Phase
from pruneview.pruning.demo import demo_model

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_NO_DATA = (
    "Choose data to train on, in the pruning plan: an .npz file with x_train, y_train, "
    "x_test and y_test, or a data set of Keras."
)


class Commands:
    """One method for each action, of the action's name."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    def carry_out(self, name: str) -> None:
        """Do what the action of that name is for."""
        getattr(self, name)()

    def open(self) -> None:
        program, settings = self._program, self._program.settings
        name, _ = QFileDialog.getOpenFileName(
            program.window, "Open a model", settings.folder, dialogs.MODEL_FILTER
        )
        if name:
            settings.folder = str(Path(name).parent)
            program.open(Path(name))

    def demo(self) -> None:
        self._program.open(demo_model())

    def save(self) -> None:
        program, settings = self._program, self._program.settings
        model = program.document.model
        assert model is not None
        folder = Path(settings.folder or Path.home())
        start = folder / f"{model.path.stem}_pruned.keras"
        name, chosen = QFileDialog.getSaveFileName(
            program.window, "Save the pruned model", str(start), dialogs.SAVE_FILTER
        )
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".h5" if ".h5" in chosen else ".keras")
        # The dialog has asked before replacing a file, but not one whose ending was
        # added just now; and the person's own model is never replaced.
        asked = path == Path(name)
        is_source = path.exists() and path.samefile(model.path)
        settings.folder = str(path.parent)
        program.run.save(path, overwrite=asked and not is_source)

    def quit(self) -> None:
        self._program.window.close()

    def undo(self) -> None:
        self._program.plan.undo()

    def redo(self) -> None:
        self._program.plan.redo()

    def run(self) -> None:
        program, plan = self._program, self._program.plan
        if plan.problems:
            program.presenter.show_error(
                "The plan cannot be run: " + " ".join(plan.problems.values()), ""
            )
        elif plan.data is None:
            program.presenter.show_error(plan.data_problem or _NO_DATA, "")
        else:
            program.run.run(plan.plan, plan.data)

    def pause(self) -> None:
        self._program.run.pause_or_continue()

    def stop(self) -> None:
        self._program.run.stop()

    def run_or_pause(self) -> None:
        if self._program.run.phase is Phase.IDLE:
            self.run()
        else:
            self.pause()

    def fit(self) -> None:
        self._program.window.heatmap.plot.fit()

    def dismiss(self) -> None:
        self._program.window.banner.hide()

    def reset_layout(self) -> None:
        self._program.window.reset_layout()

    def keys(self) -> None:
        dialogs.show_keys(self._program.window)

    def about(self) -> None:
        dialogs.show_about(self._program.window)
