"""One timed run at a time on this machine, for this user: workers that grade beside each other take turns.

The figures bear load (docs/decisions/0007), so a turn makes them better and decides nothing: where no lock can be had,
the run goes on without.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def turn() -> Iterator[None]:
    """Meanwhile nobody else of this user has a turn. The kernel takes it back from a process that dies."""
    descriptor = _opened()
    try:
        if descriptor is not None:
            _wait(descriptor)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _opened() -> int | None:
    user = os.getuid() if hasattr(os, "getuid") else 0
    path = os.path.join(tempfile.gettempdir(), f"threadmark-timing-{user}")
    # In a folder that is open to all, a link of somebody else's must not lead us anywhere.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with suppress(OSError):
        return os.open(path, flags, 0o600)
    return None


def _wait(descriptor: int) -> None:
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
