"""What happened inside the box: the words in which the box reports and the parent reads.

Everything here is a frozen value that crosses the border as JSON, so each field is a plain type with
a bound checked by `box.protocol`. Nothing here is a verdict.
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from grader.errors import CourseError

Json: TypeAlias = Any
"""None, bool, int, float, str, list and dict with str keys, nested: what a scenario may return."""

Ending: TypeAlias = Literal["done", "raised", "deadlock", "livelock", "busy-wait", "leak", "uncontrolled"]
"""How one execution ended.

done          the scenario returned a value
raised        the scenario, or a thread it started, let an exception escape
deadlock      nobody can run and somebody still waits
livelock      the step budget ran out while threads kept moving
busy-wait     a thread spins on something that only others can change
leak          the scenario returned, but a non-daemon thread never ends
uncontrolled  something escaped the scheduler (a socket, a subprocess, a blocking C call)
"""


class Site(NamedTuple):
    """A place in the sources that an operation comes from."""

    file: str
    line: int
    words: str
    """What it touches, in the student's words: `self._balance`, `self._lock`; empty where nothing is named."""
    trusted: bool
    """It lies in a scenario or in a scenario tool, not in the answer."""


class Step(Struct, frozen=True, omit_defaults=True):
    """One operation done by one thread, as a person reads it."""

    thread: int
    file: str
    line: int
    operation: str
    """read, write, change, acquire, try, release, wait, notify, sleep, await"""
    target: str
    """What it touches, in the student's words: `self._balance`, `lock`, `queue`. Of a sleep how long: "0.5 s"."""
    value: str = ""
    """What was read or written, as a short repr; empty where there is none."""
    note: str = ""
    """Why this step matters: "waits: held by B", "B still believes that self._balance = 100"."""
    key: int = -1
    """Which thing it touches, whatever that is called here: a number within the trace, -1 where it is not known."""
    result: Literal["done", "in vain", "never"] = "done"
    """in vain: a try or a timed wait that got nothing. never: what its thread still waited for at the end."""
    wakes: tuple[int, ...] = ()
    """Of a notify: the threads woken, as indices into `Trace.threads`."""


class Trace(Struct, frozen=True):
    """One execution, step by step: at most a dozen rows for a person to read, or every step when it is replayed."""

    threads: tuple[str, ...]
    """Names by thread number; `Step.thread` indexes it."""
    steps: tuple[Step, ...]
    ending: tuple[str, ...]
    """How it ended: one sentence a thread that waits, or the outcome in words."""
    idiom: str = ""
    """lost update, check-then-act, lock order, missed signal, ... or empty when none fits."""
    preemptions: int = 0
    schedule: str = ""
    telling: tuple[int, ...] = ()
    """Of a replay: the places of those steps that the short form would show."""
    left_out: int = 0
    """Of a replay: steps that were too many to be told."""
    outcome: Outcome | None = None
    """Of a replay: what came of it."""


class Side(Struct, frozen=True):
    """One of the two accesses of a race."""

    thread: str
    file: str
    line: int
    operation: Literal["read", "write"]
    locks: tuple[str, ...] = ()


class Race(Struct, frozen=True, tag="race"):
    """Two conflicting accesses without order between them (happens-before)."""

    target: str
    pattern: Literal["read-modify-write", "check-then-act", "single access"]
    first: Side
    second: Side
    schedule: str = ""
    lost: bool = False
    """A value was computed from an old one and overwrote a newer one: whatever the result, an update is gone."""


class Nesting(Struct, frozen=True):
    """A lock taken while another is held."""

    thread: str
    outer: str
    """The lock that was held, in the words of the line where it was taken."""
    outer_file: str
    outer_line: int
    inner: str
    inner_file: str
    inner_line: int


class LockOrder(Struct, frozen=True):
    """A ring: what each thread takes inside is what the next one holds; what the last one takes the first one holds.

    Evidence that all can wait for ever, met in an execution in which they did not; `schedule` is that execution's.
    """

    nestings: tuple[Nesting, ...]
    schedule: str = ""


class Spin(Struct, frozen=True, tag="spin"):
    """A thread that burns steps on something that only others can change, instead of blocking."""

    thread: str
    file: str
    line: int
    schedule: str = ""


class Stall(Struct, frozen=True, tag="stall"):
    """A task of an event loop that blocks instead of awaiting: all other tasks stand still meanwhile."""

    thread: str
    file: str
    line: int
    how: str
    """For how long: "for 2 s", "until another thread lets it go on"."""
    schedule: str = ""


