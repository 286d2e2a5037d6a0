"""Rows: whose turn it is in an execution whose choices are made elsewhere. Box and parent follow the same rule.

Several rows are said in advance: a thread, and how often it is chosen. Where only one thread can go on there is no
choice, and nothing counts. A row ends early where its thread cannot go on; when all have ended, somebody must ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Row: TypeAlias = tuple[int, int]
"""A thread, and for how many choices."""
NOBODY = -1


class Rows:
    """Of one execution."""

    def __init__(self) -> None:
        self._thread, self._left = NOBODY, 0
        self._more: list[Row] = []
        """The next one last."""

    def plan(self, rows: Sequence[Row]) -> None:
        """From now on these."""
        self._left, self._more = 0, list(reversed(rows))

    def next(self, able: Sequence[int]) -> int:
        """Whose turn it is, of those who are able; NOBODY where nothing was said."""
        if len(able) == 1:
            if able[0] != self._thread:
                self._left = 0
            return able[0]
        while not (self._left > 0 and self._thread in able):
            if not self._more:
                return NOBODY
            self._thread, self._left = self._more.pop()
        self._left -= 1
        return self._thread
