"""What each action of `pruneview.gui.actions` does."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from pruneview.formats import ModelFile
from pruneview.gui import dialogs
from pruneview.gui.controllers.state import Phase
from pruneview.pruning.data import DataSpec
from pruneview.pruning.demo import demo_model
from pruneview.pruning.planning.plan import PruningPlan

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_NO_DATA = (
    "Choose data to train on, in the pruning plan: arrays in an .npz file, a table, a "
    "folder of images, or a data set of Keras. Without data: Run, No data."
)


class Commands:
    """One method for each action, of the action's name."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    def carry_out(self, name: str) -> None:
        """Do what the action of that name is for."""
        if not self._program.features.carry_out(name):
            getattr(self, name)()

    def open(self) -> None:
        program, settings = self._program, self._program.settings
        name, _ = QFileDialog.getOpenFileName(
            program.window, "Open a model", settings.folder, dialogs.MODEL_FILTER
        )
        if name:
            settings.folder = str(Path(name).parent)
            program.open(Path(name))

    def open_folder(self) -> None:
        program, settings = self._program, self._program.settings
        name = QFileDialog.getExistingDirectory(
            program.window, "Open a SavedModel folder", settings.folder
        )
        if name:
            settings.folder = str(Path(name).parent)
            program.open(Path(name))

    def demo(self) -> None:
        self._program.open(demo_model())

    def save(self) -> None:
        program, model = self._program, self._program.document.model
        assert model is not None
        if program.run.result is None and program.one_shots.applied:
            self.write_copy(
                title="Save the pruned model", thresholds=program.one_shots.thresholds
            )
            return
        self.save_as("Save the pruned model", f"{model.path.stem}_pruned.keras")

    def save_as(self, title: str, name: str) -> None:
        """Ask for a file, and save the model that the worker has in it."""
        path = self._ask_where(title, name, dialogs.SAVE_FILTER)
        if path is not None:
            self._program.run.save(path, overwrite=True)

    def _ask_where(self, title: str, name: str, choices: str) -> Path | None:
        """Ask for a file to write; the person has agreed to its being replaced."""
        program, settings = self._program, self._program.settings
        start = Path(settings.folder or Path.home()) / name
        dialog = QFileDialog(program.window, title, str(start), choices)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # With a default ending the dialog asks about the file that is really meant.
        dialog.setDefaultSuffix(start.suffix.removeprefix("."))
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(_ending_of(chosen))
        )
        if not dialog.exec():
            return None
        path = Path(dialog.selectedFiles()[0])
        settings.folder = str(path.parent)
        return path

    def quit(self) -> None:
        self._program.window.close()

    def undo(self) -> None:
        self._program.history.undo()
        self._program.refresh()

    def redo(self) -> None:
        self._program.history.redo()
        self._program.refresh()

    def run(self) -> None:
        ready = self.ready_to_train(self.run)
        if ready is not None:
            self._program.run.run(*ready)

    def ready_to_train(
        self, again: Callable[[], None]
    ) -> tuple[PruningPlan, DataSpec] | None:
        """Return the plan and its data if training could begin with them.

        Otherwise say what is missing, or ask for consent; `again` is called once it
        was given.
        """
        program, plan = self._program, self._program.plan
        if plan.problems:
            program.presenter.show_error(
                "The plan cannot be run: " + " ".join(plan.problems.values()), ""
            )
        elif plan.data is None:
            program.presenter.show_error(plan.data_problem or _NO_DATA, "")
        elif not self.ready_to_build(again):
            pass
        elif plan.needs_consent:
            dialogs.ask_data_consent(
                program.window, plan.data.name, lambda: self._consent_data(again)
            )
        else:
            return plan.plan, plan.data
        return None

    def ready_to_build(self, again: Callable[[], None]) -> bool:
        """Return whether the model can be built; see `ready_to_train`."""
        program = self._program
        model = program.document.model
        if program.document.opening or program.copies.busy:
            program.presenter.show_error("A file is still being opened or written.", "")
        elif model is not None and program.consents.cannot_train(model):
            program.presenter.show_error(model.abilities.reason, "")
        elif (
            model is not None and model.code and not program.consents.given(model.path)
        ):
            dialogs.ask_consent(
                program.window, model, lambda: self._consent(model, again)
            )
        else:
            return True
        return False

    def _consent(self, model: ModelFile, then: Callable[[], None]) -> None:
        self._program.consents.give(model.path)
        then()

    def _consent_data(self, then: Callable[[], None]) -> None:
        self._program.plan.consent_to_data()
        then()

    def prune_copy(self) -> None:
        program, plan = self._program, self._program.plan
        problems = {"final_sparsity", "layers"} & plan.problems.keys()
        if problems:
            sentences = " ".join(plan.problems[field] for field in sorted(problems))
            program.presenter.show_error(sentences, "")
            return
        self.write_copy()

    def write_copy(
        self,
        threshold: float | None = None,
        *,
        title: str = "Save a pruned copy",
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        """Ask where, and write a copy pruned by the plan or by thresholds."""
        program = self._program
        model = program.document.model
        assert model is not None
        path = self._ask_where(
            title,
            f"{model.path.stem}_pruned{model.path.suffix}",
            f"Copy of {model.path.name} (*{model.path.suffix or '*'})",
        )
        if path is not None:
            program.copies.write(
                model.path,
                path,
                program.plan.plan,
                overwrite=True,
                threshold=threshold,
                thresholds=thresholds,
            )
            program.refresh()

    def pause(self) -> None:
        self._program.run.pause_or_continue()

    def mend(self) -> None:
        """Mend the plan; not an action of a menu, but a button of the editor."""
        program = self._program
        explanation = program.plan.mend()
        if explanation:
            program.presenter.show_log(f"The plan is mended: {explanation}", "info")

    def report(self) -> None:
        self._program.run.report()

    def stop(self) -> None:
        self._program.run.stop()

    def cancel(self) -> None:
        """End what is under way; the button beside its progress."""
        program = self._program
        if program.copies.busy:
            program.copies.cancel()
            program.refresh()
        elif program.run.phase is Phase.IDLE:
            program.document.cancel()
        else:
            program.run.stop()

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._program.settings.clear_recent_files()
        self._program.window.show_recent([])

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
        window = self._program.window
        dialogs.show_keys(window, window.action_specs)

    def about(self) -> None:
        dialogs.show_about(self._program.window)


def _ending_of(name_filter: str) -> str:
    """Return ``h5`` of ``Keras HDF5 (*.h5)``."""
    return name_filter.rpartition("*.")[2].rstrip(")")