Sighting: TypeAlias = Race | Spin | Stall
"""What is seen on the way of an execution, however it ends."""


class Outcome(Struct, frozen=True):
    """What one scenario saw at the end of one execution, with the schedule that leads there."""

    ending: Ending
    value: Json = None
    detail: tuple[str, ...] = ()
    """Sentences: the exception with file and line, who waits for what, what escaped."""
    file: str = ""
    line: int = 0
    """Where in the answer to point at; 0 when nowhere."""
    makespan: float = 0.0
    """Virtual seconds from begin to end of the execution."""
    schedule: str = ""
    printed: str = ""
    """What the answer printed, cut to 2,000 characters."""


class Coverage(Struct, frozen=True):
    """What an exploration tried: how many schedules, whether that was all of them, the races it met."""

    schedules: int
    exhausted: bool
    preemption_bound: int | None
    counts: tuple[int, ...]
    """How often each distinct outcome was seen, in the order in which they were reported."""
    races: tuple[Race, ...] = ()
    spins: tuple[Spin, ...] = ()
    """Busy-waits met in executions that ended all the same; one each thread and line."""
    stalls: tuple[Stall, ...] = ()
    """One each task and line."""
    notes: tuple[str, ...] = ()
    lock_orders: tuple[LockOrder, ...] = ()
    """Rings of locks met; none where every schedule was covered, since then the search itself says what deadlocks."""


class Share(Struct, frozen=True):
    """One process's part in a metered run, in seconds: what it ran, and what it was ready to run and had to wait."""

    run: float
    wait: float
    born: bool = False
    """Whether it is an interpreter of its own (spawn, the fork server), not a copy of a running one."""
    turns: int = 0
    """How often it got a processor."""
    beside: bool = False
    """Whether it is one thread of a process in which others compute at the same time."""


class Metered(Struct, frozen=True):
    """What the kernel says of a process tree while the scenario ran, and of what came before and after."""

    wall: float
    shares: tuple[Share, ...]
    birth: float = 0.0
    """Processor seconds that the tree's first interpreter took until the scenario began."""
    early: float = 0.0
    """Seconds that it computed before the scenario, or may have, since it was started."""
    late: float = 0.0
    """The same after the scenario, until the program was over."""
    unseen: float = 0.0
    """Processor seconds of the program and those it waited for that are in no share: who came and went in between."""
    one_lock: bool = True
    """Whether only one thread of a process can run Python at a time (the GIL)."""
    meddling: tuple[str, ...] = ()
    """How processes changed what they get of the machine: priority, policy, processors."""


class Ran(Struct, frozen=True, tag="ran"):
    """What one run in real processes was seen to do. Facts only; the parent judges."""

    ending: Literal["returned", "raised", "deadlock", "timeout", "died"]
    value: Json = None
    detail: tuple[str, ...] = ()
    """Sentences without pids, times or addresses: the exception, who waits where for whom. Of a run that returned,
    what happened in it that the value need not show: exceptions that nobody heard of."""
    file: str = ""
    line: int = 0
    """Where in the answer to point at; 0 when nowhere."""
    printed: str = ""
    leftovers: tuple[str, ...] = ()
    """Processes, threads, descriptors that outlived the scenario, one phrase each."""
    facts: dict[str, Json] = {}
    """What `processes.run` says was counted: exit codes, descriptors before and after."""
    metered: Metered | None = None
    """Where it was asked for, and the kernel tells."""


class Token(Struct, frozen=True):
    """Enough to see one failure again: which check, which of its explorations, which seed, which schedule."""

    check: str
    call: int
    seed: int
    schedule: str

    def __str__(self) -> str:
        return f"{self.check}~{self.call}~{self.seed}~{self.schedule}"


_TOKEN = re.compile(r"([a-z0-9_]+)~(\d+)~(\d+)~([0-9A-Za-z._-]*)")


def read_token(text: str) -> Token:
    """The token that `text` spells. Raises CourseError when it spells none."""
    match = _TOKEN.fullmatch(text.strip())
    if match is None:
        raise CourseError(
            f"{text!r} is not a replay token",
            remedy="copy the whole word after `grade replay exNN`, like alternates~0~7~1.0-2",
            slug="replay-token",
        )
    check, call, seed, schedule = match.groups()
    return Token(check, int(call), int(seed), schedule)
