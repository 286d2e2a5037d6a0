"""How far a bulk run is: a bar with the time left on a terminal, plain lines elsewhere. Writes to stderr only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol, TextIO

LINES = 20
"""How many lines the plain progress writes at most."""


class Progress(Protocol):
    def advance(self, *, fresh: bool) -> None:
        """One more submission is finished. `fresh`: it was graded now, not found in the store."""


class Lines:
    """Plain lines, for logs: one for each twentieth of the work."""

    def __init__(self, total: int, to: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._total, self._to, self._clock = total, to, clock
        self._done = self._fresh = 0
        self._began = clock()

    def advance(self, *, fresh: bool) -> None:
        self._done += 1
        self._fresh += fresh
        if self._done * LINES // self._total != (self._done - 1) * LINES // self._total:
            print(f"bulk: {self._done} of {self._total} done{self._left()}", file=self._to, flush=True)

    def _left(self) -> str:
        """The time left. What was found in the store took no time, so it does not count as speed."""
        remaining = self._total - self._done
        if not remaining or not self._fresh:
            return ""
        return f", about {_span((self._clock() - self._began) / self._fresh * remaining)} left"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


@contextmanager
def showing(total: int, to: TextIO | None = None) -> Iterator[Progress]:
    """A progress display for `total` submissions, on stderr."""
    stream = to or sys.stderr
    if not stream.isatty():
        yield Lines(total, stream)
        return
    with _bar(total, stream) as bar:
        yield bar


@contextmanager
def _bar(total: int, stream: TextIO) -> Iterator[Progress]:
    from rich import progress  # 30 ms that a log does not need
    from rich.console import Console

    columns = (
        progress.TextColumn("grading"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(file=stream), transient=True) as shown:
        task = shown.add_task("grading", total=total)

        class Bar:
            def advance(self, *, fresh: bool) -> None:  # noqa: ARG002 - rich measures the speed itself
                shown.advance(task)

        yield Bar()
