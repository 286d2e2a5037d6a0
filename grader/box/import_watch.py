"""Sees from outside, in the zygote, that the import of an answer will never end: a trial run that waits for ever.

The process that imports is told with a signal, and tells where it is, as for an import that computes for ever.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from grader.box.importing import TOO_LONG
from grader.box.protocol import PATIENCE, Preflight

if TYPE_CHECKING:
    from grader.processes.watch import Watch


class ImportWatch:
    """Of one job, from its first moment on. Costs nothing before the first look."""

    def __init__(self, job: Preflight, pid: int, channel: str) -> None:
        """`channel`: the job's own, as `named` tells: it does not read from it while it imports."""
        self._pid = pid
        self._channel = channel
        self._end = time.monotonic() + job.seconds * PATIENCE

    def look(self) -> None:
        """Call it again and again while the job runs."""
        from grader.processes import kernel

        if kernel.catches(self._pid, TOO_LONG) and self._is_too_long():
            with suppress(ProcessLookupError):
                os.kill(self._pid, TOO_LONG)

    def _is_too_long(self) -> bool:
        now = time.monotonic()
        return now > self._end or self._watch.settled(now)

    @cached_property
    def _watch(self) -> Watch:
        from grader.processes.watch import Watch

        # Nobody runs beside a job: all that descend from the zygote are its own.
        return Watch(strangers=(), silent=(self._channel,))


def named(descriptor: int) -> str:
    """As the kernel names what is open there."""
    return f"socket:[{os.fstat(descriptor).st_ino}]"
