"""Printing: each write is a step, so that what two threads print may come out mixed, as it does in Python."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler


class Printed(io.TextIOBase):
    """`sys.stdout` and `sys.stderr` of one execution. No outcome holds what is in it, so no order of writes need be
    tried for its own sake: a write conflicts with nothing."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._texts: list[str] = []

    def write(self, text: str, /) -> int:
        """A step, then the writing."""
        scheduler = self._scheduler
        if not scheduler.quiet:
            scheduler.point("yield", -1, scheduler.current.site)
        self._texts.append(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def getvalue(self) -> str:
        """All that was written."""
        return "".join(self._texts)


class _Stepwise:
    """A buffer or a file of the program's own, each write to it told."""

    def __init__(self, buffer: Any, tell: Callable[[object], None]) -> None:
        self._buffer = buffer
        self._tell = tell

    def write(self, text: str) -> int:
        self._tell(self._buffer)
        return int(self._buffer.write(text))

    def flush(self) -> None:
        self._buffer.flush()


def print_function(tell: Callable[[object], None], asks: Callable[[], None]) -> Callable[..., None]:
    """The builtin `print`, which tells of its writes to buffers of the program (`contextlib.redirect_stdout`), and
    before that `asks` for `sys.stdout`."""

    def print(*values: object, file: Any = None, **options: Any) -> None:
        if file is None:
            asks()
        target = sys.stdout if file is None else file
        if type(target) in (io.StringIO, io.TextIOWrapper):
            target = _Stepwise(target, tell)
        builtins.print(*values, file=target, **options)

    # What errors say of a call, and what the program itself may ask.
    print.__doc__, print.__module__, print.__qualname__ = builtins.print.__doc__, "builtins", "print"
    return print
