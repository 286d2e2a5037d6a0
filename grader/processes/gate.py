"""Where the processes of a controlled run park: before each operation that others could notice.

A process says what it is about to do and waits for its turn; `controlled` decides whose turn it is. Only main
threads park, and only for what a line of the answer or of the scenario does. Standard library only.

Named pipes carry the talk, because they need no descriptor that a spawned child would have to inherit, and
because a line shorter than PIPE_BUF is never mixed with another process's.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import FrameType
from typing import Any

TOLD = "gate"
"""The named pipe that all write to, in the run's folder; `gate.N` is the one that process N hears from."""
LONGEST = 60
HIGH = 100
"""Descriptors of ours begin here, out of the way of those that an answer counts on."""
GO, ASK, LATE, READY, NOT_READY = b"g", b"?", b"t", "ready", "not ready"

# Kept from before the answer's own calls of them become steps (`points`).
_read, _write = os.read, os.write

Key = str
"""What an operation touches, the same text in every process: "sem:/mp-x", "pipe:77", "mem:94..."."""


class Gate:
    """One process's own. A forked child keeps its parent's object and calls `become`."""

    def __init__(self, folder: str, number: int) -> None:
        self._folder = folder
        self._inside = 0
        self._children = 0
        self._main = threading.main_thread().ident
        self.starting = False
        """Whether a fork that happens now is the library's own, whose child will say who it is."""
        self._told = _moved_up(os.open(os.path.join(folder, TOLD), os.O_WRONLY))
        self._heard = -1
        self._number = -1
        self.become(number)

    def become(self, number: int) -> None:
        """From now on this is process `number`: 0 the first, its n-th child n, the n-th of process p 100 p + n."""
        if number == self._number:
            return
        self._number, self._children, self._main = number, 0, threading.get_ident()
        self._inside = 0
        path = os.path.join(self._folder, f"{TOLD}.{number}")
        os.mkfifo(path)
        if self._heard >= 0:
            os.close(self._heard)
        # Both ways, so that it opens before the other side does, and never tells an end.
        self._heard = _moved_up(os.open(path, os.O_RDWR))

    @property
    def nobody_yet(self) -> bool:
        """A process of the library's own, or one that will still say who it is. From 3.14 on the fork server imports
        the main file, and with it this gate, before it forks."""
        return self._number < 0

    def next_child(self, name: str = "") -> int:
        """The number of a process that is about to be started."""
        self._children += 1
        number = 100 * self._number + self._children
        self.say("born", child=number, name=name)
        return number

    def called_directly(self, above: int) -> bool:
        """Whether the caller of the function that is `above` ours is a line of the answer, not of the library."""
        return sys._getframe(above + 1).f_code.co_filename.startswith(self._folder)

    def place(self) -> tuple[str, int, str] | None:
        """File, line and words of what the answer or the scenario is doing; None where no step is to be made."""
        if self._inside or threading.get_ident() != self._main:
            return None
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            path = frame.f_code.co_filename
            if path.startswith(self._folder):
                return os.path.basename(path), frame.f_lineno, _words(frame, path)
            frame = frame.f_back
        return None

    def park(
        self,
        kind: str,
        key: Key,
        place: tuple[str, int, str] | None,
        ready: Callable[[], bool] | None = None,
        *,
        late: bool = False,
    ) -> bool:
        """Says what comes next and waits for the turn. False: its time is up (only where `late` allows that).

        `ready` tells whether it could be done at once; it is asked whenever somebody else has moved.
        """
        self._inside += 1
        try:
            self.say("next", kind=kind, key=key, place=place, waits=ready is not None, late=late)
            while (word := _read(self._heard, 1)) == ASK:
                self.say(READY if ready is None or _is_so(ready) else NOT_READY)
            return word == GO
        finally:
            self._inside -= 1

    def step(
        self,
        kind: str,
        key: Key,
        call: Callable[[], Any],
        ready: Callable[[], bool] | None = None,
        *,
        show: bool = False,
        told: object = None,
    ) -> Any:
        """Parks, then does it; `show` tells the value that came of it, or else what is `told`."""
        place = self.place()
        if place is not None:
            self.park(kind, key, place, ready)
        with self.inside():
            value = call()
        if place is not None and (show or told is not None):
            self.say("value", text=short(value if show else told))
        return value

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Meanwhile what the library does for itself is no step."""
        mine = threading.get_ident() == self._main
        self._inside += mine
        try:
            yield
        finally:
            self._inside -= mine

    def say(self, word: str, **more: Any) -> None:
        line = json.dumps({"from": self._number, "pid": os.getpid(), "word": word, **more})
        _write(self._told, line.encode() + b"\n")


def _is_so(ready: Callable[[], bool]) -> bool:
    """What cannot even be asked does not wait: it raises, and shall do so in its turn."""
    try:
        return ready()
    except Exception:
        return True


def short(value: object) -> str:
    """A short repr of plain values; of others only the type: their repr could be the answer's own code."""
    if isinstance(value, (int, float, str, bytes, bool, type(None), list, tuple, dict)):
        text = repr(value)
        return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
    return ""


def _words(frame: FrameType, path: str) -> str:
    """The expression that the frame is in, as it is written."""
    where = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    line, last, begin, end = where
    if line is None or begin is None or end is None:
        return ""
    text = linecache.getline(path, line).encode()
    words = text[begin : end if last == line else None].decode("utf-8", "replace").strip()
    if words.startswith("with "):
        words = words[len("with ") :].partition(":")[0].partition(" as ")[0]
    return words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."


def _moved_up(descriptor: int) -> int:
    import fcntl

    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(descriptor)
    return high
