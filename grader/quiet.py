"""Timed runs among workers that grade side by side: what the others run in boxes waits for who measures.

The workers of one pool share two files to lock, a door and a room. Whoever runs something in a box is in the
room; who wants to be alone shuts the door and waits until the others have left. What a dead process held, the kernel
lets go. A box that is just starting, and what a worker does itself, is held up by nobody.
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
        self._alone = False

    def share(self, door: Path, room: Path) -> None:
        """From now on with all others that share these files."""
        self._door, self._room = os.open(door, os.O_RDWR), os.open(room, os.O_RDWR)

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        """For what is not timed. It does not begin while somebody else is alone."""
        if self._alone:
            yield
            return
        _lock(self._door, shared=True)
        _lock(self._room, shared=True)
        _unlock(self._door)
        try:
            yield
        finally:
            _unlock(self._room)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For timed runs. Begins when what others have begun is over; never asked for while beside others."""
        _lock(self._door, shared=False)
        _lock(self._room, shared=False)
        self._alone = True
        try:
            yield
        finally:
            self._alone = False
            _unlock(self._room)
            _unlock(self._door)


here = Quiet()
"""This process's own."""


def _lock(descriptor: int | None, *, shared: bool) -> None:
    if descriptor is not None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def _unlock(descriptor: int | None) -> None:
    if descriptor is not None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
