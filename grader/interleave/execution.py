"""Execution: all that one run of a program was, as a value; Observer: who may look on while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from grader.trace import Site as Site

if TYPE_CHECKING:
    from grader.interleave.operations import Operation
    from grader.trace import Ending

Clock: TypeAlias = Literal["free", "exact"]
"""exact: time jumps only when nobody can run. free: sleeping orders nothing, a timed wait may fire at any time."""

Choice: TypeAlias = "tuple[Operation, tuple[int, ...], int]"
"""The operation done, who could run (ascending), who was last chosen before (-1: nobody)."""

Taken: TypeAlias = tuple[int, tuple[tuple[int, int], ...]]
"""A thread that took a lock while it held others: its number, then (key, site) of each, the one it took last."""


class Failure(NamedTuple):
    """An exception that nobody caught."""

    thread: int
    type: str
    message: str
    file: str
    """Innermost place in the answer or, failing that, in the scenario; empty when it has none."""
    line: int

    def sentence(self, name: str) -> str:
        where = f" at {self.file}:{self.line}" if self.file else ""
        what = f"{self.type}: {self.message}" if self.message else self.type
        return f"{name}: {what}{where}"


class Spinning(NamedTuple):
    """A thread that went round a loop while only others could change what the loop looks at."""

    thread: int
    site: int


class Stalled(NamedTuple):
    """A task that kept the thread of its event loop waiting, and with it all other tasks."""

    thread: int
    site: int
    how: str
    """For how long: "for 2 s"."""


class Execution:
    """What one run was. Built by the engine; nobody changes it afterwards."""

    __slots__ = (
        "abandoned", "choices", "detail", "ending", "error", "glances", "makespan",
        "nestings", "pending", "printed", "restrained", "spins", "stalls", "thread_errors", "threads", "value",
    )  # fmt: skip

    def __init__(self) -> None:
        self.ending: Ending = "done"
        self.value: object = None
        """What the scenario returned, with tuples as lists; None unless it returned."""
        self.error: Failure | None = None
        """Why the scenario itself raised."""
        self.thread_errors: list[Failure] = []
        """Exceptions that escaped from threads the program started."""
        self.detail: tuple[str, ...] = ()
        """Sentences for a person about an ending that is not "done"."""
        self.makespan = 0.0
        """Virtual seconds."""
        self.printed = ""
        self.choices: list[Choice] = []
        self.glances: Sequence[int] = ()
        """Looks at unwritten data, which were no steps: before the first choice, then after each."""
        self.pending: Mapping[int, Operation] = {}
        """Announced and never done: of threads that were blocked or cut off at the end."""
        self.threads: dict[int, str] = {}
        """Names by thread number; 0 is the main thread."""
        self.nestings: frozenset[Taken] = frozenset()
        """Locks taken inside others, whether or not anybody would have waited for them."""
        self.spins: list[Spinning] = []
        self.stalls: list[Stalled] = []
        self.restrained = ""
        """What the program does because of which not every order is tried, "polls" for example: then this was sampled,
        and is no part of a proof. Empty where nothing stands in the way of one."""
        self.abandoned = False
        """The strategy said -1: this was covered before, and everything above is a fragment."""


class Observer(Protocol):
    """Looks on; never schedules, never raises. Hooks inside the answer are off while it looks.

    `subject` is the object touched (instance, container, lock, cell) and `part` the attribute's or variable's
    name, "" for a whole container. A write is told before the value is there: `peek(subject, part)` (in `engine`)
    at the thread's next event gives it. Of a sleep `subject` is how many seconds it was to last.
    """

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        """`operation` is done now. Failing tries and timeouts are told, too; then `on_failed` follows."""

    def on_failed(self, thread: int, key: int) -> None:
        """The try or timed wait just told got nothing."""

    def on_release(self, thread: int, key: int, site: int) -> None:
        """A lock was given back (or a condition's lock, by a wait). No step: nobody is asked who goes next."""

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:
        """A condition was notified; `woken` may be empty."""

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:
        """`parent` started `child`."""

    def on_end(self, thread: int) -> None:
        """`thread` is through."""

    def on_jump(self, now: float) -> None:
        """The virtual clock stands at `now` seconds."""
