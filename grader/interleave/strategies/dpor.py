"""Dynamic partial order reduction: one execution for each class of equivalent ones, as long as it ends.

Source-DPOR with sleep sets: Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial order reduction"
(POPL 2014), algorithm 1, and "Source sets" (JACM 2017), section 10 for locks. It differs in this:

* Races are looked for once an execution is over, in the part that is new, and also between what was done
  and what was announced but never done: a thread that is blocked in a deadlock, or alive when the program
  stops, has operations whose order mattered.
* An operation that blocks (acquire, wait) does not race with the one that let it go on, but with the one that
  made it impossible. Whether it was possible is read off `runnable` where the thread had announced it
  already; elsewhere it is assumed, which costs executions that sleep sets cut short, never coverage.
* The end of the program depends on everything, because it cuts off daemon threads.

Happens-before is kept as bit sets over the operations of one execution: bit i is the i-th operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.interleave.operations import Operation
from grader.interleave.schedule import NaturalOrder
from grader.interleave.strategies.dependence import dependent, stops

if TYPE_CHECKING:
    from grader.interleave.engine import Execution

_ORDERED = frozenset({"start", "join", "end", "sleep", "yield"})
"""Kinds whose conflicts can never happen the other way round."""
_BLOCKING = frozenset({"acquire", "wait"})


class _Node:
    """One choice of the execution at hand."""

    __slots__ = ("asleep", "backtrack", "born", "covered", "operation", "past", "runnable")

    def __init__(self, runnable: Sequence[int], asleep: set[int]) -> None:
        self.runnable = frozenset(runnable)
        self.asleep = asleep
        """Threads that need not go from here: all that follows them has been covered."""
        self.covered = set(asleep)
        """The same, those explored from here already, and the one being explored."""
        self.backtrack: set[int] = set()
        """Threads that must go from here, unless covered."""
        self.born: tuple[int, ...] = ()
        """Threads that this operation started."""
        self.past = 0
        """What happens before this operation, and itself."""
        self.operation: Operation

    def take(self, operation: Operation) -> None:
        self.operation = operation
        self.backtrack.add(operation.thread)
        self.covered.add(operation.thread)


class Dpor:
    """Deterministic; has nothing more to try when everything is covered.

    `complete` counts the executions that ran to an end, `cut` those that sleep sets abandoned, `strayed`
    those that did not do the same again under the same choices (then nothing is proven).
    """

    def __init__(self) -> None:
        self.complete = self.cut = self.strayed = 0
        self._nodes: list[_Node] = []
        self._next = -1
        """Whom the deepest node must let go now; -1 in the first execution."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to try."""
        return self.complete > 0 and not any(node.backtrack - node.covered for node in self._nodes)

    def begin(self) -> bool:
        if self._next >= 0 or self.complete + self.cut + self.strayed:
            self._next = self._turn()
            if self._next < 0:
                return False
        self._fresh = max(len(self._nodes) - 1, 0)
        self._depth = 0
        self._state = "running"
        self._asleep: set[int] = set()
        self._known: set[int] = set()
        self._order = NaturalOrder()
        return True

    def _turn(self) -> int:
        """Go back to the deepest choice that has something left; the thread that goes there next, or -1."""
        while self._nodes:
            node = self._nodes[-1]
            node.asleep.add(node.operation.thread)
            todo = node.backtrack - node.covered
            if todo:
                node.born = ()
                return min(todo)
            self._nodes.pop()
        return -1

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        if not pending.keys() <= self._known:
            self._meet(pending)
        depth = self._depth
        thread = self._who(depth, runnable, current)
        if thread not in runnable or (depth < self._fresh and pending[thread] != self._nodes[depth].operation):
            self._state = "cut" if thread < 0 else "strayed"
            return -1
        node = self._nodes[depth]
        operation = pending[thread]
        if depth >= self._fresh:
            node.take(operation)
        self._asleep = {t for t in node.asleep if not dependent(pending[t], operation)}
        self._depth = depth + 1
        self._order.moved(thread)
        return thread

    def _meet(self, pending: Mapping[int, Operation]) -> None:
        born = tuple(thread for thread in pending if thread not in self._known)
        self._known.update(born)
        if self._depth > self._fresh:
            self._nodes[self._depth - 1].born = born

    def _who(self, depth: int, runnable: Sequence[int], current: int) -> int:
        if depth < self._fresh:
            return self._nodes[depth].operation.thread
        if depth < len(self._nodes):
            return self._next
        awake = [thread for thread in runnable if thread not in self._asleep]
        if not awake:
            return -1
        self._nodes.append(_Node(runnable, self._asleep))
        return self._order.default(awake, current)

    def end(self, execution: Execution) -> None:
        self.complete += self._state == "running"
        self.cut += self._state == "cut"
        self.strayed += self._state == "strayed"
        if self._state == "strayed":
            return
        self._meet(execution.pending)
        nodes = self._nodes[: self._depth]
        past = _Past(nodes)
        for index, node in enumerate(nodes):
            if index >= self._fresh:
                past.reverse(node.operation)
            past.add(index, node)
        for operation in execution.pending.values():
            past.reverse(operation)


