"""One departure from the natural order, for each pair of places in the sources once.

The coverage of Yu, Narayanasamy, Pereira, Pokam, "Maple: a coverage-driven testing tool for multithreaded programs"
(OOPSLA 2012): of many threads that run the same code, one interleaving of two places shows what all the others would.
Differs in this: the pairs are not foreseen, the first place in an execution that offers a new one takes it. A pair is
the place that the thread would have gone on from (-1 where it could not) and the place at which the other goes instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.schedule import NaturalOrder


class SitePairs:
    """Deterministic; has nothing more to try when the last execution met no new pair."""

    def __init__(self) -> None:
        self._tried: set[tuple[int, int]] = set()
        self._departed = True

    def begin(self) -> bool:
        again, self._departed = self._departed, False
        self._order = NaturalOrder()
        return again

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        thread = self._order.default(runnable, current)
        if not self._departed:
            thread = self._departure(thread, runnable, pending, current)
        self._order.moved(thread)
        return thread

    def _departure(self, natural: int, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        left = pending[current].site if current in runnable else -1
        for thread in runnable:
            pair = (left, pending[thread].site)
            if thread != natural and pair not in self._tried:
                self._tried.add(pair)
                self._departed = True
                return thread
        return natural

    def end(self, execution: object) -> None:
        """What there is to learn was noted on the way."""
