"""Races: an Observer that tells the operations of one execution to the detector of `happens_before`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grader.happens_before import races
from grader.interleave.instrument.containers import CONTAINERS

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.operations import Operation


class Races(races.Races):
    """New for each execution; `found` holds what was found."""

    def __init__(
        self,
        sites: Sequence[Site],
        held: Callable[[], tuple[int, ...]],
        own: Callable[[int], int] = lambda thread: thread,
    ) -> None:
        """`held` says where the locks were taken that the thread holds which acts now. `own` gives the thread that an
        actor is: the tasks of an event loop do nothing at the same time, they are the one that they run in."""
        super().__init__(sites, held)
        self._own = own

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        thread, kind, key, site, whole = operation
        self.does(self._own(thread), kind, key, site, method=not part and isinstance(subject, CONTAINERS), whole=whole)

    def on_failed(self, thread: int, key: int) -> None:
        """Whoever looked knows what it saw, whether or not it got anything."""

    def on_release(self, thread: int, key: int, site: int) -> None:  # noqa: ARG002
        self.gives(self._own(thread), key)

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:  # noqa: ARG002
        self.gives(self._own(thread), key)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        self.starts(self._own(parent), child)

    def on_end(self, thread: int) -> None:
        """Its clock was given at the operation `end`."""

    def on_jump(self, now: float) -> None:
        """Time orders nothing."""