class _Past:
    """What happens before what, along one execution, and the choices that would turn a race round."""

    def __init__(self, nodes: list[_Node]) -> None:
        self._nodes = nodes
        self._length = 0
        self._threads: dict[int, int] = {}
        """thread -> what happens before whatever it does next."""
        self._changes: dict[int, list[int]] = {}
        """key -> the operations on it that are not reads."""
        self._reads: dict[int, list[int]] = {}
        """key -> the reads since the last of them."""

    def add(self, index: int, node: _Node) -> None:
        """The operation of `node` is done, as the `index`-th."""
        thread, kind, key, _ = node.operation
        past = self._threads.get(thread, 0) | 1 << index
        if stops(node.operation):
            past = (1 << index + 1) - 1
        elif key >= 0:
            changes = self._changes.setdefault(key, [])
            if changes:
                past |= self._nodes[changes[-1]].past
            if kind == "read":
                self._reads.setdefault(key, []).append(index)
            else:
                for read in self._reads.pop(key, ()):
                    past |= self._nodes[read].past
                changes.append(index)
        node.past = self._threads[thread] = past
        for child in node.born:
            self._threads[child] = past
        self._length = index + 1

    def reverse(self, operation: Operation) -> None:
        """Ask for the schedules in which `operation`, which comes next, comes before what it races with."""
        before = self._threads.get(operation.thread, 0)
        for rival in self._rivals(operation, before):
            self._reverse(rival, operation, before)

    def _rivals(self, operation: Operation, before: int) -> list[int]:
        """The operations that race with this one."""
        if self._length and self._cut_off(operation.thread):
            return [self._length - 1]
        if stops(operation):
            return self._latest([past.bit_length() - 1 for past in self._threads.values()], before)
        if operation.key < 0 or operation.kind in _ORDERED:
            return []
        if operation.kind in _BLOCKING:
            return list(self._blockers(operation, before))
        reads = self._reads.get(operation.key, []) if operation.kind != "read" else []
        return self._latest(reads or self._changes.get(operation.key, [])[-1:], before)

    def _cut_off(self, thread: int) -> bool:
        """Whether the program has stopped while `thread` could have gone on."""
        last = self._nodes[self._length - 1]
        return stops(last.operation) and thread in last.runnable

    def _latest(self, rivals: list[int], before: int) -> list[int]:
        """Those that happen neither before what the thread did last nor before another of them."""
        nodes = self._nodes
        return [
            one
            for one in rivals
            if not before >> one & 1 and not any(nodes[other].past >> one & 1 for other in rivals if other != one)
        ]

    def _blockers(self, operation: Operation, before: int) -> Iterator[int]:
        """The operations, latest first, before which this one could have been done instead."""
        changes = self._changes.get(operation.key, [])
        for place in range(len(changes) - 1, -1, -1):
            one = changes[place]
            if before >> one & 1:
                return
            node = self._nodes[one]
            if self._announced(operation.thread, one):
                if operation.thread in node.runnable:
                    yield one
                    return
            elif operation.kind == "wait" or not self._frees(changes, place):
                yield one

    def _frees(self, changes: list[int], place: int) -> bool:
        """Whether the operation at `place` releases what the one before it acquired."""
        kinds = [self._nodes[one].operation.kind for one in changes[max(place - 1, 0) : place + 1]]
        return kinds == ["acquire", "release"]

    def _announced(self, thread: int, index: int) -> bool:
        """Whether what `thread` does next had been announced before the `index`-th operation."""
        return self._threads.get(thread, 0) < 1 << index

    def _reverse(self, rival: int, operation: Operation, before: int) -> None:
        nodes, node = self._nodes, self._nodes[rival]
        # `between`: what comes after the rival and does not depend on it. Any of its first operations, done
        # instead of the rival, leads to the reversed race (an initial of a source set).
        between = 0
        first: dict[int, int] = {}
        for index in range(rival + 1, self._length):
            past = nodes[index].past
            if not past >> rival & 1:
                between |= 1 << index
                if past & between == 1 << index:
                    first.setdefault(nodes[index].operation.thread, index)
        if not before & between and not self._depends(operation, between):
            first[operation.thread] = self._length
        if first.keys() & (node.backtrack | node.asleep):
            return
        able = first.keys() & node.runnable
        if able:
            node.backtrack.add(operation.thread if operation.thread in able else min(able))

    def _depends(self, operation: Operation, between: int) -> bool:
        """Whether `operation` depends on one of `between`."""
        if stops(operation):
            return between > 0
        same = self._changes.get(operation.key, [])
        if operation.kind != "read":
            same = same + self._reads.get(operation.key, [])
        return any(between >> index & 1 for index in same)
