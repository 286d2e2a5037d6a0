"""ex03: two processes that talk through pipes. README.md tells the story; write what is marked TODO."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


def ping_pong(rounds: int) -> list[tuple[str, int]]:
    """Talk with one child Process over a multiprocessing.Pipe(): `rounds` times there and back.

    For i = 0, 1, ..., rounds-1 the parent sends ('ping', i) and the child answers ('pong', i). Returns the
    answers in order; any number of rounds works, 0 too.

    * Each process closes the end that it does not use, as soon as the child runs.
    * The child ends by itself, with exit code 0, because the parent closes its end: nobody kills it.
    * When ping_pong returns, the child is joined and both ends are closed.
    * If the child dies on the way, ping_pong raises EOFError or OSError; it never waits for ever.
    * It works under the start methods fork and spawn: what the child runs is a function at the top level.
    """
    # TODO: the parent's side here, the child's side in a function of its own
    raise NotImplementedError("write ping_pong")


def serve(conn: Connection, handler: Callable[[Any], Any]) -> None:
    """The child's side of a little server: receive x, send what the handler makes of it, until EOFError.

    Sends ('ok', handler(x)), or ('err', repr(error)) when the handler raised an Exception; an error in the
    handler ends nothing. Returns when the other side has closed its end.
    """
    # TODO
    raise NotImplementedError("write serve")


def write_frame(fd: int, payload: bytes) -> None:
    """Write one frame to a descriptor: 4 bytes with the payload's length, big-endian, then the payload.

    os.write may take less than it is given (a signal in the middle of it is enough) and says how much: the
    rest is yours to write. The payload may be empty; it is at most 2**24 bytes long.
    """
    # TODO
    raise NotImplementedError("write write_frame")


def read_frame(fd: int) -> bytes | None:
    """Read exactly one frame and not a byte more; return its payload.

    os.read may give less than it is asked for, even one byte at a time. Where the stream ends says what it means:

    * before the first byte of a frame: None, a clean end; an empty frame is b"", not an end
    * inside a frame, in its header or in its payload: EOFError
    * ValueError, without reading on, when the header says more than 2**24 bytes
    """
    # TODO
    raise NotImplementedError("write read_frame")
