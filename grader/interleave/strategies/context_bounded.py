"""Iterative context bounding: Musuvathi, Qadeer, "Iterative context bounding for systematic testing of
multithreaded programs" (PLDI 2007).

Depth-first search over all schedules with at most `bound` preemptions; switches away from a thread that is
blocked or has ended are free. Differs in this: a thread is preempted only before operations that another thread's
can conflict with, which loses nothing, because a preemption before any other operation can be put off to the next
such one. Which ones these are is learnt by their sites, and the search starts again when it has learnt more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.schedule import NaturalOrder, stays
from grader.interleave.strategies.dependence import stops


class _Node:
    __slots__ = ("chosen", "current", "todo", "used")

    def __init__(self, used: int, current: int, chosen: int, todo: list[int]) -> None:
        self.used = used
        """Preemptions before this choice."""
        self.current = current
        """The thread that could go on, -1 when there is none."""
        self.chosen = chosen
        self.todo = todo

    def used_after(self) -> int:
        return self.used + (self.current not in (-1, self.chosen))


class _Touched:
    """Who touched one location in one execution, and how."""

    __slots__ = ("sites", "threads", "written")

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.sites: set[int] = set()
        self.written = False


class ContextBounded:
    """Deterministic; has nothing more to try when every schedule within the bound has been tried.

    With `representatives`, of the threads that stand at one place only the first and the last are tried there: then
    not every schedule is tried, but n threads that do the same do not take n! executions.
    """

    def __init__(self, bound: int, shared: set[int] | None = None, *, representatives: bool = False) -> None:
        self._bound = bound
        self._representatives = representatives
        self.shared: set[int] = set() if shared is None else shared
        """Sites of operations that conflicted with another thread's in some execution; grows."""
        self.finished = False
        """Nothing is left to try; needs an attempt to begin after the last execution."""
        self._learnt = -1
        self._nodes: list[_Node] = []
        self._touched: dict[int, _Touched] = {}

    def begin(self) -> bool:
        self._learn()
        if not self._nodes:
            if len(self.shared) == self._learnt:
                self.finished = True
                return False
            self._learnt = len(self.shared)
        self._depth = 0
        self._order = NaturalOrder()
        return True

    def _learn(self) -> None:
        for touched in self._touched.values():
            if touched.written and len(touched.threads) > 1:
                self.shared |= touched.sites
        self._touched = {}
        while self._nodes and not self._nodes[-1].todo:
            self._nodes.pop()
        if self._nodes:
            self._nodes[-1].chosen = self._nodes[-1].todo.pop(0)

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        if self._depth == len(self._nodes):
            self._nodes.append(self._node(runnable, pending, current))
        thread = self._nodes[self._depth].chosen
        if thread not in runnable:  # The program did something else this time.
            del self._nodes[self._depth :]
            return -1
        self._depth += 1
        self._order.moved(thread)
        operation = pending[thread]
        if operation.key >= 0:
            # Parts of one thing are taken together: a place too many costs a choice, one too few would lose one.
            touched = self._touched.setdefault(operation.key if operation.whole < 0 else operation.whole, _Touched())
            touched.threads.add(thread)
            touched.sites.add(operation.site)
            touched.written |= operation.kind != "read"
        return thread

    def _node(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> _Node:
        used = self._nodes[-1].used_after() if self._nodes else 0
        chosen = self._order.default(runnable, current)
        others = [thread for thread in runnable if thread != chosen]
        if self._representatives:
            others = _first_and_last(others, pending)
        if not stays(current, runnable):
            return _Node(used, -1, chosen, others)
        matters = pending[current].site in self.shared or (0 in pending and stops(pending[0]))
        return _Node(used, current, chosen, others if matters and used < self._bound else [])

    def end(self, execution: object) -> None:
        """What there is to learn was noted on the way."""


def _first_and_last(threads: Sequence[int], pending: Mapping[int, Operation]) -> list[int]:
    """Of those who stand at one place."""
    first = {pending[thread].site: thread for thread in reversed(threads)}
    last = {pending[thread].site: thread for thread in threads}
    chosen = {*first.values(), *last.values()}
    return [thread for thread in threads if thread in chosen]
