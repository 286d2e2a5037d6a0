"""What the processes of a controlled run say at the gate, line by line. They are the answer's: nothing is believed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.processes.gate import ASK, NOT_READY, READY, TOLD

WAKING_SECONDS = 0.05
"""How often to see whether a process that is asked still lives."""
MOST_BYTES = 65536


class Hearing:
    """One execution's. Call `close`."""

    def __init__(self, folder: str, heard: int) -> None:
        self._folder = folder
        self._heard = heard
        self._rest = b""
        self._ends: dict[int, int] = {}
        self._kept: list[dict[str, Any]] = []

    def close(self) -> None:
        for descriptor in (self._heard, *self._ends.values()):
            os.close(descriptor)

    def said(self, seconds: float = 0) -> list[dict[str, Any]]:
        """Everything said so far; waits up to `seconds` for a first word."""
        kept, self._kept = self._kept, []
        if not kept and seconds:
            select.select([self._heard], [], [], seconds)
        return [*kept, *self._lines()]

    def tell(self, number: int, word: bytes) -> None:
        """To the process of that number, which waits for it."""
        if number not in self._ends:
            path = os.path.join(self._folder, f"{TOLD}.{number}")
            with contextlib.suppress(OSError):
                self._ends[number] = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        if number in self._ends:
            os.write(self._ends[number], word)

    def ready(self, numbers: Iterable[int], lives: Callable[[int], bool]) -> dict[int, bool]:
        """Which of those processes could do at once what they wait for. They have nothing else to do but to say so.

        Who dies, or is stopped, without an answer is not in it.
        """
        waited, answers = set(numbers), dict[int, bool]()
        for number in waited:
            self.tell(number, ASK)
        look = time.monotonic() + WAKING_SECONDS
        while waited:
            select.select([self._heard], [], [], WAKING_SECONDS)
            for line in self._lines():
                if line["from"] in waited and line["word"] in (READY, NOT_READY):
                    waited.remove(line["from"])
                    answers[line["from"]] = line["word"] == READY
                else:
                    self._kept.append(line)
            if time.monotonic() > look:
                waited = set(filter(lives, waited))
                look = time.monotonic() + WAKING_SECONDS
        return answers

    def _lines(self) -> Iterator[dict[str, Any]]:
        with contextlib.suppress(BlockingIOError):
            self._rest += os.read(self._heard, MOST_BYTES)
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                said = json.loads(line)
                if isinstance(said["from"], int) and isinstance(said["word"], str):
                    yield said
