"""How a job of the tier landlock is sealed, and what the zygote then does in its stead: a /dev/shm for each box.

The C library keeps semaphores and shared memory in /dev/shm, by name, and all boxes of a machine would share it. So no
box may open anything there. The kernel shows the zygote each call of a job's that may be meant for that folder
(seccomp_unotify(2)); the zygote makes it in a folder of the box's own and gives the job the descriptor. All other
calls go on, and meet Landlock, whatever has become of the path meanwhile: no word of the job's is relied on.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import select
import socket
import struct
from collections.abc import Callable, Collection
from functools import partial

from grader.box import fence, rights
from grader.box.protocol import Fence
from grader.box.seccomp import SHOWN

PLACE = b"/dev/shm/"
LONGEST = 256
"""Bytes of a name, the zero at its end included."""
PATIENCE = 10.0
"""Seconds for the trial, on a busy machine."""
_RECEIVE, _SEND, _STILL_THERE, _GIVE = 0xC0502100, 0xC0182101, 0x40082102, 0x40182103
_GO_ON, _AND_ANSWER = 1, 2
_CALL = struct.Struct("=QIIiIQ6Q")
"""Cookie, thread, flags; number, architecture, instruction, arguments."""
_OPENING = os.O_ACCMODE | os.O_CREAT | os.O_EXCL | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC


class Seal:
    """For all jobs of a zygote, one at a time."""

    def __init__(self, fenced: Fence, program: bytes) -> None:
        self._fence, self._program = fenced, program
        self._folder = os.fsencode(fenced.shared)
        self._names = {number: name for name, number in SHOWN[platform.machine()].items()}
        self._ours: socket.socket | None = None
        """On which a job that is being sealed hands over where its calls are shown."""
        self._theirs: socket.socket | None = None
        self._shown = -1

    def fork(self) -> int:
        """As `os.fork`; the child has to call `close` next."""
        self.release()
        self._ours, self._theirs = socket.socketpair()
        if pid := os.fork():
            self._theirs.close()
        return pid

    def close(self) -> None:
        """In the job: from here on."""
        assert self._ours is not None
        assert self._theirs is not None
        self._ours.close()
        shown = fence.seal(self._program, self._fence)
        socket.send_fds(self._theirs, [b"."], [shown])
        os.close(shown)
        self._theirs.close()

    def release(self) -> None:
        """The job is over."""
        if self._ours is not None:
            self._ours.close()
            self._ours = None
        if self._shown >= 0:
            os.close(self._shown)
            self._shown = -1

    def descriptors(self) -> list[int]:
        """What to wait for, beside other things."""
        return [self._ours.fileno()] if self._ours else [self._shown] if self._shown >= 0 else []

    def attend(self, ready: Collection[int]) -> None:
        """Does what one of `descriptors` was ready for."""
        if self._ours is not None and self._ours.fileno() in ready:
            _, given, _, _ = socket.recv_fds(self._ours, 1, 1)
            self.release()
            self._shown = given[0] if given else -1
        elif self._shown in ready:
            self._serve()

    def try_out(self) -> None:
        """Seals a process that does nothing else. Raises OSError where the seal does not hold."""
        pid = self.fork()
        if pid == 0:
            _try(self)
        while descriptors := self.descriptors():
            ready, _, _ = select.select(descriptors, [], [], PATIENCE)
            self.attend(ready)
            if not ready:
                break
        self.release()
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
            raise OSError("the filter of system calls could not be installed, or does not hold")

    def _serve(self) -> None:
        waiting = select.poll()
        waiting.register(self._shown, select.POLLIN)
        events = waiting.poll(0)
        if not events:
            return  # whoever asked has been killed meanwhile
        if not events[0][1] & select.POLLIN:
            self.release()  # nobody is left who could be shown
            return
        told = bytearray(_CALL.size)
        # The same can happen at every step from here.
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._shown, _RECEIVE, told, True)
            cookie, thread, _, number, _, _, *arguments = _CALL.unpack(told)
            self._answer(cookie, self._wanted(cookie, thread, self._names[number], arguments))

    def _wanted(self, cookie: int, thread: int, called: str, arguments: list[int]) -> Callable[[], int | None] | None:
        """What to do in the job's stead, which gives a descriptor if any; None where it is not meant for us."""
        first, second, third, fourth = arguments[:4]
        by_name = {"openat": [second], "link": [first, second], "linkat": [second, fourth], "unlink": [first]}
        paths = [self._path(thread, address) for address in by_name.get(called, [second])]
        # Had the thread ended before that, another one's memory might have been read.
        fcntl.ioctl(self._shown, _STILL_THERE, struct.pack("=Q", cookie))
        if not all(paths) or (called == "unlinkat" and third):  # which is for folders
            return None
        if called == "openat":
            return partial(os.open, paths[0], third & _OPENING | os.O_NOFOLLOW, fourth & 0o777)
        if called in ("link", "linkat"):
            return partial(os.link, paths[0], paths[1])
        return partial(os.unlink, paths[0])

    def _path(self, thread: int, address: int) -> bytes:
        """Where it lies in our folder; empty when it is not meant for that."""
        path = _read(thread, address)
        name = path.removeprefix(PLACE)
        meant = name != path and b"/" not in name and name not in (b"", b".", b"..")
        return self._folder + b"/" + name if meant else b""

    def _answer(self, cookie: int, wanted: Callable[[], int | None] | None) -> None:
        if wanted is None:
            self._say(cookie, flags=_GO_ON)
            return
        try:
            opened = wanted()
            if opened is None:
                self._say(cookie)
            else:
                self._give(cookie, opened)
        except OSError as error:
            # Its own, or that it has too many descriptors for one more.
            self._say(cookie, error=error.errno or errno.EPERM)

    def _give(self, cookie: int, opened: int) -> None:
        try:
            fcntl.ioctl(self._shown, _GIVE, struct.pack("=QIIII", cookie, _AND_ANSWER, opened, 0, os.O_CLOEXEC))
        finally:
            os.close(opened)

    def _say(self, cookie: int, *, error: int = 0, flags: int = 0) -> None:
        fcntl.ioctl(self._shown, _SEND, struct.pack("=QqiI", cookie, 0, -error, flags))


def _read(thread: int, address: int) -> bytes:
    """What stands there, up to a zero. Empty where there is none, or where we may not look."""
    try:
        memory = os.open(f"/proc/{thread}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        text, zero, _ = os.pread(memory, len(PLACE) + LONGEST, address).partition(b"\0")
    except OSError:
        return b""
    finally:
        os.close(memory)
    return text if zero else b""


def _try(seal: Seal) -> None:
    path = f"{PLACE.decode()}threadmark-{os.urandom(8).hex()}"
    held = False
    try:
        rights.set_dumpable(True)
        seal.close()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        held = not os.path.lexists(path)
        os.unlink(path)
        socket.socket(socket.AF_INET).close()
    except OSError as error:
        os._exit(0 if held and error.errno == errno.EAFNOSUPPORT else 1)
    os._exit(2)
