"""Choices: which thread goes next. No two executions get the same choices, as long as there are different ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

ROWS = (4, 8, 16)
"""How many choices a thread gets in a row, on the average of an execution: short rows find what needs many changes of
threads, long ones what needs few at the right places. Each row costs a question and an answer across the border. Half
as long ones find no more (benchmarks/RESULTS.md)."""


class _Place:
    """A choice that was made, in some execution, and what came after each thread that was chosen."""

    __slots__ = ("after", "left")

    def __init__(self, able: Sequence[int]) -> None:
        self.left = set(able)
        """Threads after which not everything has been tried."""
        self.after: dict[int, _Place] = {}


class Choices:
    """Of many executions of one scenario. `exhausted`: every schedule was tried."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._start = _Place(())
        """Before the first choice, which comes after -1."""
        self.exhausted = False
        self._begin()

    def choose(self, able: Sequence[int]) -> tuple[int, int]:
        """One of `able`, which holds at least one, and for how many choices in a row."""
        before, thread = self._path[-1]
        known = before.after.get(thread)
        if known is None:
            # What comes now has never come, so that this execution differs from all others, whatever is chosen.
            return self._random.choice(able), 1 + int(self._random.expovariate(1 / self._mean))
        chosen = self._draw(known, able)
        row, after = 1, known.after.get(chosen)
        # The same thread drawn again at the next places needs no question of its own.
        while after is not None and after.left and self._draw(after, sorted(after.left)) == chosen:
            row, after = row + 1, after.after.get(chosen)
        return chosen, row

    def _draw(self, place: _Place, able: Sequence[int]) -> int:
        """Who goes next at `place` in this execution: somebody after whom not everything has been tried."""
        drawn = self._drawn.get(place, -1)
        if drawn not in able:
            drawn = self._drawn[place] = self._random.choice(sorted(place.left & set(able)) or able)
        return drawn

    def goes(self, able: Sequence[int], thread: int) -> None:
        """`thread` was chosen out of `able`."""
        before, last = self._path[-1]
        place = before.after.get(last)
        if place is None:
            place = before.after[last] = _Place(able)
        self._path.append((place, thread))

    def end(self) -> None:
        """The execution is over: its last choice is tried, and so is what leads only to places where all is tried."""
        for place, thread in reversed(self._path[1:]):
            place.left.discard(thread)
            if place.left:
                break
        else:
            self.exhausted = True
        self._begin()

    def _begin(self) -> None:
        self._path = [(self._start, -1)]
        self._drawn: dict[_Place, int] = {}
        self._mean = self._random.choice(ROWS) - 1
