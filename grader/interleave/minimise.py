"""The simplest schedule that a person has to follow to see the same outcome.

First deviations from the natural order are dropped as long as the outcome stays (Zeller, Hildebrandt,
"Simplifying and isolating failure-inducing input", TSE 2002). Then schedules with fewer preemptions are
searched, fewest first (`context_bounded`), because a local minimum may hide a much simpler one. The cost is
bounded by a number of executions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from grader.interleave.schedule import Deviations, Replay, deviations, preemptions
from grader.interleave.strategies import Strategy
from grader.interleave.strategies.context_bounded import ContextBounded

Choices = Sequence[tuple[int, Sequence[int]]]
"""(thread chosen, threads runnable) for each operation."""


class HasChoices(Protocol):
    @property
    def choices(self) -> Choices: ...


class Simplest(NamedTuple):
    """A schedule and what makes it simple; smaller is simpler."""

    preemptions: int
    switches: int
    length: int
    deviations: Deviations


def simplicity(choices: Choices) -> Simplest:
    """How simple the schedule that made `choices` is."""
    threads = [thread for thread, _ in choices]
    switches = sum(a != b for a, b in zip(threads, threads[1:], strict=False))
    return Simplest(preemptions(choices), switches, len(threads), deviations(choices))


class Minimiser:
    """`run` does one execution under a strategy; `same` says whether it has the outcome that is wanted."""

    def __init__(
        self, run: Callable[[Strategy], HasChoices], same: Callable[[HasChoices], bool], executions: int
    ) -> None:
        self._run = run
        self._same = same
        self._left = executions

    def minimise(self, start: Simplest) -> Simplest:
        """The simplest schedule found; `start` itself when nothing simpler has the outcome."""
        best = self._drop_deviations(start)
        for bound in range(best.preemptions):
            found = self._search(bound)
            if found is not None:
                return self._drop_deviations(found)
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
        strategy = ContextBounded(bound)
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
        self._left -= 1
        execution = self._run(strategy)
        return simplicity(execution.choices) if self._same(execution) else None
