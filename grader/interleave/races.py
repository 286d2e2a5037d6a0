"""Races: an Observer that tells the operations of one execution to the detector of `happens_before`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.happens_before import races
from grader.interleave.instrument.containers import CONTAINERS

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.operations import Operation
    from grader.interleave.turns import Turns


class Races(races.Races):
    """New for each execution; `found` holds what was found."""

    def __init__(self, turns: Turns, sites: Sequence[Site]) -> None:
        super().__init__(sites, self._holding)
        self._turns = turns

    def _holding(self) -> tuple[int, ...]:
        holds = self._turns.current.holds
        # A semaphore is not held: who gives it back need not be who took it.
        return tuple([guard.held_at for guard in holds.values() if not guard.counts]) if holds else ()

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        _, kind, key, site, whole = operation
        # The tasks of an event loop do nothing at the same time: they are the one thread that they run in.
        thread = self._turns.current.own().number
        self.does(thread, kind, key, site, method=not part and isinstance(subject, CONTAINERS), whole=whole)

    def on_failed(self, thread: int, key: int) -> None:
        """Whoever looked knows what it saw, whether or not it got anything."""

    def on_release(self, thread: int, key: int, site: int) -> None:  # noqa: ARG002
        self.gives(self._turns.threads[thread].own().number, key)

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:  # noqa: ARG002
        self.gives(self._turns.threads[thread].own().number, key)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        self.starts(self._turns.threads[parent].own().number, child)

    def on_end(self, thread: int) -> None:
        """Its clock was given at the operation `end`."""

    def on_jump(self, now: float) -> None:
        """Time orders nothing."""
