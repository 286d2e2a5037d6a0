"""The parent's end of the border: starts the box, asks it for observations, and believes nothing of its word.

Starting does not wait: the box gets ready while the parent does other things, and the first job finds it so.
A box that hangs, dies or talks nonsense is killed as a whole; the next call begins a fresh one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Protocol, TypeAlias, TypeGuard, TypeVar

from msgspec import Struct

from grader import quiet
from grader.box.conversation import Conversation
from grader.box.exchange import BoxGone, Exchange
from grader.box.protocol import (
    LASTING,
    REQUEST_BYTES,
    BoxRefused,
    DriveJob,
    Drove,
    ExplainJob,
    Explored,
    ExploreJob,
    Failed,
    Go,
    Job,
    Limits,
    More,
    Moves,
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
    Stopped,
    Told,
    Turn,
    encode,
)
from grader.box.sandbox.canary import open_box
from grader.box.sandbox.interpreter import interpreter_of
from grader.errors import BoxBroke, BoxDied, BoxError, BoxTimeout, InternalError
from grader.happens_before.events import Event, SiteTold
from grader.happens_before.rows import Row
from grader.results import Tier
from grader.trace import Coverage, Outcome, Sighting, Trace

R = TypeVar("R")
Judge: TypeAlias = Callable[[Outcome], bool]
Reaction: TypeAlias = Callable[[Reply], Struct | None]
"""What to answer to a reply; None when it was the last."""
HINT_BYTES = 64 * 1024
"""The longest hint: less than a socket takes without anybody reading."""
FEW_SCHEDULES = 100
"""A process that has run more of them is not given another job: it has used up a part of its time."""
RUN_MARGIN = 5.0
"""Seconds beyond a run's own time limit, for the box to clean up and tell what it saw."""


