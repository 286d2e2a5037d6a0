"""Fair bursts: a random thread runs alone for a random while, and everybody gets a turn.

A random walk with few switches: the length of each burst is drawn anew (geometric, with a mean drawn once an
execution), so that both tight and loose interleavings come up; among the threads that can run, the one that
waited longest is preferred half of the time. In the spirit of the fair scheduling of Musuvathi and Qadeer
("Fair stateless model checking", PLDI 2008); helps where a thread must run far before another moves at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from grader.interleave.operations import Operation

MEANS = (2, 4, 8, 16, 32)
"""Mean lengths of a burst, in operations."""


class Bursts:
    """Draws every choice from `random`; never has nothing more to try."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def begin(self) -> bool:
        self._stop = 1 / self._random.choice(MEANS)
        self._moved: dict[int, int] = {}
        self._now = 0
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        thread = current
        if current not in runnable or self._random.random() < self._stop:
            thread = self._next(runnable)
        self._now += 1
        self._moved[thread] = self._now
        return thread

    def _next(self, runnable: Sequence[int]) -> int:
        if self._random.random() < 0.5:
            return min(runnable, key=lambda thread: self._moved.get(thread, 0))
        return self._random.choice(runnable)

    def end(self, execution: object) -> None:
        """Nothing to learn."""
