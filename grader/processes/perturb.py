"""Pipes that make rare things certain. For scenarios; every wait in here is a real, blocking one.

A pipe usually takes and gives whole messages, so that code which forgets the rest works for years. Short
reads and short writes both are what POSIX allows; here they happen every time.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAGE = 4096
HEADER = 4


@contextmanager
def trickle(data: bytes) -> Iterator[int]:
    """A descriptor to read `data` from, then end of file: each read gives one byte, whatever it asked for."""
    # A packet is never handed out together with the next one, so nothing depends on who is faster.
    reading, writing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    feeder = threading.Thread(target=_feed, args=(writing, data), daemon=True)
    feeder.start()
    try:
        yield reading.fileno()
    finally:
        reading.close()
        feeder.join()


def _feed(writing: socket.socket, data: bytes) -> None:
    with writing:
        try:
            for place in range(len(data)):
                writing.send(data[place : place + 1])
        except OSError:
            return  # the reader has had enough


@contextmanager
def filled(data: bytes) -> Iterator[int]:
    """A descriptor to read from a pipe that already holds all of `data` (at most 64 KiB), then end of file."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def written(write: Callable[[int], object], *, interrupted: bool = False) -> bytes:
    """Everything that `write(fd)` writes into a pipe of one page, while a reader takes it out.

    `interrupted`: a signal arrives in the middle of the first long write, which thereby is short: the kernel
    tells how much it took, and the rest is left to the caller. Call it from the main thread.
    """
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PAGE)
    # Python runs a handler when the system call has returned: from then on the write is known to be short.
    returned = threading.Event()
    old = signal.signal(signal.SIGUSR2, lambda *_: returned.set())
    taken = bytearray()
    writer = threading.get_ident() if interrupted else 0
    reader = threading.Thread(target=_drain, args=(reading, taken, writer, returned), daemon=True)
    reader.start()
    try:
        write(writing)
    finally:
        os.close(writing)
        reader.join()
        os.close(reading)
        signal.signal(signal.SIGUSR2, old)
    return bytes(taken)


def _drain(reading: int, taken: bytearray, writer: int, returned: threading.Event) -> None:
    # One byte past the header: a write of the payload has begun, has filled the page and cannot go on.
    while writer and len(taken) <= HEADER:
        data = os.read(reading, HEADER + 1 - len(taken))
        taken += data
        if not data:
            return
    if writer:
        signal.pthread_kill(writer, signal.SIGUSR2)
        returned.wait()
    while data := os.read(reading, PAGE):
        taken += data
