"""ex17: one log file for many processes. The reference; why it is so stands at the lines."""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any


def _record(process: int, number: int) -> str:
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def run_logged(n_procs: int, lines_each: int, path: str) -> None:
    # Made once and handed to all: a lock that each process makes for itself locks out nobody.
    lock = multiprocessing.Lock()
    children = [
        multiprocessing.Process(target=_write_records, args=(process, lines_each, path, lock))
        for process in range(n_procs)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()


def _write_records(process: int, lines_each: int, path: str, lock: Any) -> None:
    with open(path, "a", encoding="utf-8") as file:
        for number in range(lines_each):
            with lock:
                file.write(_record(process, number) + "\n")
                # Inside the lock: until then the line, or a part of it, is only in this process's buffer.
                file.flush()


class Handle:
    """What the processes get: the queue, and nothing that cannot be pickled."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.put(line)


class LogServer:
    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> LogServer:
        self._lines: Any = multiprocessing.Queue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        return self

    def __exit__(self, *exc: object) -> None:
        # Behind everything that was put in before: the processes that write have ended, their data has been sent.
        self._lines.put(None)
        self._listener.join()
        self._lines.close()
        self._lines.join_thread()

    def handle(self) -> Handle:
        return Handle(self._lines)

    def _listen(self) -> None:
        with open(self._path, "a", encoding="utf-8") as file:
            while (line := self._lines.get()) is not None:
                file.write(line + "\n")
