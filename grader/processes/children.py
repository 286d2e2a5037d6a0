"""The exit codes of the processes that an answer starts. For scenarios:

with Children() as children:
    answer.ping_pong(3)
children.exit_codes()      # [0]
"""

from __future__ import annotations

from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any


class Children:
    """Notes every multiprocessing process that is started in this process while it is entered.

    `meddle` is called with each, right after it was started: a scenario can end it, to see who notices.
    """

    def __init__(self, meddle: Any = None) -> None:
        self._started: list[tuple[Any, bool]] = []
        self._meddle = meddle

    def __enter__(self) -> Children:
        self._start = plain = BaseProcess.start

        def start(process: BaseProcess) -> None:
            plain(process)
            # Not the process itself: it may be closed, and its own `exitcode` would reap a child that nobody joined.
            self._started.append((process._popen, process.daemon))  # type: ignore[attr-defined]
            if self._meddle is not None:
                self._meddle(process)

        BaseProcess.start = start  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *exc: object) -> None:
        BaseProcess.start = self._start  # type: ignore[method-assign]

    def daemons(self) -> int:
        """How many daemons are still alive: the end of the program kills them. To be asked before `exit_codes`."""
        living = [popen.sentinel for popen, daemon in self._started if daemon and popen.returncode is None]
        return len(living) - len(wait(living, 0))

    def exit_codes(self) -> list[int | None]:
        """In the order of starting; None for a process that nobody joined, minus the signal for a killed one.

        Lets go of the processes: what they hold open is closed when the answer has let go, too.
        """
        codes = [popen.returncode for popen, _ in self._started]
        self._started.clear()
        return codes
