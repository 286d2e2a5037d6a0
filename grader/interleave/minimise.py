"""The simplest schedule that a person has to follow to see the same outcome.

First deviations from the natural order are dropped as long as the outcome stays (Zeller, Hildebrandt,
"Simplifying and isolating failure-inducing input", TSE 2002), then what one thread does is pulled together
(Jalbert, Sen, "A trace simplification technique for effective debugging of concurrent programs", FSE 2010).
Then schedules with fewer preemptions are searched, fewest first (`context_bounded`), because a local
minimum may hide a much simpler one; of threads that all stand at one place only the first and the last are tried there.
The cost is bounded by a number of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from grader.interleave.operations import Operation
from grader.interleave.schedule import Deviations, NaturalOrder, Replay, deviations, preemptions
from grader.interleave.strategies import Strategy
from grader.interleave.strategies.context_bounded import ContextBounded

Choices = Sequence[tuple[int, Sequence[int]]]
"""(thread chosen, threads runnable) for each operation."""
SHORTEST = 100
"""An execution of fewer operations counts as so many: beginning and ending one takes its time, too."""


class Simplest(NamedTuple):
    """A schedule and what makes it simple; smaller is simpler."""

    preemptions: int
    switches: int
    length: int
    threads: tuple[int, ...]
    """Who went, operation by operation."""
    deviations: Deviations


def simplicity(choices: Choices) -> Simplest:
    """How simple the schedule that made `choices` is."""
    threads = tuple(thread for thread, _ in choices)
    switches = sum(a != b for a, b in pairwise(threads))
    return Simplest(preemptions(choices), switches, len(threads), threads, deviations(choices))


class Follow:
    """A strategy that lets the threads of `order` go in turn, passing over those that cannot run."""

    def __init__(self, order: Sequence[int]) -> None:
        self._left = list(reversed(order))
        self._natural = NaturalOrder()

    def begin(self) -> bool:
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        while self._left and self._left[-1] not in runnable:
            self._left.pop()
        thread = self._left.pop() if self._left else self._natural.default(runnable, current)
        self._natural.moved(thread)
        return thread

    def end(self, execution: object) -> None:
        """Nothing to learn."""


def pulled_together(threads: Sequence[int]) -> Iterator[list[int]]:
    """The orders in which one run of operations of a thread joins its previous or its next one."""
    runs = [list(run) for _, run in groupby(threads)]
    for place, run in enumerate(runs):
        earlier = max((one for one in range(place) if runs[one][0] == run[0]), default=None)
        if earlier is None:
            continue
        before, between, after = runs[:earlier], runs[earlier + 1 : place], runs[place + 1 :]
        for middle in ([runs[earlier], run, *between], [*between, runs[earlier], run]):
            yield [thread for part in (*before, *middle, *after) for thread in part]


class Minimiser:
    """`attempt` does one execution under a strategy: its choices, and whether the outcome is the one wanted."""

    def __init__(self, attempt: Callable[[Strategy], tuple[Choices, bool]], operations: int) -> None:
        self._attempt = attempt
        self._left = operations

    def minimise(self, start: Simplest) -> Simplest:
        """The simplest schedule found; `start` itself when nothing simpler has the outcome."""
        best = self._pull_together(self._drop_deviations(start))
        for bound in range(best.preemptions):
            found = self._search(bound)
            if found is not None:
                return self._pull_together(self._drop_deviations(found))
        return best

    def _pull_together(self, best: Simplest) -> Simplest:
        improved = True
        while improved:
            improved = False
            for order in pulled_together(best.threads):
                found = self._try(Follow(order))
                if found is not None and found[:3] < best[:3]:
                    best, improved = found, True
                    break
        return best

    def _drop_deviations(self, best: Simplest) -> Simplest:
        size = len(best.deviations)
        while size:
            places = list(best.deviations)
            for begin in range(0, len(places), size):
                dropped = set(places[begin : begin + size])
                found = self._try(Replay({at: to for at, to in best.deviations.items() if at not in dropped}))
                if found is not None and found[:3] < best[:3]:
                    best = found
                    break
            else:
                size //= 2
            size = min(size, len(best.deviations))
        return best

    def _search(self, bound: int) -> Simplest | None:
        strategy = ContextBounded(bound, representatives=True)
        while self._left > 0:
            if not strategy.begin():
                return None
            found = self._try(strategy)
            if found is not None:
                return found
        return None

    def _try(self, strategy: Strategy) -> Simplest | None:
        """One execution: how simple it was, or None when it had another outcome."""
        if self._left <= 0:
            return None
        choices, wanted = self._attempt(strategy)
        self._left -= max(len(choices), SHORTEST)
        return simplicity(choices) if wanted else None
