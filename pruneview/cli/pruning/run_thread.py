"""A run on a thread of its own, so that the terminal stays awake during it."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pruneview.cli.complaints import in_words
from pruneview.cli.exit_codes import BAD_INPUT, FAILED
from pruneview.formats import FormatError
from pruneview.pruning.errors import Cancelled, DataError, ModelError
from pruneview.pruning.events import Event, Failed, RunEnded
from pruneview.pruning.plan import PlanError, PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.trust import Trust


@dataclass(frozen=True)
class RunRequest:
    """What to prune, with what, and where the result goes (None: nowhere)."""

    model: Path
    data: str
    plan: PruningPlan
    output: Path | None
    overwrite: bool
    save_stopped: bool
    trust: Trust | None = None


class RunThread:
    """Prepares, runs and saves; what happens is told through `emit`.

    Attributes
    ----------
    ended
        The run's figures; None when it did not get as far as to run.
    saved
        Whether the model was saved.
    failure
        What went wrong, already emitted; None where nothing did.
    failure_code
        The exit code of that failure: a file, data or plan that cannot be used, or a
        place that cannot be saved to, are bad input.
    """

    def __init__(
        self, request: RunRequest, emit: Callable[[Event], None], control: RunControl
    ) -> None:
        self._request = request
        self._emit = emit
        self._control = control
        self._during = "data"
        self._thread = threading.Thread(target=self._work, name="pruning run")
        self.ended: RunEnded | None = None
        self.saved = False
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
        try:
            self._run()
        except (FormatError, ModelError, DataError, PlanError) as error:
            self._fail(str(error), BAD_INPUT)
        except Cancelled:
            return
        except MemoryError:
            self._fail("There is not enough memory for this run.", FAILED)
        except Exception as error:  # noqa: BLE001 - Keras raises anything
            saving = self._during == "save"
            self._fail(in_words(error), BAD_INPUT if saving else FAILED)

    def _run(self) -> None:
        request, control = self._request, self._control
        session = PruningSession(self._emit, control)
        # Data in a file are read before TensorFlow is, so that a mistake shows early.
        data = session.load_data(request.data)
        self._during = "prepare"
        for prepare in (
            session.warm_up,
            lambda: session.open(request.model, request.trust),
        ):
            prepare()
            if control.stop_requested:
                return
        self._during = "run"
        self.ended = session.run(request.plan, data)
        self._during = "save"
        if request.output is None or (self.ended.stopped and not request.save_stopped):
            return
        session.save(request.output, overwrite=request.overwrite)
        self.saved = True

    def _fail(self, sentence: str, exit_code: int) -> None:
        self.failure = Failed(self._during, sentence, traceback.format_exc())
        self.failure_code = exit_code
        self._emit(self.failure)
