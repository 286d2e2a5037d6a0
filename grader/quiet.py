"""Timed runs among workers that grade side by side: the others pause while one measures, and it has all processors.

The workers of one pool share two files to lock, a door and a room. Who is at work on a task is in the room, with all
that runs in its boxes. Whoever wants to be alone shuts the door and waits until the others have stepped out, which they
do when a box of theirs has answered, or the task is done. What a dead process held, the kernel lets go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Quiet:
    """One process's part in it. As long as nothing is shared there is no company, and nobody waits."""

    def __init__(self) -> None:
        self._door: int | None = None
        self._room: int | None = None
        self._at_work = False

    def share(self, door: Path, room: Path) -> None:
        """From now on with all others that share these files."""
        self._door, self._room = os.open(door, os.O_RDWR), os.open(room, os.O_RDWR)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """For a task as a whole. It does not begin while somebody is alone."""
        self._enter()
        self._at_work = True
        try:
            yield
        finally:
            self._at_work = False
            _unlock(self._room)

    def give_way(self) -> None:
        """For moments in which nothing of a task runs: steps out while somebody wants to be alone, or is."""
        if self._at_work and not _may_enter(self._door):
            _unlock(self._room)
            self._enter()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For timed runs, within a task or without one. Begins when the others have stepped out."""
        at_work, self._at_work = self._at_work, False
        _unlock(self._room)
        _lock(self._door, shared=False)
        _lock(self._room, shared=False)
        try:
            yield
        finally:
            if at_work:
                _lock(self._room, shared=True)
            else:
                _unlock(self._room)
            _unlock(self._door)
            self._at_work = at_work

    def _enter(self) -> None:
        _lock(self._door, shared=True)
        _lock(self._room, shared=True)
        _unlock(self._door)


here = Quiet()
"""This process's own."""


def _may_enter(door: int | None) -> bool:
    if door is None:
        return True
    import fcntl

    try:
        fcntl.flock(door, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    _unlock(door)
    return True


def _lock(descriptor: int | None, *, shared: bool) -> None:
    if descriptor is not None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def _unlock(descriptor: int | None) -> None:
    if descriptor is not None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
