"""ex02: your own thread pool with futures. README.md tells the story; write what is marked TODO.

`concurrent.futures` and `multiprocessing.pool` may not be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Future:
    """The place where a task's result will be. Made by ThreadPool.submit; how is up to you."""

    def done(self) -> bool:
        """Whether the task has ended, with a value or with an exception."""
        raise NotImplementedError("write Future.done")  # TODO

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the task to end; return its value, or raise what it raised.

        TimeoutError when it has not ended after `timeout` seconds (None: wait as long as it takes).
        Whoever waits blocks: it neither spins nor looks again every so often.
        """
        raise NotImplementedError("write Future.result")  # TODO

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait like `result`; return what the task raised, or None when it raised nothing."""
        raise NotImplementedError("write Future.exception")  # TODO

    def add_done_callback(self, fn: Callable[[Future], object]) -> None:
        """Have fn(future) called once when the task has ended; at once if it has ended already.

        Callbacks added before the end are called in the order in which they were added. What a callback raises
        is swallowed. A callback may use the future.
        """
        raise NotImplementedError("write Future.add_done_callback")  # TODO


class ThreadPool:
    """Exactly max_workers threads, started lazily or at once, reused for all tasks.

    Whatever a task raises (SystemExit too) goes into its future and leaves its worker alive.
    """

    def __init__(self, max_workers: int) -> None:
        """ValueError if max_workers is below 1."""
        raise NotImplementedError("write ThreadPool.__init__")  # TODO

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Have fn(*args, **kwargs) run by a worker. RuntimeError after shutdown. A task may submit tasks."""
        raise NotImplementedError("write ThreadPool.submit")  # TODO

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any]) -> Iterable[Any]:
        """fn(a, b, ...) for the items of the iterables, as the built-in map; results in the order of the input."""
        raise NotImplementedError("write ThreadPool.map")  # TODO

    def shutdown(self, wait: bool = True) -> None:
        """Take no more tasks, run everything already queued, then let the workers end. May be called again.

        wait=True: return when all that is done. Called by a task, it does not wait for that task's own worker.
        """
        raise NotImplementedError("write ThreadPool.shutdown")  # TODO

    def __enter__(self) -> ThreadPool:
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown(wait=True)
