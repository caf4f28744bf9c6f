"""The thread that owns TensorFlow: it opens, trains and saves, one thing at a time."""

import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.pruning.data import DataSpec
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import Event, Failed, RunCancelled
from pruneview.pruning.failures import sentence_of
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.structured.shrinking.events import UnitsRemoved
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.control import RunControl
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.sparsity.pictures.thumbnail import ThumbnailWish
from pruneview.workers.command import Branch, Command, WorkerState
from pruneview.workers.late_session import LateSession
from pruneview.workers.live_view import LiveView
from pruneview.workers.live_wall import LiveWall
from pruneview.workers.mailbox import EventQueue, Mailbox

if TYPE_CHECKING:
    from pruneview.pruning.structured.plan import ShrinkPlan
    from pruneview.pruning.structured.shrinking.options import ShrinkOptions
    from pruneview.workers.tasks import Tasks


class TrainingWorker:
    """Does what it is asked on a thread of its own, in order.

    Every method may be called from any thread and returns at once, but for `close`.
    What happens comes out of `events`, pictures of the weight being watched out of
    `frames`. An error becomes a `Failed` event; the thread goes on.
    """

    def __init__(self) -> None:
        self.events: EventQueue[Event] = EventQueue()
        self.frames: Mailbox[LiveFrame] = Mailbox()
        self._control = RunControl()
        self._session = LateSession(self._tell, self._control, self._on_step)
        self._easel = ThreadPoolExecutor(1, "pictures")
        self._view = LiveView(
            self._session.values,
            self._session.threshold_of,
            self.frames.put,
            baseline=self._session.baseline,
            aside=self._easel,
            gradient=self._session.gradient,
        )
        self._wall = LiveWall(
            self._session.values,
            self._session.baseline,
            gradient=self._session.gradient,
        )
        self.take_wall = self._wall.take
        self._wake = threading.Condition()
        self._commands: deque[Command] = deque()
        self._current: Command | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="training")

    @cached_property
    def _tasks(self) -> "Tasks":
        from pruneview.workers.tasks import Tasks  # noqa: PLC0415 - as the session

        return Tasks(self._session.made, self._view, self.events, self._control)

    def start(self) -> None:
        """Start the thread; once."""
        self._thread.start()

    def warm_up(self, path: Path | None = None) -> None:
        """Import TensorFlow, so that the first run, of `path`, need not wait for it."""
        self._ask("prepare", lambda: self._session.warm_up(path))

    def open(self, path: Path, trust: Trust | None = None) -> None:
        """Build the model of a file; `trust` says what code may be run for it.

        What still waits to be prepared for the file before is dropped.
        """
        self._ask("prepare", lambda: self._tasks.open(path, trust), anew=True)

    def start_from(self, one_shot: Mapping[str, float]) -> None:
        """Let runs begin with weights below these thresholds zero, by path."""
        self._ask("prepare", lambda: self._session.made.start_from(one_shot))

    def prepare(self, plan: PruningPlan, data_spec: DataSpec) -> None:
        """Load the data and compile the step, so that `run` starts at once."""
        self._ask("prepare", lambda: self._tasks.prepare(plan, data_spec))

    def run(
        self, plan: PruningPlan, data_spec: DataSpec, record: Path | None = None
    ) -> None:
        """Prune and fine-tune the open model, from its baseline.

        Where `record` names a file, the run is recorded in it; one that is there
        already is a `Failed` event.
        """
        self._ask("run", lambda: self._tasks.run(plan, data_spec, record))

    def shrink(
        self,
        plan: PruningPlan | None,
        shrink_plan: "ShrinkPlan",
        data_spec: DataSpec | None = None,
        options: "ShrinkOptions | None" = None,
        record: Path | None = None,
    ) -> None:
        """Remove units from the open model; a `ShrinkEnded` comes of it.

        Parameters
        ----------
        plan
            Of the fine-tuning; None for none.
        data_spec
            None: nothing is trained or evaluated.
        record
            Where a gradual run is recorded.
        """
        self._ask(
            "run",
            lambda: self._tasks.shrink(plan, shrink_plan, data_spec, options, record),
        )

    def resume_recording(
        self,
        recording: Path,
        trust: Trust | None = None,
        model: Path | None = None,
        branch: Branch | None = None,
    ) -> None:
        """Open the model of a recorded run and go on from its last checkpoint.

        `model` is where its file is now, if it has moved; `trust` says whether code
        in it, and the function that gives the data, may be run. A `branch` is a new
        run that goes on from a step of the recorded one.
        """
        trust = trust or Trust()
        self._ask("run", lambda: self._tasks.resume(recording, trust, model, branch))

    def save(self, path: Path, overwrite: bool = False) -> None:
        """Write the model as it is."""
        self._ask("save", lambda: self._session.made.save(path, overwrite))

    def report(self, options: ReportOptions | None = None) -> None:
        """Measure the model as it is against its file; a `ReportMade` comes of it."""
        self._ask("report", lambda: self._session.made.report(options))

    def sensitivity(self, plan: PruningPlan, data_spec: DataSpec) -> None:
        """Measure how far each layer alone can be pruned; `stop` calls it off."""
        self._ask(
            "report",
            lambda: self._session.made.sensitivity(
                plan, self._session.made.load_data(data_spec)
            ),
        )

    def fidelity(self, path: Path, plan: PruningPlan) -> None:
        """Prune a file at once, without data; a `FidelityMeasured` comes of it."""
        self._ask("report", lambda: self._tasks.compare(path, plan))

    def pause(self) -> None:
        """Let a run wait at its next step."""
        self._control.pause()

    def resume(self) -> None:
        """Let a paused run go on."""
        self._control.resume()

    def stop(self) -> None:
        """End a run at its next step, and forget those that have not begun."""
        with self._wake:
            kept = [c for c in self._commands if c.state is not WorkerState.RUNNING]
            for _ in range(len(self._commands) - len(kept)):
                self.events.put(RunCancelled())
            self._commands = deque(kept)
            self._control.stop()

    def set_view(self, request: ViewRequest | None) -> None:
        """Watch one weight: pictures of it come while training, and one when idle."""
        self._view.watch(request)
        with self._wake:
            self._wake.notify_all()

    def watch_wall(self, wishes: tuple[ThumbnailWish, ...], display: Display) -> None:
        """Watch all weights: small pictures of them come out of `take_wall`."""
        self._wall.watch(wishes, display)
        with self._wake:
            self._wake.notify_all()

    def close(self, timeout: float | None = None) -> bool:
        """Stop what is going on and end the thread; True once it has ended."""
        with self._wake:
            self._closing = True
            self._commands.clear()
            self._control.stop()
            self._wake.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether anything is being done or waits to be."""
        with self._wake:
            return self._current is not None or bool(self._commands)

    @property
    def state(self) -> WorkerState:
        """What is being done now, or next."""
        with self._wake:
            if self._closing and not self._thread.is_alive():
                return WorkerState.CLOSED
            command = self._current or next(iter(self._commands), None)
            if command is None:
                return WorkerState.IDLE
            if command.state is WorkerState.RUNNING and self._control.paused:
                return WorkerState.PAUSED
            return command.state

    def _ask(
        self, during: str, call: Callable[[], object], *, anew: bool = False
    ) -> None:
        with self._wake:
            while anew and self._commands and self._commands[-1].during == "prepare":
                self._commands.pop()
            if not self._closing:
                self._commands.append(Command(during, call))
                self._wake.notify_all()

    def _work(self) -> None:
        while self._wait_for_something():
            command = self._current
            if command is not None:
                self._carry_out(command)
            if self._session.has_model:
                self._guarded("prepare", lambda: self._view.draw(self._session.step))
                if command is not None or self._wall.is_new:
                    self._guarded("prepare", self._draw_wall)
            with self._wake:
                self._current = None
        self._easel.shutdown()

    def _wait_for_something(self) -> bool:
        """Block until there is a command, or a view to draw; False to end."""
        with self._wake:
            while not (self._closing or self._commands or self._must_draw()):
                self._wake.wait()
            if self._closing:
                return False
            if self._commands:
                self._current = self._commands.popleft()
                # Wishes made for what came before are not for this.
                self._control.reset()
            return True

    def _must_draw(self) -> bool:
        wanted = self._view.is_new or self._wall.is_new
        return wanted and self._session.has_model

    def _carry_out(self, command: Command) -> None:
        try:
            self._guarded(command.during, command.call)
        except Cancelled:
            if command.during in {"run", "report"}:
                self.events.put(RunCancelled())

    def _guarded(self, during: str, call: Callable[[], object]) -> None:
        try:
            call()
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - the thread must not end by one
            self.events.put(Failed(during, sentence_of(error), traceback.format_exc()))

    def _draw_wall(self) -> None:
        self._wall.draw_all(self._session.step)

    def _tell(self, event: Event) -> None:
        if isinstance(event, UnitsRemoved):
            # Weights have other shapes now.
            self._view.forget()
        self.events.put(event)

    def _on_step(self, step: int) -> None:
        self._view.on_step(step)
        self._wall.on_step(step)
