"""What a process in the box gives up before anything of a student runs, and what it may use.

These are limits on one process each, set from within: set from outside, RLIMIT_NPROC would hit the launcher.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
import time

from grader.box import fence, seccomp
from grader.box.protocol import Settings

ADDRESSES = 6 * 1024**3
"""Coarse, against mmap, which RLIMIT_DATA does not count. Finer is harmful: each thread reserves 64 MiB."""
STACK = 8 * 1024**2
"""What each thread reserves as memory of its own. With less, a recursion that should raise ends the process."""
LOCKED = 64 * 1024
"""Bytes that may be kept from being swapped out, and bytes of message queues."""
CPU_MARGIN = 2
STARTING = 0.1
"""Processor seconds that a process may have used before its first job; the kernel counts whole ones."""
SLACK = 1024
"""Processes and threads on top of a box's own, where other boxes count for the same user: what one of them takes must
not be lacking in the others. The zygote keeps an eye on its own."""
MOST_ANCESTORS = 40
# Loaded before the first fork: in each job's process it would copy fifty pages.
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


def give_up(settings: Settings) -> None:
    """Becomes the unprivileged user, keeps no way back, and sets the limits for all that follows."""
    rules = fence.rules(settings.fence) if settings.fence else -1
    if settings.user:
        _become(settings.user, search=settings.fence is not None and settings.fence.search)
    if sys.platform == "linux":
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        if settings.namespaced:
            # Bubblewrap asked for it too, but becoming another user undid that.
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            # The init of a namespace hears from within only those signals that it has a handler for.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # So that a job cannot read or rewrite the zygote through /proc.
        set_dumpable(False)
    if settings.fence:
        fence.enclose(rules)
    os.chdir(settings.fence.scratch if settings.fence else "/tmp")
    os.umask(0o077)
    for kind, value in _bounds(settings):
        _lower(kind, value)


def _become(user: int, *, search: bool) -> None:
    if search:
        fence.keep_search()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if search:
        fence.search_only()


def seal(settings: Settings) -> bytes:
    """The filter that each job installs; empty where the walls have one, or there are none."""
    if settings.fence is None:
        return b""
    scoped = settings.fence.abi >= fence.SCOPE_ABI
    return seccomp.program(seccomp.Shared(() if scoped else _ancestors()))


def _ancestors() -> tuple[int, ...]:
    """This process, its parent, and so on, as far as they can be seen."""
    found = [os.getpid()]
    with contextlib.suppress(OSError, IndexError):
        while found[-1] > 1 and len(found) < MOST_ANCESTORS:
            with open(f"/proc/{found[-1]}/stat", "rb") as file:
                found.append(int(file.read().rpartition(b")")[2].split()[1]))
    return tuple(pid for pid in found if pid > 0)


def set_dumpable(on: bool) -> None:
    """Whether processes of the same user may look into this one. A job may look into its own children."""
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, int(on))


def bound_time(seconds: float) -> None:
    """Processor time for this process from now on. SIGXCPU ends it; who catches that is killed a little later."""
    _lower(resource.RLIMIT_CPU, math.ceil(max(time.process_time() - STARTING, 0.0) + seconds), CPU_MARGIN)


def silence() -> None:
    """Standard input is empty and what goes past `sys.stdout` goes nowhere: nothing to fill, nothing to keep open."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _bounds(settings: Settings) -> list[tuple[int, int]]:
    # Processes are counted per user, so where this is the user's own account, those he has come on top.
    counted_alone = settings.namespaced or settings.user
    others = 0 if counted_alone else _tasks_of(os.geteuid()) + (SLACK if settings.fence else 0)
    limits = settings.limits
    return [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.descriptors),
        (resource.RLIMIT_DATA, limits.memory + limits.tasks * STACK),
        (resource.RLIMIT_AS, ADDRESSES),
        (resource.RLIMIT_NPROC, limits.tasks + others),
        (resource.RLIMIT_MEMLOCK, LOCKED),
        *([(resource.RLIMIT_MSGQUEUE, LOCKED)] if sys.platform == "linux" else []),
    ]


def _lower(kind: int, value: int, margin: int = 0) -> None:
    _, hard = resource.getrlimit(kind)
    most = value + margin if hard == resource.RLIM_INFINITY else min(value + margin, hard)
    # macOS refuses some of these; there the box is in its weakest tier anyhow, and says so.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (min(value, most), most))


def _tasks_of(user: int) -> int:
    count = 0
    for name in _listed("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value})")
