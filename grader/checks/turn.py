"""One timed run at a time on this machine, for this user: workers that grade beside each other take turns.

The figures bear load (docs/decisions/0007), so a turn makes them better and decides nothing: where no lock can be had,
or others have held it for too long, the run goes on without.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 30.0
"""Seconds that one check waits for others, all its turns together: far below the limit of a check."""
PAUSE = 0.02


class Turns:
    """The turns of one check."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._left = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Meanwhile nobody else of this user has a turn. The kernel takes it back from a process that dies."""
        descriptor = _opened()
        try:
            if descriptor is not None:
                self._wait(descriptor)
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _wait(self, descriptor: int) -> None:
        while not _taken(descriptor) and self._left > 0:
            time.sleep(PAUSE)
            self._left -= PAUSE


def _opened() -> int | None:
    user = os.getuid() if hasattr(os, "getuid") else 0
    path = os.path.join(tempfile.gettempdir(), f"threadmark-timing-{user}")
    # In a folder that is open to all, a link of somebody else's must not lead us anywhere.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with suppress(OSError):
        return os.open(path, flags, 0o600)
    return None


def _taken(descriptor: int) -> bool:
    """False while somebody else has it; where there are no such locks, nobody has."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return True
    return True
