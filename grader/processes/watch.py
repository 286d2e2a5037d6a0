"""The process tree of a run, seen from outside: who is in it, and whether all of it waits for ever.

The tree is complete because orphans are handed to the supervisor (a subreaper). A deadlock is seen, not
guessed from a timeout: when no thread of the tree has run between two looks, and each is in a system call
that only somebody else can end, and there is nobody else, then nothing will ever happen.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Container, Iterable
from enum import Enum

from grader.processes import kernel

SETTLED_SECONDS = 0.03
"""How long nothing may have moved before the closer look. The verdict does not hang on it: one instant would do."""
KILL_ROUNDS = 1000
BECOMING_ROUNDS = 500


class Role(Enum):
    PARENT = "parent"
    CHILD = "child"
    HELPER = "helper"
    """What multiprocessing starts for itself: the resource tracker, the fork server."""


class Watch:
    """The descendants of this process that were not there when the watch began."""

    def __init__(self, strangers: Iterable[int] | None = None, silent: Container[str] = ()) -> None:
        """`strangers`: who is not looked at; None for those who are there already. `silent`: the targets of descriptors
        through which nobody is woken."""
        self._me = os.getpid()
        self._strangers = frozenset(kernel.children(self._me) if strangers is None else strangers)
        self._silent = silent
        self._roles: dict[int, Role] = {}
        self._marks: dict[int, bytes] = {}
        self._since = 0.0

    def begin(self, parent: int) -> None:
        """`parent` is the process whose tree this is."""
        self._roles = {parent: Role.PARENT}
        self.parent = parent

    def processes(self) -> list[int]:
        """Everybody alive, the dead that nobody waited for included; the older before the younger."""
        found: list[int] = []
        waiting = [(self._me, pid) for pid in kernel.children(self._me) if pid not in self._strangers]
        while waiting:
            of, pid = waiting.pop()
            self._note(pid, of)
            found.append(pid)
            waiting += [(pid, child) for child in kernel.children(pid)]
        return sorted(found)

    def role(self, pid: int) -> Role:
        return self._roles.get(pid, Role.CHILD)

    def alive(self, pid: int) -> bool:
        return kernel.state(pid, pid) not in ("", "Z")

    def stopped(self, pid: int) -> bool:
        """By a signal: it moves again when somebody says so."""
        return kernel.state(pid, pid) == "T"

    def answers(self, pid: int) -> bool:
        """Whether it is neither dead nor stopped."""
        return kernel.state(pid, pid) not in ("", "Z", "T")

    def children(self) -> list[int]:
        """Of the run, wherever in the tree: alive or dead and not waited for."""
        # Who is just becoming another program has no command line for a moment, and nobody knows its role.
        for _ in range(BECOMING_ROUNDS):
            if all(kernel.command(pid) or not self.alive(pid) for pid in self.processes()):
                break
            time.sleep(0.001)
        return [pid for pid in self.processes() if self.role(pid) is Role.CHILD]

    def settled(self, now: float) -> bool:
        """Whether nobody has run for a moment, and nobody ever will. Call it again and again."""
        marks = self._look()
        if not marks or marks != self._marks or not all(marks.values()):
            self._marks, self._since = marks, now
            return False
        if now - self._since < SETTLED_SECONDS:
            return False
        # The second look shows that the states read in between belong to one and the same instant.
        return all(map(self._waits_for_ever, self.processes())) and self._look() == marks

    def kill(self) -> None:
        """Ends everybody, and those whom they start meanwhile, and takes the dead away."""
        for _ in range(KILL_ROUNDS):
            left = self.processes()
            if not left:
                return
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0 if pid in kernel.children(self._me) else os.WNOHANG)
                except (ProcessLookupError, ChildProcessError):
                    continue

    def _note(self, pid: int, of: int) -> None:
        if pid in self._roles:
            return
        command = kernel.command(pid)
        if self.role(of) is Role.HELPER:
            # The fork server's children have its command line, and become orphans when it ends first.
            self._roles[pid] = Role.CHILD
        elif "multiprocessing.resource_tracker" in command or "multiprocessing.forkserver" in command:
            self._roles[pid] = Role.HELPER

    def _look(self) -> dict[int, bytes]:
        """What changes when anybody runs, by thread. The dead do not run."""
        marks = {}
        for pid in self.processes():
            for tid in kernel.threads(pid):
                marks[tid] = kernel.time_spent(pid, tid)
        return marks

    def _waits_for_ever(self, pid: int) -> bool:
        for tid in kernel.threads(pid):
            match kernel.state(pid, tid):
                case "Z" | "X" | "T":
                    continue
                case "S":
                    call = kernel.blocked_in(pid, tid)
                    if call is None or not kernel.waits_for_ever(call):
                        return False
                case _:
                    return False
        return not kernel.catches(pid, signal.SIGALRM) and not kernel.reachable_from_outside(pid, self._silent)
