# fails: waits_by_blocking (busy-wait)
# M8 without the sleep: result() asks again and again, as fast as it can

import queue
import threading
import time


class Future:
    def __init__(self):
        self._condition = threading.Condition()
        self._done = False
        self._value = None
        self._error = None
        self._callbacks = []

    def done(self):
        with self._condition:
            return self._done

    def result(self, timeout=None):
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self._value

    def exception(self, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        while not self.done():
            if end is not None and time.monotonic() >= end:
                raise TimeoutError
        return self._error

    def add_done_callback(self, fn):
        with self._condition:
            if not self._done:
                self._callbacks.append(fn)
                return
        self._call(fn)

    def _finish(self, value, error):
        with self._condition:
            self._value = value
            self._error = error
            self._done = True
            self._condition.notify_all()
        for fn in self._callbacks:
            self._call(fn)

    def _call(self, fn):
        try:
            fn(self)
        except Exception:
            pass


class ThreadPool:
    def __init__(self, max_workers):
        if max_workers < 1:
            raise ValueError("max_workers must be at least 1")
        self._tasks = queue.Queue()
        self._lock = threading.Lock()
        self._closed = False
        self._workers = [threading.Thread(target=self._work) for _ in range(max_workers)]
        for worker in self._workers:
            worker.start()

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot submit after shutdown")
            self._tasks.put((future, fn, args, kwargs))
        return future

    def map(self, fn, *iterables):
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        return [future.result() for future in futures]

    def shutdown(self, wait=True):
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._workers:
                    self._tasks.put(None)
        if wait:
            for worker in self._workers:
                if worker is not threading.current_thread():
                    worker.join()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.shutdown(wait=True)

    def _work(self):
        while True:
            task = self._tasks.get()
            if task is None:
                return
            self._run(*task)

    def _run(self, future, fn, args, kwargs):
        try:
            value = fn(*args, **kwargs)
        except BaseException as error:
            future._finish(None, error)
        else:
            future._finish(value, None)
