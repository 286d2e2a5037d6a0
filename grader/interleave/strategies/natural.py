"""No preemption at all: each thread runs until it blocks or ends.

The schedule that a person has in mind when reading the program; ordinary bugs show here. Not a paper's: it
is context bound 0 of Musuvathi and Qadeer (PLDI 2007) without its free choices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.schedule import NaturalOrder


class Natural:
    """The natural order, every time."""

    def begin(self) -> bool:
        self._order = NaturalOrder()
        return True

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:  # noqa: ARG002
        thread = self._order.default(runnable, current)
        self._order.moved(thread)
        return thread

    def end(self, execution: object) -> None:
        """Nothing to learn."""
