"""The box's end: a zygote that imports the engine once and forks one process a job.

No student code ever runs in the zygote, so every job begins clean and a job that dies or hangs costs only
itself. It only reads and rewrites the answer's source, once for all jobs. Orders come on its control channel;
the one that begins a job carries the descriptor of that job's own channel. Whatever a job leaves behind is
killed before the next begins.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import os
import select
import signal
import socket
import time
from _sitebuiltins import Quitter
from typing import NoReturn

import msgspec

from grader.box import jobs, rights
from grader.box.channel import Channel
from grader.box.import_watch import ImportWatch, named
from grader.box.programs import Programs
from grader.box.protocol import (
    LENGTH_BYTES,
    Begin,
    Ended,
    Excess,
    Order,
    Preflight,
    Prepare,
    Ready,
    Request,
    Settings,
    decode,
    encode,
)
from grader.box.sealing import Seal
from grader.box.wards import Wards

WATCH_SECONDS = 0.05
"""How often the memory of a running job is looked at."""


def main(control: int, settings: bytes) -> NoReturn:
    """Serves jobs until the parent closes the channel. Never returns."""
    zygote = Zygote(socket.socket(fileno=control), msgspec.json.decode(settings, type=Settings))
    try:
        zygote.serve()
    except OSError:
        pass  # the parent has gone, while we were telling it something
    finally:
        zygote.close()
    os._exit(0)


class Zygote:
    def __init__(self, control: socket.socket, settings: Settings) -> None:
        control.set_inheritable(False)
        self._control = control
        self._settings = settings
        self._number = -1
        self._job = 0
        """The process of the running job, or 0."""
        self._import: ImportWatch | None = None
        """When that process does nothing but to see whether the answer can be imported."""
        self._programs = Programs()
        jobs.warm_up()
        # What `site`, which is left out for speed, would have put there: answers call exit().
        builtins.exit, builtins.quit = Quitter("exit", "Ctrl-D"), Quitter("quit", "Ctrl-D")
        rights.give_up(settings)
        self._seal = Seal(settings.fence, rights.seal(settings)) if settings.fence else None
        if self._seal:
            self._seal.try_out()
        self._woken = _child_alarm()
        self._wards = Wards(settings, self._woken)
        self._used = False
        """A job has run since the box was last cleared."""
        self._next_look = 0.0
        # Frozen objects are not touched by the collector, so their pages stay shared with every job. The little that is
        # garbage among them is not worth the search.
        gc.freeze()
        gc.enable()

    def serve(self) -> None:
        self._control.sendall(encode(Ready()))
        while True:
            shown = self._seal.descriptors() if self._seal else []
            ready, _, _ = select.select([self._control.fileno(), self._woken, *shown], [], [], self._patience())
            if not ready and self._programs.wanted:
                self._programs.load_next()
            if self._seal:
                self._seal.attend(ready)
            if self._woken in ready:
                os.read(self._woken, 512)
                self._reap()
            if self._control.fileno() in ready and not self._obey():
                return
            if self._job and time.monotonic() >= self._next_look:
                self._look()

    def _look(self) -> None:
        self._next_look = time.monotonic() + WATCH_SECONDS
        if excess := self._wards.excess():
            self._end(excess)
        elif self._import:
            self._import.look()

    def close(self) -> None:
        """Leaves nothing: where no namespace ends with us, nobody else would do it when the parent was killed.

        Nor dead children: whoever inherits them, the first process of a container say, may never look after them.
        """
        self._wards.clear()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    def _patience(self) -> float | None:
        if self._programs.wanted:
            return 0.0
        return max(0.0, self._next_look - time.monotonic()) if self._job else None

    def _obey(self) -> bool:
        """Reads one order and does it; False when the parent has gone."""
        length, descriptors, _, _ = socket.recv_fds(self._control, LENGTH_BYTES, 1)
        body = self._read(int.from_bytes(length, "big"))
        if not body:
            return False
        order: Order = decode(body, Order)
        if isinstance(order, Prepare):
            self._programs.want(order)
            return True
        self._end("")
        if isinstance(order, Begin):
            self._begin(order, descriptors[0])
        return True

    def _read(self, size: int) -> bytes:
        body = b""
        while len(body) < size and (data := self._control.recv(size - len(body))):
            body += data
        return body

    def _begin(self, order: Begin, descriptor: int) -> None:
        self._programs.load_for(order.request)
        pid = self._seal.fork() if self._seal else os.fork()
        if pid == 0:
            self._work(descriptor, order.request)
        job = order.request.job
        self._import = ImportWatch(job, pid, named(descriptor)) if isinstance(job, Preflight) else None
        os.close(descriptor)
        self._number, self._job, self._used = order.number, pid, True
        self._next_look = time.monotonic() + WATCH_SECONDS

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid != self._job:
                continue
            if os.WIFSTOPPED(status):
                # It keeps the answer's time limit, and is nobody else's to stop: it would be waited for in vain.
                os.kill(pid, signal.SIGKILL)
            else:
                self._tell(status, "")

    def _end(self, reason: Excess) -> None:
        """Removes whatever the job left, and says so when the job itself was still running."""
        if not self._used:
            return
        self._wards.clear()
        self._used = False
        if self._job:
            _, status = os.waitpid(self._job, 0)
            self._tell(status, reason)
        self._reap()

    def _tell(self, status: int, reason: Excess) -> None:
        self._job = 0
        ended = Ended(self._number, os.waitstatus_to_exitcode(status), reason)
        self._control.sendall(encode(ended))

    def _work(self, descriptor: int, request: Request) -> NoReturn:
        """The process of one job, from here to its end; it leaves by `os._exit`, past every handler of the answer."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            os.setsid()
            rights.silence()
            rights.set_dumpable(True)
            channel = Channel(socket.socket(fileno=descriptor), request.key)
            rights.bound_time(request.seconds)
            if self._seal:
                self._seal.close()
            jobs.answer(channel, request, self._programs)
        except BaseException:  # an answer may raise anything, at any time; the parent then sees that nothing came
            os._exit(70)


def _child_alarm() -> int:
    """A descriptor that becomes readable when a child ends: portable, where a pidfd is not."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading
