"""Strategies: who runs next. One short file each; this one holds the Protocol they stand behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from grader.interleave.engine import Execution
    from grader.interleave.operations import Operation


class Strategy(Protocol):
    """A policy over operations and schedules; it never sees a thread, so lists are enough to test it."""

    def begin(self) -> bool:
        """Called before each execution. False: this strategy has nothing more to try."""

    def choose(self, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        """The thread, out of `runnable` (never empty, ascending), that does its operation next.

        `pending` holds the announced operation of every live thread, blocked ones too. `current` is the
        thread that moved last (-1 at the beginning). -1 abandons this execution (it was covered before).
        """

    def end(self, execution: Execution) -> None:
        """Called after each execution with what it was."""
