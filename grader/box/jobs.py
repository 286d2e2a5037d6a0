"""What a job does, in the process that was forked for it: loads the answer, runs it, tells what was seen."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import msgspec
from msgspec.structs import replace

from grader.box import loading, rights
from grader.box.channel import Channel
from grader.box.plain import plain, strange, text
from grader.box.programs import Programs
from grader.box.protocol import (
    LASTING,
    DriveJob,
    Drove,
    ExplainJob,
    Explored,
    ExploreJob,
    Failed,
    Go,
    More,
    Moves,
    Preflight,
    Problem,
    ProblemKind,
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
)
from grader.happens_before.events import Event, SiteTold
from grader.happens_before.rows import Row
from grader.trace import Outcome
from grader.web.site import Site

if TYPE_CHECKING:
    from grader.interleave.program import Program

TRACEBACK_LENGTH = 20_000
WARMING = """
import queue, threading, time
from grader.checks import together

def meet(answer):
    ready, items = threading.Condition(), queue.Queue()
    with ready:
        ready.notify()
    return together(lambda: items.put(time.monotonic()), items.get, threading.Event().set)
"""
VALUE_BYTES = 128 * 1024
"""The largest value of one outcome, as JSON."""
TOLD_BYTES = 16 * 1024
"""The same beside a trace, which takes most of the frame."""


def warm_up() -> None:
    """Imports, before the first fork, what exploring needs, and explores a program of ours once: the first run of all
    costs ten times what the next ones do, and no job shall pay for it."""
    from grader.interleave import explorer, program

    warming = program.load({"answer.py": ""}, "answer", WARMING, "warming.py")
    explorer.explore(warming, "meet", {}, explorer.Plan(executions=2), lambda _: True)


def answer(channel: Channel, request: Request, programs: Programs) -> NoReturn:
    """Does the job, and those that follow it, sends what came of each, and ends the process."""
    while True:
        try:
            reply = _reply(channel, request, programs)
        except BaseException as error:
            # The answer's own exceptions were caught where it ran: what arrives here is a fault of the kit.
            reply = _refusal(error) or Failed("".join(traceback.format_exception(error))[-TRACEBACK_LENGTH:])
        if not isinstance(reply, LASTING):
            _leave(channel, reply)
        channel.send(reply)
        more = channel.receive(More)
        rights.bound_time(more.seconds)
        request = replace(request, job=more.job)


def _reply(channel: Channel, request: Request, programs: Programs) -> Reply:
    job = request.job
    if isinstance(job, Preflight):
        return loading.preflight(request.files, request.module, job, lambda early: _leave(channel, early))
    if isinstance(job, RunJob):
        return _run(request, job)
    if isinstance(job, ExploreJob):
        return _explore(channel, request, job, programs)
    if isinstance(job, DriveJob):
        return _drive(channel, job.job, programs.of(request, job.job))
    return _tell(request, job, programs)


def _explore(channel: Channel, request: Request, job: ExploreJob, programs: Programs) -> Explored:
    from grader.interleave import explorer

    def report(outcome: Outcome) -> bool:
        channel.send(Seen(_sendable(outcome)))
        return channel.receive(Go).on

    if job.processes:
        from grader.processes import orders

        return Explored(orders.explore(job, request.files, request.module, report))
    return Explored(explorer.explore(programs.of(request, job), job.scenario, job.arguments, _plan(job), report))


def _drive(channel: Channel, job: ExploreJob, program: Program) -> Stopped:
    from grader.interleave import explorer

    def ask(events: list[Event], sites: list[SiteTold]) -> Sequence[Row]:
        channel.send(Moves(tuple(events), tuple(sites)))
        return channel.receive(Turn).rows or ()

    def ended(events: list[Event], sites: list[SiteTold], outcome: Outcome) -> Sequence[Row] | None:
        channel.send(Drove(tuple(events), tuple(sites), _sendable(outcome)))
        return channel.receive(Turn).rows

    explorer.drive(program, job.scenario, job.arguments, _plan(job), ask, ended)
    return Stopped()


def _tell(request: Request, job: ExplainJob | ReplayJob, programs: Programs) -> Told:
    explored = job.job
    more = (job.sighting,) if isinstance(job, ExplainJob) else ()
    if explored.processes:
        from grader.processes import orders

        told = orders.explain if isinstance(job, ExplainJob) else orders.replay
        trace = told(explored, request.files, request.module, job.schedule, *more)
    else:
        from grader.interleave import explorer

        tell = explorer.explain if isinstance(job, ExplainJob) else explorer.replay
        program = programs.of(request, explored)
        trace = tell(program, explored.scenario, explored.arguments, job.schedule, _plan(explored), *more)
    return Told(replace(trace, outcome=trace.outcome and _sendable(trace.outcome, TOLD_BYTES)))


def _run(request: Request, job: RunJob) -> Ran:
    from grader.processes.run import run

    if job.site is not None:
        return _run_beside(job.site, request, job)
    if job.metered:
        return _run_metered(request, job)
    return _plainly(run(job, request.files, request.module))


def _run_metered(request: Request, job: RunJob) -> Ran:
    from grader.processes.run import run
    from grader.speedup import Meter, metered

    meter = Meter()
    files, module = ({}, "") if job.without_answer else (request.files, request.module)
    ran = _plainly(run(job, files, module, meter))
    return replace(ran, metered=metered(meter, ran.facts))


def _run_beside(site: Site, request: Request, job: RunJob) -> Ran:
    """While `site` is served; what was asked of it is the fact `web`."""
    from grader.processes.run import run
    from grader.web.server import Server

    with closing(Server(site)) as server:
        told = replace(job, arguments={**job.arguments, "web": server.url})
        ran = _plainly(run(told, request.files, request.module, server))
        return replace(ran, facts={**ran.facts, "web": server.facts()})


def _plainly(ran: Ran) -> Ran:
    return replace(ran, value=plain(ran.value), facts=plain(ran.facts))


def _leave(channel: Channel, reply: Reply) -> NoReturn:
    """Answers and ends from wherever the process is, in a loop without end for example. Nothing is tidied up."""
    channel.send(reply)
    os._exit(0)


def _plan(job: ExploreJob) -> Any:
    from grader.interleave import explorer

    return explorer.Plan(
        executions=job.executions,
        steps=job.steps,
        preemptions=job.preemptions,
        seed=job.seed,
        clock=job.clock,
        races=job.races,
    )


def _sendable(outcome: Outcome, largest: int = VALUE_BYTES) -> Outcome:
    clean = replace(
        outcome,
        value=plain(outcome.value),
        detail=tuple(text(sentence) for sentence in outcome.detail),
        printed=text(outcome.printed),
    )
    size = len(msgspec.json.encode(clean.value))
    if size > largest:
        return replace(clean, value=strange(f"a value of {size} bytes, more than {largest}"))
    return clean


def _refusal(error: BaseException) -> Refused | None:
    """What `error` says about the answer, when it is the engine's word that the answer cannot be loaded."""
    from grader.interleave.program import LoadProblem

    if not isinstance(error, LoadProblem):
        return None
    known: Any = "missing" if error.kind == "name" else error.kind
    kind: ProblemKind = known if known in get_args(ProblemKind) else "import"
    return Refused(Problem(kind, error.message, error.file, error.line, error.text))
