"""Workers are started when they are needed. A deque under one Condition; the end is a flag, there is no sentinel."""

from collections import deque
from threading import Condition, Event, Lock, Thread, current_thread


class Future:
    def __init__(self):
        self._finished = Event()
        self._lock = Lock()
        self._callbacks = []
        self._outcome = None

    def done(self):
        return self._finished.is_set()

    def _wait(self, timeout):
        if not self._finished.wait(timeout):
            raise TimeoutError()
        return self._outcome

    def result(self, timeout=None):
        kind, payload = self._wait(timeout)
        if kind == "raised":
            raise payload
        return payload

    def exception(self, timeout=None):
        kind, payload = self._wait(timeout)
        return payload if kind == "raised" else None

    def add_done_callback(self, fn):
        with self._lock:
            late = self._outcome is not None
            if not late:
                self._callbacks.append(fn)
        if late:
            self._finished.wait()
            self._notify([fn])

    def _set(self, kind, payload):
        with self._lock:
            self._outcome = (kind, payload)
            callbacks = list(self._callbacks)
        self._finished.set()
        self._notify(callbacks)

    def _notify(self, callbacks):
        for fn in callbacks:
            try:
                fn(self)
            except Exception:
                pass


class ThreadPool:
    def __init__(self, max_workers):
        if max_workers < 1:
            raise ValueError("max_workers must be at least 1")
        self._max = max_workers
        self._changed = Condition()
        self._tasks = deque()
        self._threads = []
        self._idle = 0
        self._closing = False

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self._changed:
            if self._closing:
                raise RuntimeError("cannot submit after shutdown")
            self._tasks.append((future, fn, args, kwargs))
            if self._idle >= len(self._tasks):
                self._changed.notify()
            elif len(self._threads) < self._max:
                thread = Thread(target=self._loop)
                self._threads.append(thread)
                thread.start()
        return future

    def map(self, fn, *iterables):
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        return [future.result() for future in futures]

    def shutdown(self, wait=True):
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            threads = list(self._threads)
        if wait:
            for thread in threads:
                if thread is not current_thread():
                    thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.shutdown(wait=True)

    def _next(self):
        with self._changed:
            self._idle += 1
            while not self._tasks and not self._closing:
                self._changed.wait()
            self._idle -= 1
            return self._tasks.popleft() if self._tasks else None

    def _loop(self):
        while True:
            task = self._next()
            if task is None:
                return
            future, fn, args, kwargs = task
            try:
                payload = fn(*args, **kwargs)
            except BaseException as error:
                future._set("raised", error)
            else:
                future._set("returned", payload)
