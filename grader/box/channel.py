"""The job's end of its own channel to the parent: whole messages, blocking."""

from __future__ import annotations

import socket
from typing import TypeVar

from msgspec import Struct

from grader.box.protocol import REQUEST_BYTES, Frames, decode, encode
from grader.errors import BoxDied

T = TypeVar("T", bound=Struct)


class Channel:
    def __init__(self, connection: socket.socket, key: str) -> None:
        """`key` is what the parent wants every reply to begin with."""
        self._connection = connection
        self._key = key
        # The parent is trusted, and a long search needs many answers: bounded by the frame, not in all.
        self._frames = Frames(REQUEST_BYTES, 1 << 62)

    def send(self, message: Struct) -> None:
        self._connection.sendall(encode(message, key=self._key))

    def receive(self, form: type[T]) -> T:
        """The next message. Raises BoxDied when the parent has closed the channel."""
        while (body := self._frames.take()) is None:
            data = self._connection.recv(1 << 16)
            if not data:
                raise BoxDied("the parent has closed the channel")
            self._frames.feed(data)
        message: T = decode(body, form)
        return message
