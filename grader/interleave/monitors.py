"""Monitors: what threads wait at. A lock, a queue, the end of a thread: each is a key and those who wait there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.interleave.vthread import VThread


class Monitor:
    """Whoever changes its state calls `scheduler.changed(monitor)`."""

    __slots__ = ("key", "waiting")

    def __init__(self, key: int) -> None:
        self.key = key
        self.waiting: list[VThread] = []
        """Threads whose announced operation depends on the state of this, ready or not."""
