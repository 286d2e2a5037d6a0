"""Depth-first search over all schedules, less those that sleep sets show to be covered.

Godefroid, "Partial-order methods for the verification of concurrent systems" (LNCS 1032, 1996), chapter 5. It
completes exactly one execution for each class of equivalent ones, but starts many more than DPOR does. It
shares nothing with `dpor` but the relation of dependence: tests hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.strategies.dependence import dependent


class _Node:
    __slots__ = ("asleep", "chosen", "todo")

    def __init__(self, asleep: set[int], todo: list[int]) -> None:
        self.asleep = asleep
        self.todo = todo
        self.chosen = todo.pop(0)


class SleepSets:
    """Deterministic; has nothing more to try when everything is covered."""

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._depth = -1

    def begin(self) -> bool:
        if self._depth >= 0 and not self._turn():
            return False
        self._depth = 0
        self._asleep: set[int] = set()
        return True

    def _turn(self) -> bool:
        while self._nodes:
            node = self._nodes[-1]
            if node.todo:
                node.asleep.add(node.chosen)
                node.chosen = node.todo.pop(0)
                return True
            self._nodes.pop()
        return False

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        if self._depth == len(self._nodes):
            awake = [thread for thread in runnable if thread not in self._asleep]
            if not awake:
                return -1
            self._nodes.append(_Node(self._asleep, awake))
        node = self._nodes[self._depth]
        self._depth += 1
        done = pending[node.chosen]
        self._asleep = {thread for thread in node.asleep if not dependent(pending[thread], done)}
        return node.chosen

    def end(self, execution: object) -> None:
        """The tree was built on the way."""
