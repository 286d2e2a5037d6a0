"""Driven: an execution whose choices are made elsewhere, by somebody who is told of every operation.

Strategy and Observer at once. What happened since the last question goes out with the next one; where only one thread
can go on there is nothing to ask. `happens_before.events` says what the events mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from grader.happens_before.events import (
    ABLE,
    ANEW,
    ANNOUNCED,
    CLAIMED,
    DONE,
    ENDED,
    FAILED,
    HELD,
    KINDS,
    NOTIFIED,
    RELEASED,
    SPAWNED,
    TOOK,
    Event,
    SiteTold,
)
from grader.happens_before.rows import NOBODY, Row, Rows
from grader.interleave.instrument.containers import CONTAINERS

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.operations import Operation
    from grader.interleave.scheduler import Scheduler

Ask: TypeAlias = Callable[[list[Event], list[SiteTold]], Sequence[Row]]
"""Says which threads go next, given what happened since it was last asked."""

LARGEST = 2_000
"""Events after which there is a question although there is no choice: what one message may hold is bounded."""
_CODE = {kind: code for code, kind in enumerate(KINDS)}


class Driven:
    """For many executions of one program."""

    def __init__(self, scheduler: Scheduler, sites: Sequence[Site], ask: Ask) -> None:
        self._scheduler = scheduler
        self._sites = sites
        self._ask = ask
        self._told: set[int] = set()
        """Sites that have been described."""
        self._events: list[Event] = []
        self._new: list[SiteTold] = []

    def begin(self, rows: Sequence[Row] = ()) -> bool:
        """`rows`: who goes first, where that is known already."""
        self._events = []
        self._announced: dict[int, Operation] = {}
        self._able: dict[int, bool] = {}
        """Of threads whose readiness is claimed: what was said of it last."""
        self._rows = Rows()
        self._rows.plan(rows)
        self._tried: tuple[int, int] | None = None
        """Who has just tried to take what; whether it did is seen at the next event."""
        return True

    def rest(self) -> tuple[list[Event], list[SiteTold]]:
        """What happened since the last question."""
        self._settle()
        told = self._events, self._new
        self._events, self._new = [], []
        return told

    # ---- the strategy

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        if self._tried is not None:
            self._settle()
        threads = self._scheduler.threads
        able = [number for number in pending if threads[number].enabled]
        self._announce(pending, able)
        chosen = self._chosen(able)
        if chosen in able and chosen not in runnable:
            self._scheduler.fairness.bring_forward(threads[chosen])
        return chosen if chosen in able else -1

    def end(self, execution: object) -> None:
        """Nothing to learn."""

    def _chosen(self, able: Sequence[int]) -> int:
        thread = self._rows.next(able)
        if len(able) == 1:
            if len(self._events) > LARGEST:
                self._ask(*self.rest())
        elif thread == NOBODY:
            self._rows.plan(self._ask(*self.rest()))
            thread = self._rows.next(able)
        return thread

    def _announce(self, pending: Mapping[int, Operation], able: Sequence[int]) -> None:
        for number, operation in pending.items():
            if number not in self._announced:
                self._announced[number] = operation
                self._able[number] = True
                self._describe(operation.site)
                self._events.append((ANNOUNCED, number, _CODE[operation.kind], operation.key, operation.site))
            if operation.kind in CLAIMED and self._able[number] is not (now := number in able):
                self._able[number] = now
                self._events.append((ABLE, number, int(now), 0, 0))

    def _describe(self, number: int) -> None:
        """The site `number` is about to be named."""
        if number >= 0 and number not in self._told:
            self._told.add(number)
            site = self._sites[number]
            self._new.append((number, site.file, site.line, site.words))

    # ---- the observer

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        if self._tried is not None:
            self._settle()
        thread, kind, key, _, whole = operation
        self._announced.pop(thread, None)
        method = kind == "write" and not part and isinstance(subject, CONTAINERS)
        self._events.append((DONE, thread, int(method), whole, 0))
        if kind in ("try", "wait"):
            self._tried = thread, key

    def on_failed(self, thread: int, key: int) -> None:
        self._events.append((FAILED, thread, key, 0, 0))

    def on_release(self, thread: int, key: int, site: int) -> None:
        self._settle()
        self._events.append((RELEASED, thread, key, 0, site))

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:  # noqa: ARG002
        self._settle()
        self._events.append((NOTIFIED, thread, key, 0, site))

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        self._settle()
        if self._scheduler.second:
            self._tell_locks()
        self._describe(site)
        daemon = self._scheduler.threads[child].daemon
        self._events.append((SPAWNED, parent, child, int(daemon), site))

    def on_end(self, thread: int) -> None:
        self._settle()
        self._announced.pop(thread, None)
        self._events.append((ENDED, thread, 0, 0, 0))

    def on_jump(self, now: float) -> None:
        """Time orders nothing."""

    def _tell_locks(self) -> None:
        """While nobody else lived, nothing was told."""
        self._events.append((ANEW, 0, 0, 0, 0))
        for number, thread in self._scheduler.threads.items():
            self._events += [(HELD, number, key, 0, 0) for key, guard in thread.holds.items() if guard.taken]

    def _settle(self) -> None:
        if self._tried is None:
            return
        (number, key), self._tried = self._tried, None
        guard = self._scheduler.threads[number].holds.get(key)
        if guard is not None and guard.taken:
            self._events.append((TOOK, number, key, 0, 0))
