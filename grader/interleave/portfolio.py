"""Which strategy searches when: a portfolio, because none wins alone.

1. DPOR for a few executions (its first is the natural order): small programs are covered here, and done.
2. With many threads one departure from the natural order for each pair of places; then a burst of each sampler: bugs
   that many schedules show, in programs of any size.
3. DPOR again, up to half of the budget, in the hope of covering everything.
4. Context bounds 0, 1 and 2, as far as they fit: "every schedule with at most k preemptions".
5. A mix of samplers for what is left.

Budgets are numbers of executions, all draws come from the seed: the same search every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random

from grader.interleave.strategies import Strategy
from grader.interleave.strategies.bursts import Bursts
from grader.interleave.strategies.context_bounded import ContextBounded
from grader.interleave.strategies.dpor import Dpor
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.pct import Pct
from grader.interleave.strategies.pos import PartialOrderSampling
from grader.interleave.strategies.random_walk import RandomWalk
from grader.interleave.strategies.site_pairs import SitePairs
from grader.interleave.strategies.surw import SelectivelyUniform

FIRST_LOOK = 60
"""Executions of DPOR before anything else is tried."""
BURST = 150
"""Executions of samplers after that."""
MANY_THREADS = 6
"""Above this many threads bound 2 is left out: it has too many schedules to be covered, and so are most orders of
threads that all do the same, which is why places are paired."""
CHUNK = 10
"""Executions before the mix of samplers goes on to the next."""


class Portfolio:
    """Gives out the strategy for one execution after the other, at most `executions` of them.

    Executions that DPOR abandons because another one covers them count, too, or a search that mostly
    abandons would never end.
    """

    def __init__(self, executions: int, preemptions: int, seed: int) -> None:
        self._left = executions
        self._preemptions = preemptions
        random = Random(seed)
        self._samplers: dict[str, Strategy] = {
            "pos": PartialOrderSampling(random),
            "walk": RandomWalk(random),
            "surw": SelectivelyUniform(random),
            **{f"pct{depth}": Pct(random, depth) for depth in range(2, 7)},
            "bursts": Bursts(random),
        }
        self.certain = True
        """The user takes this back when an execution was not one that a proof may count."""
        self.bound: int | None = None
        """Every schedule with at most this many preemptions was tried."""
        self._dpor = Dpor()
        self.threads = 1
        """The user keeps here how many threads the largest execution had."""

    @property
    def exhausted(self) -> bool:
        """Every schedule is covered, up to equivalence."""
        return self.certain and self._dpor.finished and not self._dpor.strayed

    def search(self) -> Iterator[Strategy]:
        """The whole portfolio."""
        half = self._left // 2
        yield from self._up_to(FIRST_LOOK, self._dpor)
        if not self.exhausted:
            if self.threads > MANY_THREADS:
                yield from self._up_to(min(BURST, half), SitePairs())
            yield from self._sample(("pos", "walk", "surw", "pct3"), min(BURST, half))
            yield from self._up_to(self._left - half, self._dpor)
        if not self.exhausted:
            yield from self._bounds()
            yield from self._sample(tuple(self._samplers), self._left)

    def sample(self) -> Iterator[Strategy]:
        """The natural order, then samplers only: for runs in which time orders what DPOR takes for independent."""
        yield from self._up_to(1, Natural())
        yield from self._sample(tuple(self._samplers), self._left)

    def _up_to(self, executions: int, strategy: Strategy) -> Iterator[Strategy]:
        """`strategy` as long as it has something to try, the budget lasts, and for at most `executions`."""
        while executions > 0 and self._left > 0 and strategy.begin():
            executions -= 1
            self._left -= 1
            yield strategy

    def _sample(self, names: tuple[str, ...], executions: int) -> Iterator[Strategy]:
        for name in cycle(names):
            if executions <= 0 or self._left <= 0:
                return
            yield from self._up_to(min(CHUNK, executions), self._samplers[name])
            executions -= CHUNK

    def _bounds(self) -> Iterator[Strategy]:
        shared: set[int] = set()
        highest = self._preemptions if self.threads <= MANY_THREADS else min(self._preemptions, 1)
        for bound in range(highest + 1):
            strategy = ContextBounded(bound, shared)
            yield from self._up_to(self._left // 2, strategy)
            if not strategy.finished or not self.certain:
                return
            self.bound = bound
