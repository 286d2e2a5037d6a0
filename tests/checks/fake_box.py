"""A box that plays back what it is given, so that judging is tested without running anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.box.parent import Driver
from grader.box.protocol import ExploreJob, Ran, RunJob
from grader.errors import BoxError
from grader.happens_before.events import Event, SiteTold
from grader.results import Tier
from grader.trace import Coverage, LockOrder, Outcome, Race, Sighting, Spin, Stall, Step, Trace

TRACE = Trace(("main", "A", "B"), (Step(1, "answer.py", 3, "read", "self.x", "0"),), ("it ends",), schedule="1.0-2")


Executed = tuple[tuple[Event, ...], tuple[SiteTold, ...], Outcome]
"""What is told of one driven execution in which there was nothing to choose, and what came of it."""


class FakeBox:
    def __init__(
        self,
        outcomes: Sequence[Outcome] = (),
        *,
        races: tuple[Race, ...] = (),
        spins: tuple[Spin, ...] = (),
        stalls: tuple[Stall, ...] = (),
        lock_orders: tuple[LockOrder, ...] = (),
        ran: Ran | None = None,
        error: BoxError | None = None,
        driven: Sequence[Executed] = (),
        tier: Tier = "full",
    ) -> None:
        self.tier = tier
        self._outcomes = outcomes
        self._races = races
        self._spins = spins
        self._stalls = stalls
        self._lock_orders = lock_orders
        self._ran = ran
        self._error = error
        self._driven = driven
        self.files = ("answer.py",)
        self.jobs: list[ExploreJob | RunJob] = []

    def explore(self, job: ExploreJob, judge: Callable[[Outcome], bool]) -> Coverage:
        self.jobs.append(job)
        if self._error:
            raise self._error
        told = 0
        for outcome in self._outcomes:
            told += 1
            if not judge(outcome):
                break
        exhausted = told == len(self._outcomes)
        counts, seen = (1,) * told, (self._races, self._spins, self._stalls)
        return Coverage(told, exhausted, None, counts, *seen, lock_orders=self._lock_orders)

    def explain(self, job: ExploreJob, schedule: str, sighting: Sighting | None = None) -> Trace:
        return TRACE

    def replay(self, job: ExploreJob, schedule: str) -> Trace:
        return TRACE

    def drive(self, job: ExploreJob, driver: Driver) -> None:
        for events, sites, outcome in self._driven:
            if driver.ended(events, sites, outcome) is None:
                break

    def run(self, job: RunJob) -> Ran:
        self.jobs.append(job)
        if self._error:
            raise self._error
        assert self._ran is not None
        return self._ran


def done(value: Any) -> Outcome:
    return Outcome("done", value, schedule="s")
