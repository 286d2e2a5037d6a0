"""Schedules: where an execution left the natural order, as a short text that survives Python versions.

The natural order: the thread that moved last goes on as long as it can (for at most `SLICE` operations in
a row, so that a thread that only waits for another cannot starve it); then the thread with the next higher
number that can run, and after the highest the lowest. Whoever would only time out now comes after all others.

A schedule lists the places where somebody else went instead: "after thread t had done its n-th
operation, thread u was next", written `t.n-u` and joined by `_`. The empty text is the natural order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.errors import CourseError
from grader.interleave.operations import Operation

SLICE = 1000
"""Operations that the natural order lets one thread do in a row while others could run."""

Deviations = Mapping[tuple[int, int], int]
"""(thread that moved last, how many operations it had done) -> the thread that went next."""

_ONE = re.compile(r"(\d+)\.(\d+)-(\d+)")


class Hesitant(tuple[int, ...]):
    """Threads that may be chosen, of whom the `late` would time out: they may, but by themselves they go on waiting."""

    late: frozenset[int]


def stays(current: int, runnable: Sequence[int]) -> bool:
    """Whether `current` could go on with what it does, so that to stop it is a preemption."""
    return current in runnable and not (type(runnable) is Hesitant and current in runnable.late)


class NaturalOrder:
    """The default choice, as a state that walks along one execution."""

    def __init__(self) -> None:
        self.done: dict[int, int] = {}
        """How many operations each thread has done."""
        self._row = 0
        self._last = -1

    def default(self, runnable: Sequence[int], current: int) -> int:
        """Whom the natural order lets go next, out of `runnable`."""
        if type(runnable) is Hesitant and self._row < SLICE:
            runnable = [thread for thread in runnable if thread not in runnable.late] or [*runnable]
        if current in runnable and (self._row < SLICE or len(runnable) == 1):
            return current
        return next((thread for thread in runnable if thread > current), runnable[0])

    def place(self, current: int) -> tuple[int, int]:
        """The name of the coming choice: stable against whatever other threads do."""
        return max(current, 0), self.done.get(current, 0)

    def moved(self, thread: int) -> None:
        """`thread` does its next operation."""
        self.done[thread] = self.done.get(thread, 0) + 1
        self._row = self._row + 1 if thread == self._last else 1
        self._last = thread


def deviations(choices: Iterable[tuple[int, Sequence[int]]]) -> dict[tuple[int, int], int]:
    """Where the execution that made `choices` (thread chosen, threads runnable) left the natural order."""
    order, found, current = NaturalOrder(), {}, -1
    for thread, runnable in choices:
        if len(runnable) > 1 and order.default(runnable, current) != thread:
            found[order.place(current)] = thread
        order.moved(thread)
        current = thread
    return found


def preemptions(choices: Iterable[tuple[int, Sequence[int]]]) -> int:
    """How often a thread was stopped that could have gone on. Changes at a blocked or ended thread are free."""
    count, current = 0, -1
    for thread, runnable in choices:
        count += thread != current and stays(current, runnable)
        current = thread
    return count


def write(found: Deviations) -> str:
    """The text of a schedule; characters [0-9._-] only."""
    return "_".join(f"{thread}.{n}-{to}" for (thread, n), to in found.items())


def read(text: str) -> dict[tuple[int, int], int]:
    """The deviations that `text` spells. Raises CourseError naming the part that spells none."""
    found = {}
    for part in text.split("_") if text else ():
        match = _ONE.fullmatch(part)
        if match is None:
            raise CourseError(
                f"{part!r} in the schedule {text!r} is not of the form thread.operation-thread",
                remedy="copy the whole word after `grade replay exNN`",
                slug="replay-token",
            )
        thread, n, to = map(int, match.groups())
        found[thread, n] = to
    return found


class Replay:
    """A strategy that follows one schedule, once."""

    def __init__(self, found: Deviations) -> None:
        self._deviations = found
        self._order = NaturalOrder()
        self._runs = 1
        self.unmet: set[tuple[int, int]] = set(found)
        """Places that never came, or whose thread could not run: the program is not the recorded one."""

    def begin(self) -> bool:
        self._runs -= 1
        return self._runs == 0

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        order = self._order
        place = order.place(current)
        thread = self._deviations.get(place, -1)
        if thread in runnable:
            self.unmet.discard(place)
        else:
            thread = order.default(runnable, current)
        order.moved(thread)
        return thread

    def end(self, execution: object) -> None:
        """One execution is all there is."""
