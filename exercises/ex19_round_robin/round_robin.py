"""ex19: tasks that take turns by themselves. README.md tells the story; write what is marked TODO."""

from __future__ import annotations

from collections.abc import Callable


class Task:
    """What `spawn` returns."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        """The exception that its function let escape; None as long as there is none."""


class Scheduler:
    """Runs tasks in turn, one at a time: who is ready first goes first."""

    def __init__(self) -> None:
        # TODO: who is ready, who sleeps, and where is the hub?
        raise NotImplementedError("write Scheduler.__init__")

    def spawn(self, fn: Callable[..., object], *args: object) -> Task:
        """A new task that calls fn(*args). It is ready, behind all that are; nothing runs yet.

        May be called before `run`, and by tasks that run.
        """
        # TODO
        raise NotImplementedError("write Scheduler.spawn")

    def pause(self) -> None:
        """Called by a task, from however deep inside: all others that are ready go first, then it goes on here."""
        # TODO
        raise NotImplementedError("write Scheduler.pause")

    def sleep(self, seconds: float) -> None:
        """Called by a task: it is ready again in `seconds` seconds. The others go on meanwhile.

        Tasks wake in the order of their times, those of one time in the order in which they fell asleep.
        """
        # TODO
        raise NotImplementedError("write Scheduler.sleep")

    def run(self) -> None:
        """Run all tasks, and those that they spawn, until the last has ended; then return here.

        A task whose function raises an Exception has ended: the exception is its `error`, the others go on. While
        all sleep, this sleeps with `time.sleep`. It may be called again for tasks that were spawned later.
        """
        # TODO
        raise NotImplementedError("write Scheduler.run")


def dead_at_the_end() -> dict[str, bool]:
    """Which greenlets of the demo in README.md have ended when it stops? {"test1": ..., "test2": ..., "test3": ...}"""
    # TODO
    raise NotImplementedError("write dead_at_the_end")


if __name__ == "__main__":
    scheduler = Scheduler()

    def count(name: str) -> None:
        for turn in range(1, 4):
            print(f"{name}{turn}", end=" ")
            scheduler.pause()

    for letter in "ABC":
        scheduler.spawn(count, letter)
    scheduler.run()
    print()
