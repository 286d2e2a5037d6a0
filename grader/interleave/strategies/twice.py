"""Runs each schedule of another strategy twice, to find programs that do not repeat themselves.

As Shuttle does (its `UncontrolledNondeterminismCheckScheduler`): when the same choices lead to other
operations, something has escaped control (the real time, an address, a set's order), and nothing that is
said of the program is proven.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grader.interleave.operations import Operation
from grader.interleave.strategies import Strategy

if TYPE_CHECKING:
    from grader.interleave.engine import Execution

_Seen = tuple[int, tuple[int, ...], tuple[Operation, ...]]


class Twice:
    """Wraps `strategy`, which sees every second execution only. `differed` counts the pairs that did."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self._first: list[_Seen] = []
        self._second = True
        self.differed = 0

    def begin(self) -> bool:
        self._second = not self._second
        if self._second:
            self._place = 0
            return True
        self._first = []
        return self._strategy.begin()

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        here = (tuple(runnable), tuple(pending[thread] for thread in sorted(pending)))
        if not self._second:
            thread = self._strategy.choose(runnable, pending, current)
            self._first.append((thread, *here))
            return thread
        if self._place == len(self._first) or self._first[self._place][1:] != here:
            self._place = -1
            self.differed += 1
            return -1
        self._place += 1
        return self._first[self._place - 1][0]

    def end(self, execution: Execution) -> None:
        if not self._second:
            self._strategy.end(execution)
        elif 0 <= self._place < len(self._first):
            self.differed += 1
