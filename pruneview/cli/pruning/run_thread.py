"""A run on a thread of its own, so that the terminal stays awake during it."""

import threading
import traceback
from collections.abc import Callable

from pruneview.cli.complaints import in_words
from pruneview.cli.exit_codes import BAD_INPUT, FAILED
from pruneview.cli.pruning.task import Ended, Request, Task
from pruneview.formats import FormatError
from pruneview.pruning.errors import Cancelled, DataError, ModelError
from pruneview.pruning.events import Event, Failed
from pruneview.pruning.failures import is_out_of_memory, sentence_of
from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.report.rows import CostReport
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.runs import RecordingError

_BAD_INPUT = (
    FormatError,
    ModelError,
    DataError,
    PlanError,
    RecordingError,
    ShrinkError,
)


class RunThread:
    """Prepares, runs and saves; what happens is told through `emit`.

    Attributes
    ----------
    ended
        The run's figures; None when it did not get as far as to run.
    saved
        Whether the model was saved.
    report
        What the pruned model costs against the dense one, where that was asked for.
    failure
        What went wrong, already emitted; None where nothing did.
    failure_code
        The exit code of that failure: a file, data or plan that cannot be used, or a
        place that cannot be saved to, are bad input.
    """

    def __init__(
        self,
        request: Request,
        emit: Callable[[Event], None],
        control: RunControl,
    ) -> None:
        self._request = request
        self._emit = emit
        self._control = control
        self._thread = threading.Thread(target=self._work, name="pruning run")
        self.ended: Ended | None = None
        self.saved = False
        self.report: CostReport | None = None
        self.failure: Failed | None = None
        self.failure_code = FAILED

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Return whether the run is over, after at most `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        task = Task(
            PruningSession(self._emit, self._control), self._emit, self._control
        )
        try:
            self._run(task)
        except _BAD_INPUT as error:
            self._fail(task, str(error), BAD_INPUT)
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - Keras raises anything
            saving = task.during == "save"
            words = sentence_of(error) if is_out_of_memory(error) else in_words(error)
            self._fail(task, words, BAD_INPUT if saving else FAILED)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a model's code may call exit
            self._fail(
                task,
                f"The run was ended from within by {type(error).__name__}:"
                f" {in_words(error)}. Look for a call of exit in the model's code.",
                FAILED,
            )

    def _run(self, task: Task) -> None:
        request = self._request
        self.ended = request.carry_out(task)
        if self.ended is None:
            return
        if request.output is not None:
            if self.ended.stopped and not request.save_stopped:
                return
            task.during = "save"
            task.session.save(request.output, overwrite=request.overwrite)
            self.saved = True
        if request.report and not self.ended.stopped:
            task.during = "report"
            self.report = task.session.report()

    def _fail(self, task: Task, sentence: str, exit_code: int) -> None:
        self.failure = Failed(task.during, sentence, traceback.format_exc())
        self.failure_code = exit_code
        self._emit(self.failure)
