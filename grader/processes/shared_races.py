"""Races on memory that processes share: `interleave.races`, with the locks that each process was heard to take."""

from __future__ import annotations

from collections.abc import Sequence

from grader.interleave.execution import Site
from grader.interleave.operations import Operation
from grader.interleave.races import Races


class SharedRaces(Races):
    """An Observer, new for each execution."""

    def __init__(self, sites: Sequence[Site]) -> None:
        super().__init__(sites, self._holding)
        self._held: dict[int, dict[int, int]] = {}
        """process -> the locks that it holds, each with the place where it was taken"""
        self._now = 0

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        self._now = operation.thread
        super().on_step(operation, subject, part)
        if operation.kind in ("acquire", "try") and operation.site >= 0:
            self._held.setdefault(operation.thread, {})[operation.key] = operation.site

    def on_failed(self, thread: int, key: int) -> None:
        super().on_failed(thread, key)
        self._held.get(thread, {}).pop(key, None)

    def on_release(self, thread: int, key: int, site: int) -> None:
        super().on_release(thread, key, site)
        self._held.get(thread, {}).pop(key, None)

    def _holding(self) -> tuple[int, ...]:
        return tuple(self._held.get(self._now, {}).values())
