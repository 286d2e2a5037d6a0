"""One job's conversation with the box, by the parent's own clock."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from grader.box.exchange import Exchange
from grader.box.protocol import Begin, End, Ended, Frames, Limits, More, Reply, Request, decode, encode
from grader.errors import BoxDied, BoxTimeout

CHUNK = 1 << 16
KEY_BYTES = 16
GRACE = 5.0
"""Seconds that the zygote has to say how a job ended whose channel is closed."""
_TOO_MUCH = {"memory": "held too much memory", "processes": "were too many", "disk": "wrote too much to disk"}


class Conversation:
    """Sends one request on a channel of its own and hears replies until one is the last, or time is up.

    `seconds` are those of this process's monotonic clock.

    A channel a job: what a process left over from an earlier job writes, nobody reads.
    """

    def __init__(self, exchange: Exchange, number: int, seconds: float, limits: Limits) -> None:
        self._exchange = exchange
        self._number = number
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._frames = Frames(limits.frame, limits.total)
        self._channel, self._theirs = socket.socketpair()
        self._key = os.urandom(KEY_BYTES).hex()
        self._closed = False
        self._ended: Ended | None = None

    def begin(self, request: Request) -> None:
        """Has the zygote fork a process for the job."""
        self._processor = request.seconds
        try:
            order = Begin(self._number, replace(request, key=self._key))
            self._exchange.order(order, self._left(), self._theirs)
        except TimeoutError:
            raise self._too_late() from None
        finally:
            self._theirs.close()

    def go_on(self, more: More, seconds: float) -> None:
        """Gives the process, which has answered, its next job. `seconds` as in the beginning. Raises BoxBroke."""
        self._seconds, self._processor = seconds, more.seconds
        self._deadline = time.monotonic() + seconds
        self._frames.renew()
        self.say(more)

    def say(self, message: Struct) -> None:
        self._send(encode(message))

    def hear(self) -> Reply:
        """The next reply. Raises BoxTimeout, BoxDied or BoxBroke when there is none to believe."""
        while (body := self._frames.take()) is None:
            if self._ended is not None:
                raise _obituary(self._ended, self._processor)
            self._wait()
        return cast(Reply, decode(body, Reply, key=self._key))

    def hang_up(self) -> None:
        self._channel.close()

    def end(self) -> None:
        """Hangs up, and has the zygote kill what the job left. Does not wait for that."""
        self.hang_up()
        with contextlib.suppress(OSError, BoxDied):
            self._exchange.order(End(), GRACE)

    def _wait(self) -> None:
        """Until one thing more is known."""
        control = self._exchange.control
        left = min(self._left(), GRACE) if self._closed else self._left()
        ready, _, _ = select.select([control] if self._closed else [self._channel, control], [], [], left)
        # The channel first: a job may have answered before it ended.
        if self._channel in ready:
            self._read()
        elif control in ready:
            self._hear_news()
        elif self._closed:
            raise BoxDied("the process closed the channel on which it owed an answer")

    def _read(self) -> None:
        try:
            data = self._channel.recv(CHUNK)
        except OSError:
            data = b""
        self._closed = not data
        self._frames.feed(data)

    def _hear_news(self) -> None:
        for ended in self._exchange.news():
            if ended.number == self._number:
                self._read_rest()
                self._ended = ended

    def _read_rest(self) -> None:
        """What the job wrote before it ended; a process that it left behind may hold the channel open."""
        self._channel.setblocking(False)
        with contextlib.suppress(OSError):
            while data := self._channel.recv(CHUNK):
                self._frames.feed(data)

    def _send(self, frame: bytes) -> None:
        self._channel.settimeout(self._left())
        try:
            self._channel.sendall(frame)
        except TimeoutError:
            raise self._too_late() from None
        except OSError:
            pass  # the job has gone; `hear` finds out how

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._too_late()
        return left

    def _too_late(self) -> BoxTimeout:
        return BoxTimeout(f"no answer within {self._seconds:g} s")


def _obituary(ended: Ended, processor: float) -> BoxDied | BoxTimeout:
    if ended.reason:
        return BoxDied(f"the process was killed because it and its children {_TOO_MUCH[ended.reason]}")
    if ended.status == -signal.SIGXCPU:
        return BoxTimeout(f"no answer within {processor:g} s of processor time")
    if ended.status < 0:
        return BoxDied(f"the process was killed by signal {-ended.status} before it answered")
    return BoxDied(f"the process ended with exit code {ended.status} before it answered")
