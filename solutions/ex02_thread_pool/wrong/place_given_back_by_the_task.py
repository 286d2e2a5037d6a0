# fails: ?
# M2: the pool of the notes; a task that raises keeps its place for ever
"""ex02: a thread pool with futures. A queue in front of the workers, a sentinel for each behind the last task."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any


class Future:
    """The place where a task's result will be: a Condition with a state."""

    def __init__(self) -> None:
        self._ended = threading.Condition()
        self._done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future], object]] = []

    def done(self) -> bool:
        with self._ended:
            return self._done

    def result(self, timeout: float | None = None) -> Any:
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self._value

    def exception(self, timeout: float | None = None) -> BaseException | None:
        with self._ended:
            if not self._ended.wait_for(lambda: self._done, timeout):
                raise TimeoutError(f"the task has not ended after {timeout} s")
            return self._error

    def add_done_callback(self, fn: Callable[[Future], object]) -> None:
        with self._ended:  # test and append are one step: else the task may end in between, and nobody calls fn
            if not self._done:
                self._callbacks.append(fn)
                return
        self._call(fn)

    def finish(self, value: Any, error: BaseException | None) -> None:
        """For the worker: the task has ended. Callbacks are called outside the lock: they may use the future."""
        with self._ended:
            self._value, self._error, self._done = value, error, True
            callbacks, self._callbacks = self._callbacks, []
            self._ended.notify_all()
        for fn in callbacks:
            self._call(fn)

    def _call(self, fn: Callable[[Future], object]) -> None:
        with suppress(Exception):
            fn(self)


class ThreadPool:
    """Exactly max_workers threads, started at once, reused for all tasks."""

    def __init__(self, max_workers: int) -> None:
        if max_workers < 1:
            raise ValueError(f"a pool needs at least one worker, not {max_workers}")
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._door = threading.Lock()  # "is it closed?" and "put it into the queue" are one step under it
        self._closed = False
        self._places = threading.Semaphore(max_workers)
        self._workers: list[threading.Thread] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future = Future()
        with self._door:
            if self._closed:
                raise RuntimeError("the pool is shut down")
        self._places.acquire()

        def run() -> None:
            try:
                value = fn(*args, **kwargs)
            except BaseException as error:
                future.finish(None, error)
                return
            future.finish(value, None)
            self._places.release()

        worker = threading.Thread(target=run)
        self._workers.append(worker)
        worker.start()
        return future

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any]) -> Iterator[Any]:
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=False)]
        return (future.result() for future in futures)

    def shutdown(self, wait: bool = True) -> None:
        with self._door:
            if not self._closed:
                self._closed = True
                for _ in self._workers:  # one each: a sentinel is gone when somebody has taken it
                    self._queue.put(None)
        if wait:
            for worker in self._workers:
                if worker is not threading.current_thread():  # a thread cannot wait for its own end
                    worker.join()

    def __enter__(self) -> ThreadPool:
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown(wait=True)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()


def _run(future: Future, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        value = fn(*args, **kwargs)
    except BaseException as error:  # also SystemExit: it is the task's, not the worker's
        future.finish(None, error)
    else:
        future.finish(value, None)
