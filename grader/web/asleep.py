"""Whether a process tree does nothing but wait for an answer: then virtual time may go on.

Everybody must be blocked in a call that a message can end, nobody may have run between two looks, and nothing may be
under way in the kernel: bytes that are sent and not yet read, a connection that is just being made. A timeout in such
a call does not matter, since no time passes for a client that is served at once; a sleep does: it is the client's own.
"""

from __future__ import annotations

from pathlib import Path

from grader.processes import kernel
from grader.processes.watch import Watch

WAITS = frozenset(
    ["read", "readv", "recvfrom", "recvmsg", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait",
     "futex", "wait4", "waitid", "accept", "accept4"]
)  # fmt: skip
STEADY = 0.002
"""Seconds without anybody running."""
UNACKNOWLEDGED = 0.012
"""The same while something lies in a socket's queue: an acknowledgement that is late, or a reader who is."""
ESTABLISHED, LISTEN = "01", "0A"
BEING_MADE = frozenset(["02", "03"])
"""SYN_SENT and SYN_RECV."""


class Sleepers:
    """Looks at one tree and at the sockets of one port, again and again."""

    def __init__(self, watch: Watch, port: int) -> None:
        self._watch = watch
        self._port = f"{port:04X}"
        self._marks: dict[int, bytes] = {}
        self._since = 0.0

    def stirred(self, now: float) -> None:
        """Something has happened on our side: the wait begins anew."""
        self._since = now

    def asleep(self, now: float) -> bool:
        marks = self._looked()
        if marks != self._marks or not all(marks.values()):
            self._marks, self._since = marks, now
            return False
        queued = self._queued()
        if queued is None or now - self._since < (UNACKNOWLEDGED if queued else STEADY):
            return False
        return all(map(self._waits, self._watch.processes())) and self._looked() == marks

    def _looked(self) -> dict[int, bytes]:
        return {
            tid: kernel.time_spent(pid, tid)
            for pid in self._watch.processes()
            if self._watch.alive(pid)
            for tid in kernel.threads(pid)
        }

    def _waits(self, pid: int) -> bool:
        return all(self._thread_waits(pid, tid) for tid in kernel.threads(pid))

    def _thread_waits(self, pid: int, tid: int) -> bool:
        state = kernel.state(pid, tid)
        if state in ("Z", "X", ""):
            return True
        call = kernel.blocked_in(pid, tid) if state == "S" else None
        return call is not None and call.name in WAITS

    def _queued(self) -> bool | None:
        """Whether bytes lie in a queue of one of our connections; None while one is being made."""
        queued = False
        for line in _lines(Path("/proc/net/tcp")):
            _, ours, theirs, state, queues, *_ = line.split()
            if self._port not in (ours[-4:], theirs[-4:]):
                continue
            # At a listening socket the second number counts connections that nobody has accepted yet.
            if state in BEING_MADE or (state == LISTEN and not queues.endswith(":00000000")):
                return None
            queued = queued or (state == ESTABLISHED and queues != "00000000:00000000")
        return queued


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []
