"""Witness: drives a scenario through schedules of its own choice, and remembers what speaks against a pass.

It believes the operations only as far as they fit together (`threads`), and looks for what a right answer never does:
a number that is computed from an old one and overwrites a newer one, on any of these schedules; threads of the
scenario that were not started, did not end, or had nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random
from typing import NamedTuple

from grader.confirm.choices import Choices
from grader.confirm.threads import Announced, Contradiction, Threads
from grader.happens_before.events import ANNOUNCED, DONE, NOTIFIED, RELEASED, SPAWNED, Event, SiteTold
from grader.happens_before.races import Found, Races
from grader.happens_before.rows import Row
from grader.trace import Outcome, Site

SCHEDULES = 20
"""How many a pass is confirmed by, where there are as many."""
STEPS = 20_000
"""Operations after which no further execution is begun."""


class _Access(NamedTuple):
    thread: int
    key: int
    changes: bool

    def meets(self, other: _Access, container: int) -> bool:
        """Whether one thread can notice what the other did; both are in `container`, or are all of it."""
        same = self.key == other.key or container in (self.key, other.key)
        return same and self.thread != other.thread and (self.changes or other.changes)


class Witness:
    """A `box.parent.Driver` of one scenario. `turn` and `ended` raise Contradiction."""

    def __init__(self, random: Random, files: Collection[str], steps: int, schedules: int = SCHEDULES) -> None:
        """`files` are the answer's. `steps`: how many one execution may take."""
        self.outcomes: list[Outcome] = []
        """One an execution."""
        self.started: list[int] = []
        """How many threads the scenario itself started, by execution."""
        self.met = False
        """Two threads did something in the answer that one of them could notice of the other."""
        self.overwritten: tuple[Found, str] | None = None
        """An update of one value that was lost, and the schedule."""
        self.sites: dict[int, Site] = {}
        self._files = files
        self._steps_allowed = steps
        self._left = schedules
        self._choices = Choices(random)
        self.operations = 0
        self._begin()

    def turn(self, events: tuple[Event, ...], sites: tuple[SiteTold, ...]) -> Sequence[Row]:
        self._hear(events, sites)
        able = self._threads.able()
        if not able:
            raise Contradiction("nobody can go on, and somebody shall be chosen")
        if len(able) == 1:
            return ()
        rows = self._choices.choose(able, [*self._threads.announced])
        self._threads.choose(rows)
        return rows

    def ended(self, events: tuple[Event, ...], sites: tuple[SiteTold, ...], outcome: Outcome) -> Sequence[Row] | None:
        """How the next execution begins; None when there shall be no other."""
        self._hear(events, sites)
        if outcome.ending == "done" and not self._awaited <= self._threads.ended:
            raise Contradiction("the scenario had waited for its threads, and not all of them had ended")
        self.outcomes.append(outcome)
        self.started.append(self._own)
        for found in self._races.found.values():
            if self._races.is_lost_update(found):
                self.overwritten = self.overwritten or (found, outcome.schedule)
        self.operations += self._threads.steps
        self._left -= 1
        self._choices.end()
        self._begin()
        if self._left <= 0 or self._choices.exhausted or self.operations >= STEPS:
            return None
        rows = self._choices.first()
        self._threads.choose(rows)
        return rows

    def _begin(self) -> None:
        self._threads = Threads()
        self._races = Races(self.sites, self._threads.held)
        self._own = 0
        """How many threads the scenario started."""
        self._awaited: set[int] = set()
        """Those that must have ended when it has: not the daemons."""
        self._accesses: dict[int, set[_Access]] = {}
        """Location, or the container that it is a part of -> what the answer did there."""

    def _hear(self, events: tuple[Event, ...], sites: tuple[SiteTold, ...]) -> None:
        for number, file, line, words in sites:
            self.sites[number] = Site(file, line, words, trusted=file not in self._files)
        apply, look = self._threads.apply, self._look
        for event in events:
            apply(event)
            look(event)
        if self._threads.steps > self._steps_allowed:
            raise Contradiction(f"an execution went on after {self._steps_allowed} steps")

    def _look(self, event: Event) -> None:
        code, thread, one, two, site = event
        if code == ANNOUNCED:
            if site >= 0 and site not in self.sites:
                raise Contradiction(f"an operation comes from place {site}, which was not described")
        elif code == DONE:
            done = self._threads.last
            assert done is not None
            if len(self._threads.choice) > 1:
                self._choices.goes(self._threads.choice, thread)
            self._races.does(thread, done.kind, done.key, done.site, method=bool(one), whole=two)
            if not self.met:
                self._look_for_a_meeting(thread, done, two)
        elif code in (RELEASED, NOTIFIED):
            self._races.gives(thread, one)
        elif code == SPAWNED:
            self._races.starts(thread, one)
            if site not in self.sites or self.sites[site].trusted:
                self._own += 1
                self._awaited |= set() if two else {one}

    def _look_for_a_meeting(self, thread: int, done: Announced, whole: int) -> None:
        key, site = done.key, done.site
        if site < 0 or self.sites[site].trusted or key < 0 or key % 2:
            return
        container = key if whole < 0 else whole
        known = self._accesses.setdefault(container, set())
        mine = _Access(thread, key, done.kind != "read")
        self.met = any(one.meets(mine, container) for one in known)
        known.add(mine)
