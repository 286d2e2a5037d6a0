"""Mistakes that show nowhere: noted in the processes themselves. Standard library only.

an exception that a task raised, and that nobody asked for    concurrent.futures, multiprocessing.pool
a process forked while other threads run                      their locks are held in the child for ever
a shared memory segment that is still there                   nobody called unlink()
a semaphore that is still there                               kept, or its process ended without tidying up
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable
from multiprocessing import resource_tracker, shared_memory
from typing import Any

SEGMENTS = "segments"
SEMAPHORES = "semaphores"
FORKS = "forks"


class Unheard:
    """The exceptions of tasks, until somebody asks for them. In the process that holds the futures."""

    def __init__(self) -> None:
        self._errors: dict[int, tuple[Any, str]] = {}

    def install(self) -> None:
        """Notes what futures and the results of a pool hold from now on."""
        from concurrent.futures import Future
        from multiprocessing.pool import ApplyResult

        self._note(Future, "set_exception", lambda _future, error: error)
        for name in ("result", "exception", "add_done_callback"):
            self._hear(Future, name)
        self._note(ApplyResult, "_set", lambda _result, _place, outcome: None if outcome[0] else outcome[1])
        self._hear(ApplyResult, "get")

    def told(self) -> list[str]:
        """One sentence for each kind of exception that was never asked for."""
        return sorted({f"nobody asked for the exception of a task: {said}" for _, said in self._errors.values()})

    def _note(self, owner: Any, name: str, error_of: Callable[..., BaseException | None]) -> None:
        plain = getattr(owner, name)

        def noted(self_: Any, *args: Any) -> Any:
            error = error_of(self_, *args)
            if error is not None and not getattr(self_, "_error_callback", None):
                # The object is kept, too, so that its id stays its own.
                self._errors[id(self_)] = (self_, f"{type(error).__name__}: {error}"[:200])
            return plain(self_, *args)

        setattr(owner, name, noted)

    def _hear(self, owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def heard(self_: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return plain(self_, *args, **kwargs)
            finally:
                self._errors.pop(id(self_), None)

        setattr(owner, name, heard)


def note_segments(folder: str) -> None:
    """Keeps a list of the shared memory segments that this process and its children make."""
    plain = shared_memory.SharedMemory.__init__

    def made(self: Any, name: str | None = None, create: bool = False, *args: Any, **kwargs: Any) -> None:
        plain(self, name, create, *args, **kwargs)
        if create:
            _add(os.path.join(folder, SEGMENTS), self._name)

    shared_memory.SharedMemory.__init__ = made  # type: ignore[method-assign]


def note_semaphores(folder: str) -> None:
    """Keeps a list of those with a name. Where processes are forked, multiprocessing takes the name away at once."""
    plain = resource_tracker.register

    def registered(name: Any, rtype: str) -> None:
        plain(name, rtype)
        if rtype == "semaphore":
            _add(os.path.join(folder, SEMAPHORES), name)

    resource_tracker.register = registered


def note_forks(folder: str) -> None:
    """Keeps a list of the answer's lines that fork while another thread runs that the answer has started."""

    def before() -> None:
        frame = sys._getframe(1) if threading.active_count() > 1 else None
        helpers = sum(thread.name.startswith("QueueFeederThread") for thread in threading.enumerate())
        while frame is not None and threading.active_count() > 1 + helpers:
            path = frame.f_code.co_filename
            if os.path.dirname(path) == folder:
                _add(os.path.join(folder, FORKS), f"{os.path.basename(path)}:{frame.f_lineno}")
                return
            frame = frame.f_back

    os.register_at_fork(before=before)


def segments_left(folder: str) -> list[str]:
    """Paths of those listed that are still there. For the supervisor."""
    return _still_there(f"/dev/shm/{name.lstrip('/')}" for name in listed(folder, SEGMENTS))


def semaphores_left(folder: str) -> list[str]:
    """The same of semaphores, which Linux keeps in files, too (sem_overview(7))."""
    return _still_there(f"/dev/shm/sem.{name.lstrip('/')}" for name in listed(folder, SEMAPHORES))


def take_away(folder: str) -> None:
    """Removes what is left of both. For the supervisor, when nobody lives any more."""
    for path in segments_left(folder) + semaphores_left(folder):
        with contextlib.suppress(OSError):
            os.unlink(path)


def forks_beside_threads(folder: str) -> list[str]:
    """A sentence for each line that forked while another thread ran. For the supervisor."""
    return [
        f"{place} forks while another thread runs: locks that it holds are held in the child for ever"
        for place in listed(folder, FORKS)
    ]


def listed(folder: str, name: str) -> list[str]:
    """The lines of a list, each once."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return sorted({line.strip() for line in file})
    except OSError:
        return []


def _still_there(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if _opens(path)]


def _opens(path: str) -> bool:
    """As the C library does it, for which a box without a file system of its own makes up the folder."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _add(path: str, line: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")
