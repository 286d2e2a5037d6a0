"""What Linux tells of processes in /proc: who is whose child, what a thread waits in, what is open.

Every function takes a process that may be gone by now, and then answers as if it had nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import stat
import time
from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

CHUNK = 65536
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


class Call(NamedTuple):
    """A system call in which a thread is blocked."""

    name: str
    arguments: tuple[int, ...]


class Descriptor(NamedTuple):
    number: int
    target: str
    """As the kernel writes it: `pipe:[123]`, `socket:[124]`, or a path."""
    reads: bool
    writes: bool


def _always(_arguments: tuple[int, ...]) -> bool:
    return True


def _never(_arguments: tuple[int, ...]) -> bool:
    return False  # an alarm of its own may be what it waits for


def _no_timeout_at(place: int) -> Callable[[tuple[int, ...]], bool]:
    return lambda arguments: arguments[place] == 0


def _minus_one_at(place: int) -> Callable[[tuple[int, ...]], bool]:
    return lambda arguments: arguments[place] & 0xFFFFFFFF == 0xFFFFFFFF


def _futex(arguments: tuple[int, ...]) -> bool:
    # WAIT, LOCK_PI and WAIT_BITSET; whoever waits for the GIL waits with a timeout.
    return arguments[1] & 0x7F in (0, 6, 9) and arguments[3] == 0


def _fcntl(arguments: tuple[int, ...]) -> bool:
    return arguments[1] in (7, 38)  # F_SETLKW, F_OFD_SETLKW


FOR_EVER: dict[str, Callable[[tuple[int, ...]], bool]] = {
    "poll": _minus_one_at(2), "ppoll": _no_timeout_at(2), "select": _no_timeout_at(4), "pselect6": _no_timeout_at(4),
    "epoll_wait": _minus_one_at(3), "epoll_pwait": _minus_one_at(3), "rt_sigtimedwait": _never,
    "futex": _futex, "fcntl": _fcntl,
}  # fmt: skip
"""When a blocked call can end only by somebody else's doing; calls that are not named here always can."""

_X86_64 = {
    0: "read", 1: "write", 7: "poll", 19: "readv", 20: "writev", 23: "select", 34: "pause", 40: "sendfile",
    43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 61: "wait4", 72: "fcntl", 73: "flock",
    128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex", 232: "epoll_wait", 247: "waitid", 257: "openat",
    270: "pselect6", 271: "ppoll", 275: "splice", 281: "epoll_pwait", 288: "accept4",
}  # fmt: skip
_AARCH64 = {
    25: "fcntl", 32: "flock", 56: "openat", 63: "read", 64: "write", 65: "readv", 66: "writev", 71: "sendfile",
    72: "pselect6", 73: "ppoll", 76: "splice", 95: "waitid", 98: "futex", 133: "rt_sigsuspend", 137: "rt_sigtimedwait",
    202: "accept", 206: "sendto", 207: "recvfrom", 211: "sendmsg", 212: "recvmsg", 22: "epoll_pwait", 242: "accept4",
    260: "wait4",
}  # fmt: skip
CALLS = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(platform.machine(), {})
"""Blocking calls by their number. On another machine nothing is known to wait for ever: time limits only."""


@contextlib.contextmanager
def supervising() -> Iterator[None]:
    """Meanwhile orphans of the tree come to us, and nobody of our user reads or rewrites us through /proc."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    dumpable = libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)
        # A process may be given 2 by the system, but cannot ask for it.
        libc.prctl(_PR_SET_DUMPABLE, int(dumpable == 1), 0, 0, 0)


def threads(pid: int) -> list[int]:
    return sorted(int(name) for name in _listed(f"/proc/{pid}/task"))


def children(pid: int) -> list[int]:
    """Direct children, in no order."""
    return [int(word) for tid in threads(pid) for word in _read(f"/proc/{pid}/task/{tid}/children").split()]


def parent(pid: int) -> int:
    """0 when gone."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def state(pid: int, tid: int) -> str:
    """R running, S waiting, D, T stopped, Z dead but not waited for; empty when gone.

    Who waits for a call that another process makes in its stead (seccomp_unotify(2)) is in the midst of it: D.
    """
    found = _read(f"/proc/{pid}/task/{tid}/stat").rpartition(b")")[2][1:2].decode()
    return "D" if found == "S" and _read(f"/proc/{pid}/task/{tid}/wchan").startswith(b"seccomp") else found


def time_spent(pid: int, tid: int) -> bytes:
    """Changes whenever the thread has run. Empty where the kernel does not count."""
    return _read(f"/proc/{pid}/task/{tid}/schedstat")


def seconds_spent(pid: int) -> float:
    """Processor time of all its threads."""
    return sum(int((time_spent(pid, tid).split() or [b"0"])[0]) for tid in threads(pid)) / 1e9


def group_priority(pid: int) -> int:
    """The nice value of the session as one (sched_autogroup); 0 is this process.

    0 where the kernel has none, and for whoever is in no session of its own since the machine started: to them the file
    is empty.
    """
    return int(_read(f"/proc/{pid or 'self'}/autogroup").rpartition(b" ")[2] or 0)


def seconds_since_start(pid: int) -> float:
    """By the clock, to a tick of 10 ms. 0 when it is gone."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    if len(fields) < 20:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def blocked_in(pid: int, tid: int) -> Call | None:
    """The system call that a waiting thread is in; None when it runs or waits for something else."""
    words = _read(f"/proc/{pid}/task/{tid}/syscall").split()
    if len(words) < 7 or not words[0].isdigit():
        return None
    name = CALLS.get(int(words[0]))
    return Call(name, tuple(int(word, 16) for word in words[1:7])) if name else None


def waits_for_ever(call: Call) -> bool:
    return FOR_EVER.get(call.name, _always)(call.arguments)


def command(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode("utf-8", "replace")


def catches(pid: int, number: int) -> bool:
    """Whether the process has a handler of its own for this signal."""
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith(b"SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def descriptors(pid: int) -> list[Descriptor]:
    found = []
    for name in _listed(f"/proc/{pid}/fd"):
        try:
            target, mode = os.readlink(f"/proc/{pid}/fd/{name}"), os.lstat(f"/proc/{pid}/fd/{name}").st_mode
        except OSError:
            continue
        found.append(Descriptor(int(name), target, bool(mode & stat.S_IRUSR), bool(mode & stat.S_IWUSR)))
    return sorted(found)


def reachable_from_outside(pid: int, but: Container[str] = ()) -> bool:
    """Whether something that is no process of the tree can wake it: a timer, an alarm, a connection.

    `but`: targets of descriptors that do not count.
    """
    local = {line.split()[6] for line in _read(f"/proc/{pid}/net/unix").splitlines()[1:] if len(line.split()) > 6}
    for descriptor in descriptors(pid):
        target = descriptor.target
        if target.startswith(("anon_inode:[timerfd]", "anon_inode:[signalfd]", "anon_inode:inotify")):
            return True
        if target.startswith("socket:") and target not in but and target[8:-1].encode() not in local:
            return True
    return False


def _read(path: str) -> bytes:
    # Without a file object, which asks the kernel for the size and the kind of each before it reads.
    text = b""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return text
    try:
        while more := os.read(descriptor, CHUNK):
            text += more
    except OSError:
        return b""
    finally:
        os.close(descriptor)
    return text


def _listed(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError:
        return []
