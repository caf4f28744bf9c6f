"""Puts what the controllers say into the panels, in words and units for people."""

from collections.abc import Callable
from pathlib import Path

from pruneview.formats import Layer, ModelFile, Weight
from pruneview.gui import units
from pruneview.gui.controllers.one_shot import OneShot
from pruneview.gui.main_window import MainWindow
from pruneview.pruning.events import (
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.pruning.report.rows import CostReport
from pruneview.pruning.without_training import PrunedFile
from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.pictures.canvas import Arrangement, Canvas
from pruneview.sparsity.pictures.picture import Picture


class Presenter:
    """The views of `DocumentController` and `RunController`."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._pending_note = ""
        self._run_weights: frozenset[str] = frozenset()
        self.on_weight: Callable[[Weight], None] = lambda _weight: None

    # Documents

    def show_opening(self, name: str | None) -> None:
        words = f"Opening {name}…" if name else ""
        self._window.status.show_stage(words, None)

    def show_model(self, model: ModelFile) -> None:
        window = self._window
        window.banner.hide()
        self._run_weights = frozenset()
        if self._pending_note:
            self.show_note(self._pending_note)
            self._pending_note = ""
        # The place where a star stands while something is unsaved.
        window.setWindowTitle(f"{model.path.name}[*] – pruneview")
        window.setWindowFilePath(str(model.path))
        version = f", Keras {model.keras_version}" if model.keras_version else ""
        window.status.show_model(f"{model.format}{version}")
        window.log.write(
            f"Opened {model.path.name}: {model.format}{version}, "
            f"{units.count(model.parameter_count)} parameters in "
            f"{units.count(len(model.layers))} layers."
        )
        for note in model.notes:
            window.log.write(note)
        for item in model.code:
            window.log.write(item.description, "warning")
        optimizer = (
            f"{units.count(model.optimizer_variable_count)} optimizer and metric "
            f"variables, {units.size(model.optimizer_bytes)}"
            if model.optimizer_variable_count
            else "no optimizer state"
        )
        able = model.abilities
        engine = {"keras3": "Keras 3", "tf_keras": "tf_keras"}.get(able.engine or "")
        if able.prune_and_train:
            words = f"Fine-tune and prune ({engine})"
        else:
            words = "Prune without training" if able.prune else "Look only"
        window.layers.show_file(f"{words}; {optimizer}", able.reason)
        window.log.write(able.reason)
        window.results.clear_results()
        window.report.clear_report()
        window.charts.reset()

    def show_layers(self, layers: tuple[Layer, ...]) -> None:
        self._window.layers.set_layers(layers)

    def show_numbers(
        self,
        path: str,
        *,
        statistics: WeightStatistics | None,
        deflated: int | None,
    ) -> None:
        in_run = path in self._run_weights
        if statistics is not None:
            self._window.layers.set_statistics(path, statistics, count=not in_run)
        if deflated is not None and not in_run:
            self._window.layers.set_numbers(path, deflated=deflated)

    def show_totals(self, compressor: str) -> None:
        self._window.layers.show_totals(compressor)

    def show_weight(
        self, weight: Weight, canvas: Canvas, arrangement: Arrangement
    ) -> None:
        self._window.layers.select(weight.path)
        self._window.heatmap.set_arrangement(arrangement)
        self._window.heatmap.set_weight(weight, canvas)
        self._window.histogram.clear()
        self.on_weight(weight)

    def show_no_weight(self, message: str) -> None:
        self._window.heatmap.clear(message)
        self._window.histogram.clear()

    def show_picture(
        self,
        picture: Picture,
        value_at: Callable[[tuple[int, ...]], float],
        histogram: MagnitudeHistogram | None,
        wave_births: tuple[float, ...],
    ) -> None:
        self._window.heatmap.show_picture(picture, value_at, histogram, wave_births)
        # While a run goes on each picture comes with a histogram of its own.
        if histogram is not None and wave_births:
            self._window.histogram.show_histogram(histogram)

    def show_histogram(self, histogram: MagnitudeHistogram) -> None:
        self._window.heatmap.show_zeros(histogram)
        self._window.histogram.show_histogram(histogram)

    def show_threshold(
        self,
        threshold: float | None,
        share: float,
        planned: float | None = None,
        *,
        exact: bool = True,
    ) -> None:
        """Show a threshold and the share below it; `planned`: of the plan's end."""
        if threshold is None:
            self._window.histogram.show_threshold(None, "")
            return
        value, below = units.value(threshold), units.percent(share)
        words = f"Threshold {value}: {below} of the weights lie below it"
        if planned and not threshold:
            words = (
                f"At {units.percent(planned)} sparsity nothing more would go: as many "
                "are zero already"
            )
        elif planned is not None:
            about = "" if exact else "about "
            words = (
                f"At {units.percent(planned)} sparsity the threshold would be "
                f"{about}{value}: {about}{below} of the weights lie below it"
            )
        self._window.histogram.show_threshold(threshold, words)

    # Runs

    def show_stage(
        self, words: str, fraction: float | None, *, cancellable: bool = True
    ) -> None:
        self._window.status.show_stage(words, fraction, cancellable=cancellable)

    def show_engine(self, words: str, details: str = "") -> None:
        self._window.status.show_engine(words, details)

    def show_log(self, text: str, level: str) -> None:
        self._window.log.write(text, level)

    def show_error(self, sentence: str, details: str) -> None:
        self._window.banner.show_message(sentence)
        self._window.log.write(sentence, "error")
        if details:
            self._window.log.write(details.rstrip())

    def show_note(self, sentence: str) -> None:
        self._window.banner.show_message(sentence, error=False)

    def begin_run(self, started: RunStarted) -> None:
        window = self._window
        baseline = started.held_out_baseline or started.baseline
        window.banner.hide()
        window.results.clear_results()
        window.report.clear_report()
        # The curves come into view, where they share the place of the log.
        window.show_tab(window.log, raised=False)
        self._run_weights = frozenset(weight.path for weight in started.weights)
        window.charts.begin(
            steps=started.steps,
            metric=baseline.metric,
            fraction=baseline.is_fraction,
            baseline=baseline.value,
            size=started.deflated_bytes,
            compressor=started.compressor,
        )
        for weight in started.weights:
            window.layers.set_numbers(
                weight.path, zeros=weight.zeros, deflated=weight.deflated_bytes
            )

    def show_step(self, step: StepDone, steps: int) -> None:
        self._window.charts.add_sparsity(step.step, step.target_sparsity, step.sparsity)
        self._window.status.show_stage(
            f"Step {units.count(step.step)} of {units.count(steps)}, "
            f"{step.steps_per_second:.0f} steps a second",
            step.step / max(1, steps),
            cancellable=False,
        )

    def show_update(self, update: MaskUpdated) -> None:
        window = self._window
        for weight in update.weights:
            window.layers.set_numbers(
                weight.path, zeros=weight.zeros, deflated=weight.deflated_bytes
            )
        window.layers.show_totals(update.compressor, len(update.weights))
        window.charts.add_sparsity(update.step, update.target_sparsity, update.sparsity)
        measured = update.evaluation
        window.charts.add_update(
            update.step,
            measured.value,
            f"on {units.count(measured.samples)} ({measured.data})",
            update.deflated_bytes,
        )

    def show_results(self, ended: RunEnded) -> None:
        window = self._window
        window.results.show_results(ended)
        window.show_tab(window.results)
        # The table's sizes stay those of the quick compressor that it names: the
        # exact ones are of the pruned weights only, and do not add up with the rest.
        for weight in ended.weights:
            window.layers.set_numbers(weight.path, zeros=weight.zeros)
        window.status.show_stage("", None)

    def show_report(self, report: CostReport) -> None:
        self._window.report.show_report(report)
        self._window.show_tab(self._window.report)

    def show_baseline(self, weights: tuple[WeightSparsity, ...]) -> None:
        """Take back what a run has shown: the model is as it was before."""
        for weight in weights:
            self._window.layers.set_numbers(
                weight.path, zeros=weight.zeros, deflated=weight.deflated_bytes
            )
        self._window.charts.reset()
        self._run_weights = frozenset()

    def show_pruned(self, shot: OneShot) -> None:
        """Say what was made zero in memory, and how it is taken back or kept."""
        at = units.value(shot.threshold)
        zeros = "" if shot.share is None else f": {units.percent(shot.share)} zeros"
        words = f"All magnitudes below {at} are zero now, in memory{zeros}."
        self._window.log.write(words)
        self.show_note(f"{words} Undo takes it back; Save writes a copy of the file.")

    def show_written(self, pruned: PrunedFile) -> None:
        """Say that the weights on show are in a file now."""
        size = units.size(pruned.file_bytes)
        words = f"Saved {pruned.path} ({size} on disk). The original is as it was."
        self._window.banner.show_message(words, error=False)
        self._window.log.write(words)

    def show_copy(self, pruned: PrunedFile) -> None:
        before = sum(w.deflated_bytes or 0 for w in pruned.baseline_weights)
        after = sum(w.deflated_bytes or 0 for w in pruned.weights)
        name = Path(pruned.path).name
        self._window.log.write(
            f"Wrote {pruned.path}: {units.percent(pruned.sparsity)} of its pruned "
            f"weights are zero; they take {units.size(after)} instead of "
            f"{units.size(before)} by {pruned.compressor}."
        )
        self._pending_note = (
            f"This is the pruned copy, {name}: {units.percent(pruned.sparsity)} zeros, "
            "nothing was trained. The original is as it was."
        )
