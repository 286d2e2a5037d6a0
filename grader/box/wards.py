"""What a job is answerable for, as the zygote sees it: its processes, how much they hold, their end, their litter."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import time
from typing import NamedTuple

from grader.box.fence import SCOPE_ABI
from grader.box.protocol import Excess, Settings

PATIENCE = 2.0
"""Seconds that the killed have to vanish; then the parent kills the whole box at its end."""


SCRATCH = ("/tmp", "/dev/shm")
"""Where a job can leave files behind in a box that has namespaces of its own."""
MOST_FILES = 20_000
"""In a scratch folder: each costs the kernel memory that no bound on bytes sees."""
MOST_FOLDERS = 100_000


class Process(NamedTuple):
    pid: int
    parent: int
    resident: int
    """Bytes."""
    threads: int = 1


class Wards:
    def __init__(self, settings: Settings, woken: int) -> None:
        """`woken` is a descriptor that becomes readable when a child ends."""
        fence = settings.fence
        self._woken = woken
        self._namespaced = settings.namespaced
        self._limits = settings.limits
        self._fenced = bool(fence)
        self._scratch = (fence.scratch, fence.shared) if fence else SCRATCH if settings.namespaced else ()
        # Where a signal to everybody reaches nobody but the box: kept in by a namespace, by Landlock, or by being
        # the only one of our user.
        self._alone = settings.namespaced or bool(fence and (settings.user or fence.abi >= SCOPE_ABI))
        self._me = os.getpid()
        mine = [process for process in living() if process.pid == self._me]
        self._own = mine[0].resident if mine else 0

    def all(self) -> list[Process]:
        """Every living process but the zygote and the namespace's init."""
        processes = living()
        if self._namespaced:
            return [process for process in processes if process.pid not in (1, self._me)]
        return descendants(self._me, processes)

    def excess(self) -> Excess:
        """What they take too much of, all together. Memory is without the pages that each shares with the zygote."""
        processes = self.all()
        if sum(max(0, process.resident - self._own) for process in processes) > self._limits.memory_in_all:
            return "memory"
        if len(processes) > self._limits.processes:
            return "processes"
        if self._fenced and sum(process.threads for process in processes) > self._limits.tasks:
            return "processes"
        return "disk" if self._overfull() else ""

    def _overfull(self) -> bool:
        if self._fenced:
            return any(overfull(folder, self._limits.scratch) for folder in self._scratch)
        return any(_files_in(folder) > MOST_FILES for folder in self._scratch)

    def clear(self) -> None:
        """Kills all of them and removes their files, so that the next job finds the box as the first one did."""
        self.kill()
        for folder in self._scratch:
            empty(folder)
        if self._scratch:
            os.chdir(self._scratch[0])

    def kill(self) -> None:
        """Kills all of them, and those that they start meanwhile; returns when none is alive."""
        deadline = time.monotonic() + PATIENCE
        while (left := self.all()) and time.monotonic() < deadline:
            if self._alone:
                # One call for all: a process that forks without end cannot slip through between two.
                _signal(-1)
            for process in left:
                _signal(process.pid)
            if select.select([self._woken], [], [], 0.001)[0]:
                os.read(self._woken, 512)


def descendants(root: int, processes: list[Process]) -> list[Process]:
    """Those of `processes` that descend from `root`, itself not included."""
    children: dict[int, list[Process]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    waiting = [root]
    while waiting:
        born = children.pop(waiting.pop(), [])
        found += born
        waiting += [process.pid for process in born]
    return found


def living() -> list[Process]:
    """Every living process in /proc; zombies are dead. Empty where there is no /proc."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    found = [_process(int(name)) for name in names if name.isdigit()]
    return [process for process in found if process is not None]


def empty(folder: str) -> None:
    """Removes what lies in `folder`, however deep or closed. Goes there: paths may be longer than is allowed."""
    with contextlib.suppress(PermissionError):
        os.chmod(folder, 0o1777)
    os.chdir(folder)
    depth = 0
    for _ in range(MOST_FOLDERS):
        full = _remove_here()
        if full:
            with contextlib.suppress(PermissionError):
                os.chmod(full, 0o700)
            os.chdir(full)
            depth += 1
        elif depth:
            os.chdir("..")
            depth -= 1
        else:
            return


def overfull(folder: str, most: int) -> bool:
    """Whether there are more than `most` bytes below `folder`, or more than `MOST_FILES`. Stops counting there."""
    size = files = 0
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                size += entry.stat(follow_symlinks=False).st_blocks * 512
                if size > most or files > MOST_FILES:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return False


def _files_in(disk: str) -> int:
    """How many files a file system of our own holds."""
    there = os.statvfs(disk)
    return there.f_files - there.f_ffree


def _remove_here() -> str:
    """Removes files and empty folders from the current folder; returns the name of one that is not empty."""
    with os.scandir() as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        try:
            os.rmdir(name) if is_folder else os.unlink(name)
        except OSError as error:
            if is_folder and error.errno == errno.ENOTEMPTY:
                return name
    return ""


def _process(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return None
    # The name stands in brackets and may contain any character, brackets too.
    fields = text[text.rindex(b")") + 2 :].split()
    if fields[0] in (b"Z", b"X"):
        return None
    return Process(pid, int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE"), int(fields[17]))


def _signal(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
