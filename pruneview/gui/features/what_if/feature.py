"""Follows the threshold that a person drags: heatmap, table, size."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pruneview.formats import ModelFile, Weight
from pruneview.gui.controllers.one_shot import OneShot
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.what_if.actions import ACTIONS
from pruneview.gui.features.what_if.answers import Known
from pruneview.gui.features.what_if.counts import count_weights
from pruneview.gui.features.what_if.overlay import Overlay
from pruneview.gui.features.what_if.shares import shares_of
from pruneview.gui.features.what_if.sizes import SizeCurve, exact_size, size_curve
from pruneview.gui.features.what_if.words import words_about
from pruneview.gui.theme import Theme
from pruneview.sparsity.sizing.sizes import QUICK_LABEL
from pruneview.workers.reader_pool import Answer, Request

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_COUNTS, _SIZE, _SHARES = "what_if_counts", "what_if_size", "what_if_shares"
#: Of larger regions the heatmap's own colours are all that is shown.
_CELLS_AT_MOST = 1 << 25


class WhatIf(Feature):
    """Holds the threshold that is tried.

    Attributes
    ----------
    threshold
        None while nobody asks.
    known
        What was counted of the open model; None before anybody asked.
    """

    actions = ACTIONS

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        window = program.window
        self.threshold: float | None = None
        self._panel = window.histogram
        self._table = window.layers
        self._plot = window.heatmap.plot
        self._overlay = Overlay(self._plot, program.theme)
        self.known: Known | None = None
        self._weights: tuple[Weight, ...] = ()
        self._exact: tuple[float, int] | None = None
        self._is_movable = False
        self._panel.approached.connect(self.prepare)
        self._panel.threshold_moved.connect(self.move_to)
        self._panel.threshold_released.connect(self.release)
        self._panel.apply_wanted.connect(self.apply_threshold)
        self._panel.copy_wanted.connect(self.write_copy)
        self._panel.target_wanted.connect(self.use_as_target)
        self._panel.left.connect(self.leave)
        self._plot.shown.connect(self._picture_shown)

    # What a person does

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        return self.threshold is not None and not state.busy

    def move_to(self, threshold: float) -> None:
        """Show what would be at a threshold."""
        if self.threshold is None:
            self.prepare()
            self.program.threshold.hold(on=True)
            self._panel.show_choices(on=True)
            self.threshold = threshold
            self.program.refresh()
        # A threshold of the weights' own precision: all that compare with it agree.
        self.threshold = float(np.float32(threshold))
        self._exact = None
        self.program.pool.cancel(_SIZE)
        self.program.pool.cancel(_SHARES)
        self._overlay.show_threshold(self.threshold)
        self._show()

    def release(self) -> None:
        """Compute exactly what was estimated while the threshold moved."""
        self._look_closely()
        threshold, weights, taken = self.threshold, self._weights, self.taken
        if threshold is None:
            return
        self.program.pool.submit(
            _SIZE,
            lambda job: (
                threshold,
                exact_size(weights, taken, threshold, lambda: job.cancelled),
            ),
        )

    def leave(self) -> None:
        """Ask no more; the plan's threshold is shown again."""
        if self.threshold is None:
            return
        self.threshold = self._exact = None
        for channel in (_SIZE, _SHARES):
            self.program.pool.cancel(channel)
        self._overlay.hide()
        self._table.set_would_be(None)
        self._panel.show_choices(on=False)
        self.program.threshold.hold(on=False)
        self.program.refresh()

    def apply_threshold(self) -> None:
        """Make what would go zero, in memory only; undo brings it back."""
        known, threshold, taken = self.known, self.threshold, self.taken
        if known is None or not threshold:
            return
        counted = known.is_counted(taken)
        share = known.outcome(threshold, taken).share if counted else None
        shot = OneShot(threshold, taken, share)
        self.leave()
        self.program.one_shots.apply(shot)
        self.program.presenter.show_pruned(shot)

    def write_copy(self) -> None:
        """Write a copy of the file in which what would go is zero."""
        program, threshold = self.program, self.threshold
        if threshold is not None:
            program.commands.write_copy(threshold)

    def use_as_target(self) -> None:
        """Make the share that would go the plan's final sparsity; undo takes it back.

        One threshold for all weights is what the plan calls a global scope.
        """
        known, threshold = self.known, self.threshold
        if known is None or threshold is None or not known.is_counted(self.taken):
            return
        plan = self.program.plan.plan
        share = known.outcome(threshold, self.taken).share
        wanted = replace(plan, final_sparsity=round(share, 4), scope="global")
        if "scope" in wanted.validate():
            wanted = replace(wanted, scope=plan.scope)
        self.leave()
        self.program.plan.edit(wanted, show=True)
        self.program.presenter.show_note(
            f"The plan's final sparsity is now {share:.2%}".replace("%", " %")
            + (", with one threshold for all layers" * (wanted.scope == "global"))
            + ". Undo takes it back."
        )

    @property
    def is_possible(self) -> bool:
        """Whether a threshold can be moved now: no run, and no result of one."""
        return self._is_movable

    # What is known

    @property
    def taken(self) -> frozenset[str]:
        """Paths of the weights that take part: those of the plan's layers."""
        model, layers = self.program.document.model, self.program.plan.plan.layers
        return frozenset(
            weight.path
            for layer in (model.layers if model is not None else ())
            if layers is None or layer.path in layers
            for weight in layer.weights
            if weight.prunable
        )

    def prepare(self) -> None:
        """Count all weights that can be pruned, once for each model."""
        model = self.program.document.model
        if model is None or self.known is not None:
            return
        every = [weight for layer in model.layers for weight in layer.weights]
        prunable = [weight for weight in every if weight.prunable]
        selected = self.program.document.weight
        # The one on show first: its numbers are looked at first.
        prunable.sort(key=lambda weight: selected is None or weight is not selected)
        self._weights = tuple(every)
        self.known = Known(tuple(w.path for w in prunable), len(every))

        def count(job: Request) -> None:
            count_weights(prunable, job.report, lambda: job.cancelled)
            for weight in every:
                if job.cancelled:
                    return
                job.report((weight.path, size_curve(weight)))

        self.program.pool.submit(_COUNTS, count)

    def _look_closely(self) -> None:
        """Find out which weights of the picture go, not only which colours."""
        document, picture = self.program.document, self._plot.picture
        contents, threshold = document.shown, self.threshold
        if threshold is None or picture is None or contents is None:
            return
        region = picture.region
        if picture.coarse or region.height * region.width > _CELLS_AT_MOST:
            return
        self.program.pool.submit(
            _SHARES, lambda _job: shares_of(contents, picture, threshold)
        )

    # What happens

    def model_opened(self, model: ModelFile) -> None:
        self.leave()
        self.program.pool.cancel(_COUNTS)
        self.known, self._weights = None, ()

    def weights_changed(self, model: ModelFile) -> None:
        self.model_opened(model)

    def weight_selected(self, weight: Weight) -> None:
        if self.threshold is not None:
            self._overlay.hide()
            self._panel.show_choices(on=True)
            self._show()

    def tick(self) -> None:
        """Let the threshold be moved while it is the plan's, and not a run's."""
        run, weight = self.program.run, self.program.document.weight
        live = (
            run.phase is Phase.IDLE
            and not run.weights
            and not self.program.document.is_live
            and weight is not None
            and weight.prunable
        )
        if live != self._is_movable:
            self._is_movable = live
            self._panel.set_movable(on=live)
            if not live and weight is not None and weight.prunable:
                self.leave()

    def answer(self, answer: Answer) -> bool:
        if answer.channel not in {_COUNTS, _SIZE, _SHARES}:
            return False
        if answer.error is not None:
            self.leave()
            self.program.presenter.show_error(str(answer.error), answer.details)
        elif answer.channel == _COUNTS and self.known is not None:
            if not answer.last:
                path, found = answer.value
                known = self.known
                is_curve = isinstance(found, SizeCurve)
                (known.curves if is_curve else known.counts)[path] = found
            self._show()
        elif answer.channel == _SIZE:
            self._exact = answer.value
            self._show()
        elif answer.value.threshold == self.threshold:
            self._overlay.show_shares(answer.value.picture, answer.value.codes)
        return True

    def set_theme(self, theme: Theme) -> None:
        self._overlay.set_theme(theme)
        self._picture_shown()

    def _picture_shown(self) -> None:
        if self.threshold is not None:
            self._overlay.show_threshold(self.threshold)
            self._look_closely()

    def _show(self) -> None:
        threshold, known = self.threshold, self.known
        weight = self.program.document.weight
        if threshold is None or known is None or weight is None:
            return
        outcome = known.outcome(threshold, self.taken)
        self._table.set_would_be(outcome.zeros)
        exact = self._exact
        size = exact[1] if exact is not None and exact[0] == threshold else None
        words = words_about(
            threshold,
            outcome,
            weight,
            complete=known.is_counted(self.taken),
            exact_bytes=size,
            compressor=QUICK_LABEL,
        )
        self._panel.show_threshold(threshold, words)
