"""Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency
testing" (ASPLOS 2025), algorithms 1 and 2.

A plain random walk visits some interleavings far more often than others, because threads have different
lengths. Weighting each thread by the interesting operations that it has left makes the interleavings of
those operations equally likely. The lengths are taken from earlier executions, a thread that has not been
started yet counts for the thread that will start it. What is interesting is drawn anew in each execution: the
operations on one location that several threads touch, or all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from grader.interleave.operations import Operation

ALL = -1


class SelectivelyUniform:
    """Draws every choice from `random`; the first execution, which knows no lengths, is a plain walk."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._parents: dict[int, int] = {}
        self._lengths: dict[int, Counter[int]] = {ALL: Counter()}
        """key -> thread -> operations on it in the last execution that reached it; ALL counts everything."""
        self._seen: dict[int, Counter[int]] = {}

    def begin(self) -> bool:
        self._lengths.update(self._seen)
        self._seen = {ALL: Counter()}
        shared = [key for key, counts in self._lengths.items() if len(counts) > 1]
        self._key = self._random.choice(shared) if shared and self._random.random() < 0.5 else ALL
        self._left = self._with_children(self._lengths[self._key])
        self._intended = -1
        self._known: set[int] = set()
        return True

    def _with_children(self, lengths: Mapping[int, int]) -> dict[int, int]:
        left = dict(lengths)
        # Children have higher numbers than their parents: from the youngest up, each weight is complete.
        for thread in sorted(self._parents, reverse=True):
            parent = self._parents[thread]
            left[parent] = left.get(parent, 0) + left.get(thread, 0)
        return left

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        if not pending.keys() <= self._known:
            self._meet(pending, current)
        if self._intended not in runnable:
            self._intended = self._weighted(runnable)
        free = [thread for thread in runnable if thread == self._intended or not self._interesting(pending[thread])]
        chosen = self._random.choice(free)
        operation = pending[chosen]
        self._seen[ALL][chosen] += 1
        if operation.key >= 0:
            self._seen.setdefault(operation.key, Counter())[chosen] += 1
        if self._interesting(operation):
            self._left[chosen] = self._left.get(chosen, 0) - 1
            self._intended = -1
        return chosen

    def _interesting(self, operation: Operation) -> bool:
        return self._key in (ALL, operation.key)

    def _weighted(self, runnable: Sequence[int]) -> int:
        weights = [max(self._left.get(thread, 0), 1) for thread in runnable]
        return self._random.choices(runnable, weights)[0]

    def _meet(self, pending: Mapping[int, Operation], current: int) -> None:
        for thread in pending:
            if thread not in self._known and current >= 0:
                self._parents.setdefault(thread, current)
                self._left[current] = self._left.get(current, 0) - self._left.get(thread, 0)
        self._known = set(pending)

    def end(self, execution: object) -> None:
        """What there is to learn, the lengths, was counted on the way."""
