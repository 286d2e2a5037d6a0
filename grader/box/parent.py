"""The parent's end of the border: starts the box, asks it for observations, and believes nothing of its word.

Starting does not wait: the box gets ready while the parent does other things, and the first job finds it so.
A box that hangs, dies or talks nonsense is killed as a whole; the next call begins a fresh one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TypeAlias, TypeVar

from grader.box.conversation import Conversation
from grader.box.exchange import BoxGone, Exchange
from grader.box.protocol import (
    REQUEST_BYTES,
    BoxRefused,
    ExplainJob,
    Explored,
    ExploreJob,
    Failed,
    Go,
    Job,
    Limits,
    Preflight,
    Preflighted,
    Prepare,
    Problem,
    Ran,
    Refused,
    ReplayJob,
    Reply,
    Request,
    RunJob,
    Seen,
    Told,
    encode,
)
from grader.box.sandbox.canary import open_box
from grader.box.sandbox.interpreter import interpreter_of
from grader.errors import BoxBroke, BoxDied, BoxError, BoxTimeout, InternalError
from grader.results import Tier
from grader.trace import Coverage, Outcome, Trace

R = TypeVar("R")
Judge: TypeAlias = Callable[[Outcome], bool]
HINT_BYTES = 64 * 1024
"""The longest hint: less than a socket takes without anybody reading."""
RUN_MARGIN = 5.0
"""Seconds beyond a run's own time limit, for the box to clean up and tell what it saw."""


class Box:
    """One answer in one box, for as many jobs as one likes. A context manager; every method may raise BoxError."""

    def __init__(
        self,
        files: Mapping[str, str],
        module: str,
        limits: Limits | None = None,
        *,
        tier: Tier | None = None,
        python: str = sys.executable,
        forbidden: tuple[str, ...] = (),
        as_root: bool = False,
    ) -> None:
        """Starts the box at once, and does not wait for it. `files` are the answer's, by name.

        `tier` None takes the strongest that works here. `as_root` allows the weakest tier to run answers as
        root where no other user can reach the interpreter. Raises CourseError when no box can be built.
        """
        self._files = dict(files)
        self._module = module
        self._limits = limits or Limits()
        self._interpreter = interpreter_of(python)
        self._forbidden = forbidden
        self._as_root = as_root
        self._jobs = 0
        walls = open_box(self._interpreter, self._limits, tier, as_root=as_root)
        self.tier: Tier = walls.tier
        self._exchange: Exchange | None = Exchange(walls)

    def __enter__(self) -> Box:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kills the whole tree and waits until it is gone. May be called twice."""
        if self._exchange is not None:
            self._exchange.walls.kill()
            self._exchange = None

    def prepare(self, scenarios: Sequence[tuple[str, str]]) -> None:
        """Tells the box which scenarios (source, file) jobs are going to need, so that it can load them when idle.

        Only a hint: it is not given where it would have to wait, and what comes of it is seen in the jobs.
        """
        order = Prepare(self._files, self._module, tuple(scenarios), self._forbidden)
        if self._exchange is not None and len(encode(order, REQUEST_BYTES)) < HINT_BYTES:
            with contextlib.suppress(TimeoutError, BoxGone):
                self._exchange.order(order, self._limits.seconds)

    def preflight(self, job: Preflight) -> Preflighted:
        """Whether the answer can be graded. An import that hangs or kills the process is a problem, not an error."""
        file = f"{self._module}.py"
        try:
            reply = self._ask(job)
        except BoxTimeout:
            told = f"importing {file} does not come to an end"
            return Preflighted(Problem("endless", told, file, remedy="only define things at the top level"))
        except BoxDied as died:
            return Preflighted(Problem("died", f"importing {file} ends the whole process: {died}", file))
        return _expect(reply, Preflighted)

    def explore(self, job: ExploreJob, judge: Judge) -> Coverage:
        """Runs the scenario in many schedules. `judge` hears each new outcome; False stops the search."""
        return _expect(self._ask(job, judge), Explored).coverage

    def explain(self, job: ExploreJob, schedule: str) -> Trace:
        """One schedule, minimised and in words."""
        return _expect(self._ask(ExplainJob(job, schedule)), Told).trace

    def replay(self, job: ExploreJob, schedule: str) -> Trace:
        """One schedule as it is, every step."""
        return _expect(self._ask(ReplayJob(job, schedule)), Told).trace

    def run(self, job: RunJob) -> Ran:
        """One run with real threads and processes, and what it left behind."""
        return _expect(self._ask(job), Ran)

    def _ask(self, job: Job, judge: Judge | None = None) -> Reply:
        """The job's last reply. Whatever goes wrong, the box that it went wrong in is gone afterwards."""
        request = Request(self._files, self._module, job, self._forbidden, self._seconds(job))
        heard: list[Outcome] = []

        def hear(outcome: Outcome) -> bool:
            if judge is None:
                raise BoxBroke("the box reported an outcome that nobody asked for")
            heard.append(outcome)
            return judge(outcome)

        try:
            return self._talk(request, hear)
        except BoxGone:
            # An earlier job may have killed the zygote on its way out: this one has not had its chance yet.
            if heard:
                raise
            return self._talk(request, hear)

    def _seconds(self, job: Job) -> float:
        return job.time_limit + RUN_MARGIN if isinstance(job, RunJob) else self._limits.seconds

    def _talk(self, request: Request, hear: Judge) -> Reply:
        self._jobs += 1
        # What runs in real time has its limit in real time.
        patience = 1.0 if isinstance(request.job, RunJob) else self._limits.patience
        conversation = Conversation(self._open(), self._jobs, request.seconds * patience, self._limits)
        try:
            conversation.begin(request)
            while isinstance(reply := conversation.hear(), Seen):
                conversation.say(Go(hear(reply.outcome)))
        except (BoxError, InternalError):
            self.close()
            raise
        finally:
            conversation.end()
        return reply

    def _open(self) -> Exchange:
        if self._exchange is None:
            self._exchange = Exchange(open_box(self._interpreter, self._limits, self.tier, as_root=self._as_root))
        return self._exchange


def _expect(reply: Reply, form: type[R]) -> R:
    if isinstance(reply, form):
        return reply
    if isinstance(reply, Refused):
        raise BoxRefused(reply.problem)
    if isinstance(reply, Failed):
        raise BoxBroke(f"the box failed inside:\n{reply.text}")
    raise BoxBroke(f"the box answered with {type(reply).__name__} out of turn")
