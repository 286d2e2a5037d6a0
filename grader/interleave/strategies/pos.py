"""Partial order sampling: Yuan, Yang, Gu, "Partial order aware concurrency sampling" (CAV 2018), section 4.

Each announced operation has a random priority; the highest goes. When it has gone, the operations that
conflict with it draw a new one, so that only orders that matter are sampled, each about equally often.
Differs from the paper in nothing but this: a thread's priority belongs to its announced operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from grader.interleave.operations import Operation, conflict


class PartialOrderSampling:
    """Draws every priority from `random`; never has nothing more to try."""

    def __init__(self, random: Random) -> None:
        self._draw = random.random

    def begin(self) -> bool:
        self._priorities: dict[int, float] = {}
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        priorities = self._priorities
        for thread in runnable:
            if thread not in priorities:
                priorities[thread] = self._draw()
        chosen = max(runnable, key=priorities.__getitem__)
        done = pending[chosen]
        del priorities[chosen]
        for thread in runnable:
            if thread != chosen and conflict(pending[thread], done):
                priorities[thread] = self._draw()
        return chosen

    def end(self, execution: object) -> None:
        """Nothing to learn."""
