"""Vector clocks: what each thread knows of what the others have done.

Fidge, "Timestamps in message-passing systems that preserve the partial ordering" (ACSC 1988); Mattern, "Virtual time
and global states of distributed systems" (1989). Which operations tell the others, whoever keeps the clocks says.
"""

from __future__ import annotations

Clock = dict[int, int]
"""thread -> its time: how often it has told something."""


class Clocks:
    """The clocks of one execution. What a thread does at its time t is known to whoever has t or more for it."""

    def __init__(self) -> None:
        self._threads: dict[int, Clock] = {0: {0: 1}}
        self.told: dict[int, Clock] = {}
        """What can be learnt at each key."""

    def of(self, thread: int) -> Clock:
        """The clock of `thread` as it is, not a copy."""
        clock = self._threads.get(thread)
        if clock is None:
            clock = self._threads[thread] = {thread: 1}
        return clock

    def take(self, thread: int, key: int) -> None:
        """`thread` learns what was given at `key`."""
        clock = self.of(thread)
        for other, time in self.told.get(key, {}).items():
            if time > clock.get(other, 0):
                clock[other] = time

    def give(self, thread: int, key: int) -> None:
        """Whoever takes from `key` later learns what `thread` knows now."""
        clock = self.of(thread)
        known = self.told.setdefault(key, {})
        for other, time in clock.items():
            if time > known.get(other, 0):
                known[other] = time
        clock[thread] += 1

    def start(self, parent: int, child: int) -> None:
        """`child` begins with what `parent` knows."""
        clock = self.of(parent)
        self._threads[child] = {**clock, child: 1}
        clock[parent] += 1
