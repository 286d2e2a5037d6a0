"""Virtual threads: greenlets from a pool, all in one OS thread, so that switching costs a quarter of a microsecond.

A greenlet of the pool is worth keeping: making one maps and unmaps a stack, taking one from the pool does not.
What carries virtual threads is a parameter of the engine, so that tests can hold greenlets against OS threads.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from grader.interleave.monitors import Monitor
    from grader.interleave.stand_ins.locks import Guard

Body = Callable[[], None]


class Fiber(Protocol):
    """What a virtual thread runs in: left in the middle, and gone on with later."""

    def switch(self, *args: Any) -> Any:
        """Go on there; returns what somebody who switches back gives. The first call is that of `run`."""

    def throw(self, error: type[BaseException], /) -> Any:
        """Go on there by raising `error`; returns as `switch` does."""


class Carrier(NamedTuple):
    """How fibers are made."""

    new: Callable[[Callable[..., Any]], Fiber]
    current: Callable[[], Fiber]
    """The fiber that asks."""


GREENLETS = Carrier(greenlet, getcurrent)


class Abandon(BaseException):
    """Thrown into every thread that is still alive when an execution is over, to unwind it."""


Trail: TypeAlias = list[tuple[int, int, int]]
"""What a thread has looked at: the key, in which version, at which site."""


class VThread:
    """One thread of the program under test, as the scheduler knows it."""

    __slots__ = (
        "ahead", "always", "children", "daemon", "deadline", "done", "enabled", "ended", "fiber", "fired",
        "gate", "head", "holds", "host", "idle", "joined", "listed", "monitor", "name", "nap", "naps", "number",
        "ready", "round", "rounds", "site", "standing", "stands", "starter", "swallowed", "trail", "unlucky", "waited",
    )  # fmt: skip
    gate: Guard | None
    """Its wait does not time out while somebody holds this lock."""
    waited: tuple[tuple[int, int], ...]
    """Waits that it did not stand back from, though they could only time out then: where, and for what."""

    def __init__(self, number: int, daemon: bool, ended: Monitor) -> None:
        self.number = number
        self.daemon = daemon
        self.name = ""
        self.fiber: Fiber | None = None
        self.host: VThread | None = None
        """Of the party of an event loop: the thread that the loop runs in."""
        self.starter: VThread | None = None
        """Whoever started it, and goes on as soon as this thread has announced its first operation."""
        self.children = 0
        self.done = self.joined = False
        self.ended = ended
        """Where others wait for its end."""
        self.site = -1
        """Where it touched something last."""
        self.enabled = True
        """It can do what it announced."""
        self.listed = False
        """It may be chosen: enabled and not standing back."""
        self.holds: dict[int, Guard] = {}
        """By key: the locks that it took and that nobody has given back, and the semaphores."""
        self.monitor: Monitor | None = None
        self.ready: Callable[[], bool] | None = None
        self.deadline: float | None = None
        self.always = False
        """Its wait may time out at any time (free clock)."""
        self.gate, self.waited = None, ()
        self.fired = False
        """Its deadline has come (exact clock)."""
        self.standing = 0
        """It stands back: POLITE until others have moved, SPINNING or IDLE until somebody else changed something."""
        self.stands = 0
        """How often it stood back."""
        self.ahead: list[VThread] = []
        """Who lived when it stood back, and has not moved since."""
        self.unlucky = 0
        """How it will stand back from its next operation."""
        self.nap, self.naps = -1, 0
        """How often in a row it slept or tried in vain, and which of the changes of threads was the last before."""
        self.trail: Trail | None = None
        """None: it has changed something itself since the head of the loop."""
        self.head: tuple[int, int] | None = None
        self.idle = False
        """The head of a loop that it came by last, and the frame (None: it took a lock since, or let time pass);
        whether it stood back there because the loop does nothing but look."""
        self.round: object = None
        self.rounds = 0
        self.swallowed = 0
        """How often it caught `Abandon`."""

    def may_time_out(self) -> bool:
        return self.fired or (self.always and not (self.gate is not None and self.gate.taken))

    def own(self) -> VThread:
        """The thread that this is for all that knows threads only, such as locks."""
        return self.host or self


class Pool:
    """Fibers that wait for a body to run. One pool a scheduler; `finish` says where to go after a body."""

    def __init__(self, carrier: Carrier, finish: Callable[[], Fiber]) -> None:
        self._carrier = carrier
        self._free: list[Fiber] = []
        self._finish = finish
        self._maker: Fiber | None = None
        self._asker: Fiber | None = None

    def start(self, thread: VThread, body: Body) -> None:
        """Run `body` as `thread`; returns when somebody switches back to the caller."""
        worker = self._free.pop() if self._free else self._new()
        thread.fiber = worker
        worker.switch(body)

    def _new(self) -> Fiber:
        # A greenlet counts recursion on from where it was begun: a thread that a thread starts, and so on, would have
        # less and less left. So all are begun in one place, however deep the one is that asks for it.
        if self._maker is None:
            self._maker = self._carrier.new(self._make)
        self._asker = self._carrier.current()
        worker: Fiber = self._maker.switch()
        return worker

    def _make(self) -> None:
        try:
            while True:
                self._carrier.new(self._work).switch()
        finally:
            self._maker = None

    def _work(self) -> None:
        # Not kept: it may be a greenlet of the program's own, which is ended with its last reference.
        asker, self._asker = self._asker, None
        assert asker is not None
        body: Body = asker.switch(self._carrier.current())
        del asker
        while True:
            Context().run(body)
            self._free.append(self._carrier.current())
            del body
            body = self._finish().switch()
