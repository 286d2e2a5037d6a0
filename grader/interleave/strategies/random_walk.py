"""Uniform random walk: each thread that can run is as likely as any other.

The base line of every sampler (Thomson, Donaldson, Betts: "Concurrency testing using controlled schedulers",
TOPC 2016, find it hard to beat). Weak where one thread must be overtaken many times in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from grader.interleave.operations import Operation


class RandomWalk:
    """Draws every choice from `random`; never has nothing more to try."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def begin(self) -> bool:
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        return runnable[int(self._random.random() * len(runnable))]

    def end(self, execution: object) -> None:
        """Nothing to learn."""
