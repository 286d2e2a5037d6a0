"""One preemption for each pair of places once, before an operation on something shared. See `site_pairs`.

Where an execution costs a hundred times as much as a thread's, the first ones must go where mistakes are: between a
read and the write that follows it, between two locks. Who starts or joins whom is left to the natural order. A place
that a process comes to again counts as another one: a line may be written in two pieces at one place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.schedule import NaturalOrder

TIMES = 2
"""Coming to a place for the third time is the same as for the hundredth."""
_ORDERED = frozenset({"start", "join", "yield"})


class PreemptedPairs:
    """Deterministic; has nothing more to try when the last execution met no new pair."""

    def __init__(self) -> None:
        self._tried: set[tuple[int, int, int]] = set()
        self._departed = True

    def begin(self) -> bool:
        again, self._departed = self._departed, False
        self._order = NaturalOrder()
        self._been: Counter[tuple[int, int]] = Counter()
        return again

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        thread = self._order.default(runnable, current)
        if not self._departed and current in runnable and pending[current].kind not in _ORDERED:
            thread = self._departure(runnable, pending, current)
        self._order.moved(thread)
        self._been[thread, pending[thread].site] += 1
        return thread

    def _departure(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        left = pending[current].site
        again = min(self._been[current, left], TIMES)
        for thread in runnable:
            pair = (left, again, pending[thread].site)
            if thread != current and pair not in self._tried:
                self._tried.add(pair)
                self._departed = True
                return thread
        return current

    def end(self, execution: object) -> None:
        """What there is to learn was noted on the way."""
