"""Loops: the hooks at the heads of loops: who goes round and round, and how far."""

from __future__ import annotations

import sys
from types import FrameType

from grader.interleave.fairness import ROW
from grader.interleave.instrument.matching import Patterns

LOOKS_ALONE = 100
"""Rounds of a loop that looks at the clock, with no other thread about, before that is taken for waiting."""
NOWHERE = range(0)


class Loops(Patterns):
    """The part of `Hooks` that is about `while` and `for`."""

    def begin(self) -> None:
        super().begin()
        self._looks = 0

    def round(self, site: int) -> None:
        """The head of a `while` loop."""
        self._round(site, sys._getframe(1), ())

    def idle(self, first: int, site: int) -> None:
        """The head of a `while` loop that does nothing but look, at the sites from `first` up to this one."""
        self._round(site, sys._getframe(1), (), range(first, site))

    def turn(self, changing: tuple[str, ...], site: int) -> None:
        """The head of a `for` loop that does not end by itself; its variables change, whatever else happens."""
        self._round(site, sys._getframe(1), changing)

    def _round(self, site: int, frame: FrameType, changing: tuple[str, ...], looks: range = NOWHERE) -> None:
        scheduler = self._scheduler
        self._tick(site)
        if not scheduler.quiet and not scheduler.alone:
            thread = scheduler.current
            scheduler.fairness.round(thread, site, frame, changing, looks)
            if thread.unlucky:
                scheduler.point("yield", -1, site)
        elif scheduler.clock.read:
            self._watch_the_clock()

    def _watch_the_clock(self) -> None:
        """Alone, and looking at a clock that stands still unless somebody waits."""
        self._looks += 1
        if self._looks > LOOKS_ALONE:
            self._scheduler.clock.tick()

    def count(self, site: int) -> None:
        """The head of any other `for` loop."""
        scheduler = self._scheduler
        self._tick(site)
        if not scheduler.quiet and not scheduler.alone and scheduler.row > ROW:
            thread = scheduler.current
            scheduler.fairness.long_row(thread)
            if thread.unlucky:
                scheduler.point("yield", -1, site)

    def _tick(self, site: int) -> None:
        scheduler = self._scheduler
        scheduler.ticks -= 1
        if scheduler.ticks < 0 or scheduler.unwinding:
            self._enough(site)

    def _enough(self, site: int) -> None:
        scheduler = self._scheduler
        if scheduler.unwinding:
            scheduler.refuse()
        scheduler.current.site = site
        scheduler.finish("livelock")
