"""ex03: two processes that talk through pipes. The reference; why it is so stands at the lines."""

from __future__ import annotations

import multiprocessing
import os
import struct
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

HEADER = struct.Struct(">I")
LONGEST = 2**24


def ping_pong(rounds: int) -> list[tuple[str, int]]:
    parent_end, child_end = multiprocessing.Pipe()
    child = multiprocessing.Process(target=_answer, args=(parent_end, child_end))
    child.start()
    # Else our copy keeps the line open, and a child that dies is never noticed.
    child_end.close()
    answers = []
    try:
        # In turns: to send everything first fills both directions, and then nobody can go on.
        for number in range(rounds):
            parent_end.send(("ping", number))
            answers.append(parent_end.recv())
    finally:
        # The end of the stream tells the child to end; only then is there something to wait for.
        parent_end.close()
        child.join()
    return answers


def _answer(parent_end: Connection, child_end: Connection) -> None:
    # Else this copy of the other end is the one that keeps our own recv from ever seeing the end.
    parent_end.close()
    while True:
        try:
            _, number = child_end.recv()
        except EOFError:
            break
        child_end.send(("pong", number))
    child_end.close()


def serve(conn: Connection, handler: Callable[[Any], Any]) -> None:
    while True:
        try:
            request = conn.recv()
        except EOFError:
            return
        # Not in one `try` with recv: an EOFError of the handler is an answer, not the end.
        try:
            reply = ("ok", handler(request))
        except Exception as error:
            reply = ("err", repr(error))
        conn.send(reply)


def write_frame(fd: int, payload: bytes) -> None:
    rest = memoryview(HEADER.pack(len(payload)) + payload)
    while rest:
        rest = rest[os.write(fd, rest) :]


def read_frame(fd: int) -> bytes | None:
    header = _exactly(fd, HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise EOFError("the stream ended inside a header")
    (length,) = HEADER.unpack(header)
    if length > LONGEST:
        raise ValueError(f"a frame of {length} bytes is longer than {LONGEST}")
    payload = _exactly(fd, length)
    if len(payload) < length:
        raise EOFError(f"the stream ended after {len(payload)} of {length} bytes")
    return payload


def _exactly(fd: int, size: int) -> bytes:
    """`size` bytes, or fewer where the stream ends."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(fd, size - len(data))
        if not piece:
            break
        data += piece
    return bytes(data)
