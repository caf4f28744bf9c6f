"""``pruneview resume --from-step``: a new run goes on from a step of a recorded one."""

from argparse import Namespace
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pruneview.cli.complaints import complain
from pruneview.cli.exit_codes import BAD_INPUT
from pruneview.cli.plan_options import option_name
from pruneview.cli.pruning.requests import data_of_run
from pruneview.cli.pruning.resume_options import plan_of_branch
from pruneview.cli.pruning.task import Task
from pruneview.pruning.events import RunEnded
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.branching import check_branch
from pruneview.runs import Recorder, Recording


@dataclass(frozen=True)
class BranchRequest:
    """From which step of which run to go on, under which plan; see `ResumeRequest`."""

    recording: Path
    step: int
    plan: PruningPlan
    output: Path | None
    overwrite: bool
    save_stopped: bool
    record: Path | None
    model: Path | None
    data: str | None
    trust: Trust
    report: bool
    only_checkpoint: ClassVar[bool] = False

    def carry_out(self, task: Task) -> RunEnded | None:
        """Branch off; None where it was stopped before."""
        session = task.session
        session.trust = self.trust
        with ExitStack() as stack:
            recording = stack.enter_context(Recording(self.recording))
            recorder = None
            if self.record is not None:
                made = Recorder.create(self.record, task.warn, overwrite=self.overwrite)
                recorder = stack.enter_context(made)
            data = data_of_run(task, self, recording.header)
            task.during = "prepare"
            session.warm_up(self.model or recording.header.model)
            if task.stop_requested:
                return None
            task.during = "run"
            return session.branch(
                recording,
                self.step,
                self.plan,
                recorder,
                model=self.model,
                data=data,
            )


def branch_request(options: Namespace) -> BranchRequest | int:
    """Return what the options ask for; the exit code, all said, where they cannot.

    Raises
    ------
    RecordingError
    """
    with Recording(options.recording) as recording:
        plan = plan_of_branch(options, recording.plan)
        try:
            check_branch(recording, options.from_step, plan)
        except PlanError as error:
            for field, sentence in error.problems.items():
                complain(f"{option_name(field)}: {sentence}")
            return BAD_INPUT
    return BranchRequest(
        options.recording,
        options.from_step,
        plan,
        options.output,
        options.overwrite,
        options.save_stopped,
        options.record,
        options.model,
        options.data,
        Trust(options.allow_code, options.custom_objects),
        options.report,
    )
