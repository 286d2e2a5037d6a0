"""Choices: which thread goes next. No two executions get the same choices, as long as there are different ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from grader.happens_before.rows import Row

ROWS = (4, 8, 16)
"""How many choices a thread gets in a row, on the average of an execution: short rows find what needs many changes of
threads, long ones what needs few at the right places. Half as long ones find no more (benchmarks/RESULTS.md)."""
AHEAD = 3
"""Rows that are said at once, since a question and its answer cross the border. As many are found as with one."""


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

    def choose(self, able: Sequence[int], living: Sequence[int]) -> list[Row]:
        """Who goes next, the first of them one of `able`, which holds at least two, the others of all who live: by then
        they may be able, too."""
        before, thread = self._path[-1]
        rows, new = self._known(before.after.get(thread), able)
        # Where none has been, this execution differs from all others, whatever comes now.
        while new and len(rows) < AHEAD:
            thread = self._random.choice(living if rows else able)
            rows.append((thread, 1 + int(self._random.expovariate(1 / self._mean))))
        return rows

    def first(self) -> list[Row]:
        """How the execution begins, as far as others have been there."""
        return self._known(self._start.after.get(-1))[0]

    def _known(self, place: _Place | None, able: Sequence[int] = ()) -> tuple[list[Row], bool]:
        """Rows for places where others have been, from `place` on, and whether they lead to where none has been."""
        rows: list[Row] = []
        # This execution goes where something is left to try.
        while place is not None and (place.left or not rows):
            chosen = self._draw(place, able if able and not rows else sorted(place.left))
            if rows and rows[-1][0] == chosen:
                rows[-1] = chosen, rows[-1][1] + 1
            elif len(rows) == AHEAD:
                return rows, False
            else:
                rows.append((chosen, 1))
            place = place.after.get(chosen)
        return rows, place is None

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
