"""The parent's end of the zygote's channel: orders out, news in."""

from __future__ import annotations

import socket

from grader.box.protocol import LENGTH_BYTES, REQUEST_BYTES, Ended, Frames, News, Order, decode, encode
from grader.box.sandbox import Walls
from grader.errors import BoxDied, InternalError

CHUNK = 1 << 16


class BoxGone(BoxDied):
    """The whole box ended, not only the process of the job."""


class Exchange:
    """One started box. Student code cannot reach this channel: the zygote closes it in each job's process."""

    def __init__(self, walls: Walls) -> None:
        self.walls = walls
        self.control = walls.control
        self._ready = False
        self._frames = Frames(total=1 << 62)

    def order(self, order: Order, seconds: float, channel: socket.socket | None = None) -> None:
        """Sends `order`, with `channel` for the job that it begins. Raises TimeoutError, BoxGone, InternalError."""
        frame = encode(order, REQUEST_BYTES)
        self.control.settimeout(seconds)
        try:
            # With the length, which is the first that the zygote reads of an order.
            socket.send_fds(self.control, [frame[:LENGTH_BYTES]], [channel.fileno()] if channel else [])
            self.control.sendall(frame[LENGTH_BYTES:])
        except TimeoutError:
            raise
        except OSError:
            self._read_to_the_end()
            raise self._gone() from None

    def news(self) -> list[Ended]:
        """The jobs that have ended, as far as is known. Waits for at least one word of the zygote."""
        data = self._receive()
        if not data:
            raise self._gone()
        return self._heard(data)

    def _heard(self, data: bytes) -> list[Ended]:
        self._frames.feed(data)
        heard: list[Ended] = []
        while (body := self._frames.take()) is not None:
            word = decode(body, News)
            if isinstance(word, Ended):
                heard.append(word)
            else:
                self._ready = True
        return heard

    def _receive(self) -> bytes:
        try:
            return self.control.recv(CHUNK)
        except OSError:
            return b""

    def _read_to_the_end(self) -> None:
        while data := self._receive():
            self._heard(data)

    def _gone(self) -> BoxGone | InternalError:
        """Whose fault it is that the box is gone: before it was ready, nothing of a student had run."""
        words = self.walls.last_words()
        if not self._ready:
            return InternalError(f"the box did not start: {words or 'it ended without a word'}")
        return BoxGone("the answer brought the whole box down" + (f": {words}" if words else ""))
