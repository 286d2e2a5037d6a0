"""Functions that a worker of the pool can find by name."""

from __future__ import annotations

import gc
import os
import signal
import weakref
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
    """Whether the other task stays outside for as long as this one measures."""
    with quiet.here.alone():
        (folder / "alone").touch()
        while not (folder / "asked").exists():
            os.sched_yield()
        for _ in range(5000):
            os.sched_yield()
        return not (folder / "inside").exists()


def comes_in(folder: Path) -> bool:
    while not (folder / "alone").exists():
        os.sched_yield()
    (folder / "asked").touch()
    with quiet.here.beside_others():
        (folder / "inside").touch()
        return True


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
