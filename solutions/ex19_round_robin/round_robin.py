"""ex19: tasks that take turns by themselves. `run` is the hub: every switch comes from there or goes there."""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable
from itertools import count

from greenlet import getcurrent, greenlet


class Task:
    """What `spawn` returns."""

    def __init__(self) -> None:
        self.error: Exception | None = None


class Scheduler:
    """Runs tasks in turn, one at a time: who is ready first goes first."""

    def __init__(self) -> None:
        self._ready: deque[greenlet] = deque()
        self._asleep: list[tuple[float, int, greenlet]] = []
        self._number = count()  # of two that wake at one time the first to fall asleep is the first
        self._hub: greenlet | None = None

    def spawn(self, fn: Callable[..., object], *args: object) -> Task:
        """A new task that calls fn(*args). It is ready, behind all that are; nothing runs yet."""
        task = Task()

        def body() -> None:
            try:
                fn(*args)
            except Exception as error:
                task.error = error

        self._ready.append(greenlet(body))
        return task

    def pause(self) -> None:
        """Called by a task, from however deep inside: all others that are ready go first, then it goes on here."""
        self._ready.append(getcurrent())
        self._hub.switch()

    def sleep(self, seconds: float) -> None:
        """Called by a task: it is ready again in `seconds` seconds. The others go on meanwhile."""
        heapq.heappush(self._asleep, (time.monotonic() + seconds, next(self._number), getcurrent()))
        self._hub.switch()

    def run(self) -> None:
        """Run all tasks, and those that they spawn, until the last has ended; then return here."""
        self._hub = getcurrent()
        while self._ready or self._asleep:
            self._wake()
            task = self._ready.popleft()
            task.parent = self._hub  # not whoever spawned it: when it ends, the hub goes on
            task.switch()

    def _wake(self) -> None:
        """Those whose time has come are ready; while nobody is, wait for the first."""
        if not self._ready:
            time.sleep(max(self._asleep[0][0] - time.monotonic(), 0))
        while self._asleep and (self._asleep[0][0] <= time.monotonic() or not self._ready):
            self._ready.append(heapq.heappop(self._asleep)[2])


def dead_at_the_end() -> dict[str, bool]:
    """test2 comes to its end and goes on with its parent, the main greenlet; nobody switches to the others again."""
    return {"test1": False, "test2": True, "test3": False}


if __name__ == "__main__":
    scheduler = Scheduler()

    def count_up(name: str) -> None:
        for turn in range(1, 4):
            print(f"{name}{turn}", end=" ")
            scheduler.pause()

    for letter in "ABC":
        scheduler.spawn(count_up, letter)
    scheduler.run()
    print()
