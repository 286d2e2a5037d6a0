"""The virtual clock: how late it is, and who waits for when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.interleave.vthread import VThread

EPOCH = 1_700_000_000.0
"""What `time.time()` says at the beginning of every execution."""
FIRST_TICK = 0.001
GROWTH = 1.1
"""Who looks at the clock until it is late enough goes on at most a tenth too late."""


class VirtualClock:
    """Seconds since the beginning of the execution. Computing costs nothing."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asleep: list[VThread] = []
        """Threads with a deadline, in the order in which they began to wait."""
        self.read = False
        """Somebody looked at the clock since it last moved."""
        self._lookers: set[int] = set()
        self._sleepers: set[int] = set()
        """Threads whose deadlines moved the clock on."""
        self._tick = FIRST_TICK

    def look(self, thread: int) -> float:
        """What `thread` is told, -1 for one that is alone."""
        self.read = True
        self._lookers.add(thread)
        return self.now

    @property
    def unsettled(self) -> bool:
        """Somebody was told a time that depends on who had slept before, and when: no search tries all these orders."""
        sleepers, lookers = self._sleepers, self._lookers
        return bool(sleepers and lookers) and (len(sleepers) > 1 or not lookers <= {-1, *sleepers})

    def next_deadline(self) -> float | None:
        """When the next thread wakes up by itself; None when nobody does."""
        return min((thread.deadline for thread in self.asleep if thread.deadline is not None), default=None)

    def jump(self, to: float, thread: int = -1) -> None:
        """Never backwards. `thread` is whose deadline it was."""
        if thread >= 0:
            self._sleepers.add(thread)
        self.now = max(self.now, to)
        self.read = False

    def tick(self) -> None:
        """For whoever only waits for the clock itself to move on: a step that grows, so that long waits end, too."""
        self.now += self._tick
        self._tick *= GROWTH
        self.read = False
