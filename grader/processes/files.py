"""Every write to a file is a step of a controlled run: not the call of `write`, but what goes to the system.

A line that Python keeps in its buffer has not been written; a long one is written in pieces. So files that are opened
for writing stand on a raw file whose `write` parks. Standard library only.
"""

from __future__ import annotations

import builtins
import io
import os
from typing import Any

from grader.processes.gate import Gate

BUFFER_SIZE = 8192
"""Python's default until 3.13; it is 16 times as much since. Which line is torn does not depend on the version."""


def gate_files(gate: Gate, folder: str) -> None:
    """From now on `open` gives such files, for what lies in `folder`."""
    plain = builtins.open

    class Gated(io.FileIO):
        def write(self, data: Any) -> Any:
            key = f"file:{os.fstat(self.fileno()).st_ino}"
            return gate.step("write", key, lambda: io.FileIO.write(self, data), told=bytes(data[:40]))

    def opened(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **options: Any) -> Any:
        inside = isinstance(file, str | os.PathLike) and os.path.abspath(os.fspath(file)).startswith(folder)
        if not inside or not set(mode) & set("wax") or gate.place() is None:
            return plain(file, mode, buffering, *more, **options)
        raw = Gated(file, mode.replace("t", "").replace("b", ""))
        if buffering == 0:
            return raw
        size = buffering if buffering > 1 else BUFFER_SIZE
        buffered: Any = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw, size)
        if "b" in mode:
            return buffered
        options["line_buffering"] = buffering == 1
        return io.TextIOWrapper(buffered, *more, **options)

    builtins.open = opened
    io.open = opened
