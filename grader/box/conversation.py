"""One job's conversation with the box, by the parent's own clock."""

from __future__ import annotations

import contextlib
import math
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
STRIDE = 1.0
"""Seconds of waiting at one go. When more have passed, this process stood still (Ctrl-Z), which is nobody's time."""
_TOO_MUCH = {"memory": "held too much memory", "processes": "were too many", "disk": "wrote too much to disk"}


class Conversation:
    """Sends one request on a channel of its own and hears replies until one is the last, or time is up.

    `seconds` are those that this process waits, by its monotonic clock.

    A channel a job: what a process left over from an earlier job writes, nobody reads.
    """

    def __init__(self, exchange: Exchange, number: int, seconds: float, limits: Limits) -> None:
        self._exchange = exchange
        self._number = number
        self._seconds = seconds
        self._left = seconds
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
            self._exchange.order(order, self._seconds, self._theirs)
        except TimeoutError:
            raise self._too_late() from None
        finally:
            self._theirs.close()

    def go_on(self, more: More, seconds: float) -> None:
        """Gives the process, which has answered, its next job. `seconds` as in the beginning. Raises BoxBroke."""
        self._seconds, self._left, self._processor = seconds, seconds, more.seconds
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
        ready = self._readable([control], GRACE) if self._closed else self._readable([self._channel, control])
        # The channel first: a job may have answered before it ended.
        if self._channel in ready:
            self._read()
        elif control in ready:
            self._hear_news()
        elif self._closed:
            raise BoxDied("the process closed the channel on which it owed an answer")
        else:
            raise self._too_late()

    def _readable(self, channels: list[socket.socket], most: float = math.inf) -> list[socket.socket]:
        """Those with something to read, as soon as there are any; none when time is up, or `most` seconds are."""
        return self._ready(channels, [], most)

    def _ready(self, reads: list[socket.socket], writes: list[socket.socket], most: float) -> list[socket.socket]:
        while True:
            began, stride = time.monotonic(), max(0.0, min(self._left, most, STRIDE))
            readable, writable, _ = select.select(reads, writes, [], stride)
            passed = min(time.monotonic() - began, stride)
            self._left, most = self._left - passed, most - passed
            if readable or writable or min(self._left, most) <= 0:
                return readable + writable

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
        rest = memoryview(frame)
        while rest:
            if not self._ready([], [self._channel], math.inf):
                raise self._too_late()
            try:
                rest = rest[self._channel.send(rest, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                continue
            except OSError:
                return  # the job has gone; `hear` finds out how

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