class Driver(Protocol):
    """Chooses who goes next in executions of which it is told every operation. What it hears is not to be believed."""

    def turn(self, events: tuple[Event, ...], sites: tuple[SiteTold, ...]) -> Sequence[Row]:
        """The thread that goes next, and for how many choices, given what happened since the last question."""

    def ended(self, events: tuple[Event, ...], sites: tuple[SiteTold, ...], outcome: Outcome) -> Sequence[Row] | None:
        """Hears what came of an execution; whether to run one more."""


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
        self._lasting: Conversation | None = None
        """With a process that has answered, and waits for more."""
        self._schedules = 0
        """What that process has run."""
        self._ahead: Preflight | None = None
        """What that process was asked before anybody waited for its answer."""
        walls = open_box(self._interpreter, self._limits, tier, as_root=as_root)
        self.tier: Tier = walls.tier
        self._exchange: Exchange | None = Exchange(walls)

    def __enter__(self) -> Box:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def files(self) -> Collection[str]:
        """Names of the answer's files."""
        return self._files

    def close(self) -> None:
        """Kills the whole tree and waits until it is gone. May be called twice."""
        if self._lasting is not None:
            self._lasting.hang_up()
            self._lasting = None
        if self._exchange is not None:
            self._exchange.walls.kill()
            self._exchange = None

    def part(self) -> None:
        """The next job begins in a process of its own. Else short explorations that follow each other share one."""
        if self._lasting is not None:
            self._lasting.end()
            self._lasting = None

    def prepare(self, scenarios: Sequence[tuple[str, str]]) -> None:
        """Tells the box which scenarios (source, file) jobs are going to need, so that it can load them when idle.

        Only a hint: it is not given where it would have to wait, and what comes of it is seen in the jobs.
        """
        order = Prepare(self._files, self._module, tuple(scenarios), self._forbidden)
        if self._exchange is not None and len(encode(order, REQUEST_BYTES)) < HINT_BYTES:
            with contextlib.suppress(TimeoutError, BoxGone):
                self._exchange.order(order, self._limits.seconds)

    def look_ahead(self, job: Preflight) -> None:
        """Has the box look at the answer at once; `preflight` with the same job then hears what it saw."""
        request = self._request(job)
        if self._lasting is None and len(encode(request, REQUEST_BYTES)) < HINT_BYTES:
            # Whatever goes wrong is met again, and told, when the answer is waited for.
            with contextlib.suppress(BoxError, InternalError):
                self._begin(request)
                self._ahead = job

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

        def react(reply: Reply) -> Struct | None:
            return Go(judge(reply.outcome)) if isinstance(reply, Seen) else None

        coverage = _expect(self._ask(job, react), Explored).coverage
        self._schedules += coverage.schedules
        return coverage

    def explain(self, job: ExploreJob, schedule: str, sighting: Sighting | None = None) -> Trace:
        """One schedule, minimised and in words; `sighting` is what must still be seen then."""
        return _expect(self._ask(ExplainJob(job, schedule, sighting)), Told).trace

    def drive(self, job: ExploreJob, driver: Driver) -> None:
        """Runs the scenario with every choice made by `driver`, as often as it wants."""

        def react(reply: Reply) -> Struct | None:
            if isinstance(reply, Moves):
                return Turn(tuple(driver.turn(reply.events, reply.sites)))
            if isinstance(reply, Drove):
                rows = driver.ended(reply.events, reply.sites, reply.outcome)
                return Turn(None if rows is None else tuple(rows))
            return None

        _expect(self._ask(DriveJob(job), react), Stopped)

    def replay(self, job: ExploreJob, schedule: str) -> Trace:
        """One schedule as it is, every step."""
        return _expect(self._ask(ReplayJob(job, schedule)), Told).trace

    def run(self, job: RunJob) -> Ran:
        """One run with real threads and processes, and what it left behind."""
        return _expect(self._ask(job), Ran)

    def _ask(self, job: Job, react: Reaction = lambda _: None) -> Reply:
        """The job's last reply. Whatever goes wrong, the box that it went wrong in is gone afterwards."""
        request = self._request(job)
        reacted: list[Struct] = []

        def note(reply: Reply) -> Struct | None:
            if (answer := react(reply)) is not None and not reacted:
                reacted.append(answer)
            return answer

        try:
            reply = self._talk(request, note)
        except BoxGone:
            # An earlier job may have killed the zygote on its way out: this one has not had its chance yet.
            if reacted:
                raise
            reply = self._talk(request, note)
        quiet.here.give_way()
        return reply

    def _request(self, job: Job) -> Request:
        seconds = job.time_limit + RUN_MARGIN if isinstance(job, RunJob) else self._limits.seconds
        return Request(self._files, self._module, job, self._forbidden, seconds)

    def _talk(self, request: Request, react: Reaction) -> Reply:
        try:
            conversation = self._lasting = self._begin(request)
            while (answer := react(reply := conversation.hear())) is not None:
                conversation.say(answer)
        except (BoxError, InternalError):
            self.close()
            raise
        except BaseException:
            self.part()
            raise
        if not (isinstance(reply, LASTING) and _may_share(request.job)):
            self.part()
        return reply

    def _begin(self, request: Request) -> Conversation:
        """The job begins, in the process that did the last one if that may go on."""
        job, lasting = request.job, self._lasting
        ahead, self._ahead = self._ahead, None
        if lasting is not None and ahead is not None and ahead == job:
            return lasting
        # What runs in real time has its limit in real time.
        seconds = request.seconds * (1.0 if isinstance(job, RunJob) else self._limits.patience)
        if lasting is not None and ahead is None and _may_share(job) and self._goes_on(job):
            lasting.go_on(More(job, request.seconds), seconds)
            return lasting
        self.part()
        self._jobs += 1
        self._schedules = 0
        self._lasting = Conversation(self._open(), self._jobs, seconds, self._limits)
        self._lasting.begin(request)
        return self._lasting

    def _goes_on(self, job: ExploreJob | DriveJob) -> bool:
        """Whether it begins in the last one's process: what confirms an exploration does, however long that was."""
        return isinstance(job, DriveJob) or self._schedules <= FEW_SCHEDULES

    def _open(self) -> Exchange:
        if self._exchange is None:
            self._exchange = Exchange(open_box(self._interpreter, self._limits, self.tier, as_root=self._as_root))
        return self._exchange


def _may_share(job: Job) -> TypeGuard[ExploreJob | DriveJob]:
    """Whether it may run in a process with others: it plays with virtual threads alone."""
    return isinstance(job, DriveJob) or (isinstance(job, ExploreJob) and not job.processes)


def _expect(reply: Reply, form: type[R]) -> R:
    if isinstance(reply, form):
        return reply
    if isinstance(reply, Refused):
        raise BoxRefused(reply.problem)
    if isinstance(reply, Failed):
        raise BoxBroke(f"the box failed inside:\n{reply.text}")
    raise BoxBroke(f"the box answered with {type(reply).__name__} out of turn")
