"""Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte (ASPLOS 2010).

Random priorities for threads, and `depth - 1` points at which the running thread falls below all others: a
bug that needs `depth` ordering constraints is hit with probability at least 1 / (n k^(depth-1)). The paper
is given the length k of an execution; this takes the longest seen so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from grader.interleave.operations import Operation

FIRST_LENGTH = 20
"""Operations assumed before any execution has been seen."""


class Pct:
    """Draws priorities and change points from `random`; never has nothing more to try."""

    def __init__(self, random: Random, depth: int) -> None:
        self._random = random
        self._depth = depth
        self._length = FIRST_LENGTH
        self._now = 0

    def begin(self) -> bool:
        self._length = max(self._length, self._now)
        self._now = 0
        self._priorities: dict[int, float] = {}
        # Priorities that threads draw lie in (1, 2): whoever is demoted at the i-th point gets -i, below them all.
        self._points = {self._random.randrange(self._length): -i for i in range(1, self._depth)}
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        priorities = self._priorities
        for thread in runnable:
            if thread not in priorities:
                priorities[thread] = 1 + self._random.random()
        chosen = max(runnable, key=priorities.__getitem__)
        if self._now in self._points:
            priorities[chosen] = self._points[self._now]
            chosen = max(runnable, key=priorities.__getitem__)
        self._now += 1
        return chosen

    def end(self, execution: object) -> None:
        """What there is to learn, the length, was counted on the way."""
