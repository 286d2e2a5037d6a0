"""What there is before and after: processes, zombies, namespaces, shared memory, semaphores, files, descriptors.

Counted is what is ours, since others may work on the same machine: the offspring of this process, where orphans come
to, too; what lies in its own folder for temporary files; what belongs to the users that boxes were given.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from grader.box.sandbox import bubblewrap, landlock, launch, limits

KINDS = ("pid", "net", "ipc", "mnt", "uts", "user", "cgroup")
_PR_SET_CHILD_SUBREAPER = 36


class Census(NamedTuple):
    processes: frozenset[str]
    namespaces: frozenset[str]
    shared: frozenset[str]
    system_v: frozenset[str]
    files: frozenset[str]
    descriptors: frozenset[str]

    def left_since(self, before: Census) -> list[str]:
        """What was not there then, in words."""
        return [
            f"{kind}: {each}"
            for kind, then, now in zip(self._fields, before, self, strict=True)
            for each in sorted(now - then)
        ]


def take(users: set[int]) -> Census:
    """The count now. `users`: those whose shared memory and System V objects are counted."""
    mine = [os.getpid(), *offspring(os.getpid())]
    return Census(
        frozenset(map(_named, mine[1:])),
        frozenset(name for pid in mine for name in _namespaces(pid)),
        frozenset(entry.name for entry in os.scandir("/dev/shm") if _owner(entry.path) in users),
        frozenset(name for kind in ("shm", "sem", "msg") for name in _system_v(kind, users)),
        frozenset(str(path) for path in Path(tempfile.gettempdir()).rglob("*")),
        frozenset(_descriptors()),
    )


@contextmanager
def own_users() -> Iterator[set[int]]:
    """Who boxes run as meanwhile: users of their own when we are root, else we ourselves. Orphans come to us."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    users = set() if os.geteuid() == 0 else {os.geteuid()}

    def noted() -> int:
        users.add(user := launch.own_user())
        return user

    modules = (bubblewrap, landlock, limits)
    for module in modules:
        module.own_user = noted  # type: ignore[attr-defined]
    try:
        yield users
    finally:
        for module in modules:
            module.own_user = launch.own_user  # type: ignore[attr-defined]


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder for temporary files, for this process alone; open to the users of boxes."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="attack-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o1777)
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def offspring(pid: int) -> list[int]:
    """All that descend from it, zombies too."""
    found = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += [int(word) for word in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    return found + [each for child in found for each in offspring(child)]


def names_of_children(pid: int) -> set[str]:
    """What the kernel calls the children of its first thread."""
    names = set()
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(OSError):
                names.add(Path(f"/proc/{child}/comm").read_text().strip())
    return names


def described(pid: int) -> str:
    """What it is and what it does, for a person who asks why it is still there."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            doing = Path(f"/proc/{pid}/wchan").read_text() or "running"
            return f"{pid} {process.status()} in {doing}, child of {process.ppid()}: {' '.join(process.cmdline()[:4])}"
    except (psutil.Error, OSError) as error:
        return f"{pid}, gone meanwhile ({error})"


def _named(pid: int) -> str:
    with suppress(OSError):
        return f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}"
    return str(pid)


def _namespaces(pid: int) -> Iterator[str]:
    for kind in KINDS:
        with suppress(OSError):
            yield os.readlink(f"/proc/{pid}/ns/{kind}")


def _owner(path: str) -> int:
    try:
        return os.lstat(path).st_uid
    except OSError:
        return -1


def _system_v(kind: str, users: set[int]) -> Iterator[str]:
    title, *rows = [line.split() for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()]
    yield from (f"{kind} {row[0]}" for row in rows if int(row[title.index("uid")]) in users)


def _descriptors() -> Iterator[str]:
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            yield f"{name} {os.readlink(f'/proc/self/fd/{name}')}"
