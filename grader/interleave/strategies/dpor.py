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

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.interleave.operations import Operation, OperationKind
from grader.interleave.schedule import NaturalOrder
from grader.interleave.strategies.dependence import dependent, stops

if TYPE_CHECKING:
    from grader.interleave.engine import Execution

_ORDERED = frozenset({"start", "join", "sleep", "yield"})
"""Kinds whose conflicts can never happen the other way round."""
_BLOCKING = frozenset({"acquire", "wait", "await"})


class _Node:
    """One choice of the execution at hand."""

    __slots__ = ("asleep", "backtrack", "born", "operation", "past", "runnable")

    def __init__(self, runnable: Sequence[int], asleep: set[int]) -> None:
        self.runnable = tuple(runnable)
        self.asleep = asleep
        """Threads that need not go from here: all that follows them has been covered."""
        self.backtrack: set[int] = set()
        """Threads that must go from here, unless they are asleep."""
        self.born: tuple[int, ...] = ()
        """Threads that this operation started."""
        self.past = 0
        """What happens before this operation, and itself."""
        self.operation: Operation

    def left(self) -> set[int]:
        """Threads that must still go from here, besides the one that goes now, which is always among them."""
        if len(self.backtrack) == 1:
            return set()
        return self.backtrack - self.asleep - {self.operation.thread}


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
        return self.complete > 0 and not any(node.left() for node in self._nodes)

    def begin(self) -> bool:
        if self._next >= 0 or self.complete + self.cut + self.strayed:
            self._next = self._turn()
            if self._next < 0:
                return False
        self._fresh = max(len(self._nodes) - 1, 0)
        """The first choice that is not the last execution's."""
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
            left = node.left()
            if left:
                node.asleep.add(node.operation.thread)
                node.born = ()
                return min(left)
            self._nodes.pop()
        return -1

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        depth = self._depth
        if depth < self._fresh:
            operation = self._nodes[depth].operation
            thread = operation.thread
            announced = pending.get(thread)
            # As a rule it is the same object.
            if thread not in runnable or (announced is not operation and announced != operation):
                self._state = "strayed"
                return -1
            self._depth = depth + 1
            return thread
        if not pending.keys() <= self._known:
            self._meet(pending)
        return self._go_on(runnable, pending, current)

    def _go_on(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        """Where the last execution has not been, or went another way."""
        if self._depth < len(self._nodes):
            thread = self._next
            if thread not in runnable:
                self._state = "strayed"
                return -1
        else:
            awake = [thread for thread in runnable if thread not in self._asleep] if self._asleep else runnable
            if not awake:
                self._state = "cut"
                return -1
            thread = self._order.default(awake, current)
            self._nodes.append(_Node(runnable, self._asleep))
        node = self._nodes[self._depth]
        node.operation = operation = pending[thread]
        node.backtrack.add(thread)
        self._asleep = {t for t in node.asleep if not dependent(pending[t], operation)} if node.asleep else set()
        self._depth += 1
        self._order.moved(thread)
        return thread

    def _meet(self, pending: Mapping[int, Operation]) -> None:
        born = tuple(thread for thread in pending if thread not in self._known)
        self._known.update(born)
        if self._depth > self._fresh:
            self._nodes[self._depth - 1].born = born

    def end(self, execution: Execution) -> None:
        self.complete += self._state == "running"
        self.cut += self._state == "cut"
        self.strayed += self._state == "strayed"
        if self._state == "strayed":
            return
        self._meet(execution.pending)
        past = _Past(self._nodes[: self._depth])
        past.repeat(self._fresh)
        for _ in range(self._fresh, self._depth):
            past.add()
        past.stop(execution.pending.values())


class _Past:
    """What happens before what, along one execution, and the choices that would turn a race round."""

    def __init__(self, nodes: list[_Node]) -> None:
        self._nodes = nodes
        self._length = 0
        self._threads: dict[int, int] = {}
        """thread -> what happens before whatever it does next."""
        self._changes: defaultdict[int, list[int]] = defaultdict(list)
        """key -> the operations on it that are not reads."""
        self._reads: defaultdict[int, list[int]] = defaultdict(list)
        """key -> the reads since the last of them."""
        self._parts: defaultdict[int, set[int]] = defaultdict(set)
        """key -> the keys of parts of it that were touched."""

    def repeat(self, count: int) -> None:
        """The first `count` operations are as they were in an execution before, and so are their races."""
        threads = self._threads
        for index in range(count):
            node = self._nodes[index]
            threads[node.operation.thread] = node.past
            for child in node.born:
                threads[child] = node.past
            self._record(index, node.operation)
        self._length = count

    def _record(self, index: int, operation: Operation) -> None:
        _, kind, key, _, whole = operation
        if key < 0:
            return
        if whole >= 0:
            self._parts[whole].add(key)
        if kind == "read":
            self._reads[key].append(index)
            return
        self._changes[key].append(index)
        self._reads.pop(key, None)
        for part in self._parts.get(key, ()):
            self._reads.pop(part, None)

    def add(self) -> None:
        """The next operation is done."""
        index = self._length
        node = self._nodes[index]
        thread = node.operation.thread
        before = self._threads.get(thread, 0)
        met = self._meets(node.operation)
        for rival in self._rivals(node.operation, before, met):
            self._reverse(rival, node.operation, before)
        past = before | 1 << index
        if stops(node.operation):
            past = (1 << index + 1) - 1
        else:
            for earlier in met:
                past |= self._nodes[earlier].past
        self._record(index, node.operation)
        node.past = self._threads[thread] = past
        for child in node.born:
            self._threads[child] = past
        self._length = index + 1

    def stop(self, pending: Iterable[Operation]) -> None:
        """These were announced, and never done."""
        for operation in pending:
            last = self._nodes[self._length - 1] if self._length else None
            before = self._threads.get(operation.thread, 0)
            rivals = self._rivals(operation, before, self._meets(operation))
            if last is not None and stops(last.operation) and operation.thread in last.runnable:
                # It could have gone on before the program stopped.
                rivals = [self._length - 1]
            for rival in rivals:
                self._reverse(rival, operation, before)

    def _rivals(self, operation: Operation, before: int, met: Sequence[int]) -> list[int]:
        """The operations that race with this one, which comes next and conflicts with those `met`."""
        if stops(operation):
            return self._latest([past.bit_length() - 1 for past in self._threads.values()], before)
        if operation.key < 0 or operation.kind in _ORDERED:
            return []
        if operation.kind in _BLOCKING:
            reads = self._reads.get(operation.key, [])
            return [*self._latest(reads, before), *self._blockers(operation, before)]
        return self._latest(met, before) if met else []

    def _meets(self, operation: Operation) -> Sequence[int]:
        """The operations done that this one conflicts with, but for those that happen before one of them."""
        if operation.whole < 0 and operation.key not in self._parts:
            return self._met_by(operation.kind, operation.key)
        return [one for key in self._keys_met(operation) for one in self._met_by(operation.kind, key)]

    def _met_by(self, kind: OperationKind, key: int) -> Sequence[int]:
        reads = self._reads.get(key) if kind != "read" else None
        return reads or self._changes.get(key, ())[-1:]

    def _keys_met(self, operation: Operation) -> tuple[int, ...]:
        if operation.key < 0:
            return ()
        if operation.whole >= 0:
            return operation.key, operation.whole
        return operation.key, *self._parts.get(operation.key, ())

    def _latest(self, rivals: Sequence[int], before: int) -> list[int]:
        """Those that happen neither before what the thread did last nor before another of them."""
        latest = []
        for one in sorted(rivals, reverse=True):
            if not before >> one & 1:
                latest.append(one)
                # Covers what it comes after: one pass, however many reads a loop has done.
                before |= self._nodes[one].past
        return latest

    def _blockers(self, operation: Operation, before: int) -> Iterator[int]:
        """The operations, latest first, before which this one could have been done instead."""
        changes = self._changes[operation.key]
        for place in range(len(changes) - 1, -1, -1):
            one = changes[place]
            if before >> one & 1:
                return
            node = self._nodes[one]
            if self._announced(operation.thread, one):
                if operation.thread in node.runnable:
                    yield one
                    return
            elif operation.kind != "acquire" or not self._frees(changes, place):
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
        if not node.backtrack.isdisjoint(first) or not node.asleep.isdisjoint(first):
            return
        able = [thread for thread in node.runnable if thread in first]
        if able:
            node.backtrack.add(operation.thread if operation.thread in able else able[0])

    def _depends(self, operation: Operation, between: int) -> bool:
        """Whether `operation` depends on one of `between`."""
        if stops(operation):
            return between > 0
        tables = [self._changes] if operation.kind == "read" else [self._changes, self._reads]
        same = [index for key in self._keys_met(operation) for table in tables for index in table.get(key, ())]
        return any(between >> index & 1 for index in same)
