"""Functions that a worker of the pool can find by name."""

from __future__ import annotations

import gc
import os
import signal
import weakref
from collections.abc import Callable
from pathlib import Path

from grader import quiet
from grader.errors import SubmissionError


def name_of_thread() -> str:
    import threading

    return "main" if threading.current_thread() is threading.main_thread() else "another"


def die_the_first_time(mark: Path) -> str:
    if mark.exists():
        return "second time"
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def refuse(reason: str) -> None:
    raise SubmissionError(reason, remedy="mend it", slug="some-slug")


def pid_of_worker() -> int:
    return os.getpid()


def disposition_of_interrupt() -> str:
    return str(signal.getsignal(signal.SIGINT))


def is_alone(folder: Path) -> bool:
    """Whether the other task stands still for as long as this one measures."""
    _until((folder / "steps").exists)
    with quiet.here.alone():
        before = (folder / "steps").read_bytes()
        for _ in range(5000):
            os.sched_yield()
        after = (folder / "steps").read_bytes()
    (folder / "measured").touch()
    return before == after


def makes_room(folder: Path) -> bool:
    while not (folder / "measured").exists():
        with open(folder / "steps", "ab") as file:
            file.write(b".")
        quiet.here.give_way()
    return True


def _until(so: Callable[[], bool]) -> None:
    while not so():
        os.sched_yield()


class Cycle:
    last: weakref.ref[Cycle] | None = None

    def __init__(self) -> None:
        self.myself = self
        Cycle.last = weakref.ref(self)


def leave_a_cycle() -> bool:
    """Whether the collector is on."""
    Cycle()
    return gc.isenabled()


def what_is_left_of_the_cycle() -> Cycle | None:
    return Cycle.last and Cycle.last()
