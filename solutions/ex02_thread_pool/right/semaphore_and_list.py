"""A Semaphore counts what there is to fetch, a Lock guards the list; a closed pool lets every worker find nothing."""

import threading as t


class Future:
    """Whoever waits does so at a gate: a Lock that is taken at first, and passed from one to the next."""

    def __init__(self):
        self._gate = t.Lock()
        self._gate.acquire()
        self._book = t.Lock()
        self._ended = False
        self._answer = (None, None)
        self._fns = []

    def done(self):
        with self._book:
            return self._ended

    def exception(self, timeout=None):
        if not self._gate.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError("not yet")
        self._gate.release()
        return self._answer[1]

    def result(self, timeout=None):
        error = self.exception(timeout)
        if error is None:
            return self._answer[0]
        raise error

    def add_done_callback(self, fn):
        self._book.acquire()
        try:
            if not self._ended:
                self._fns.append(fn)
                return
        finally:
            self._book.release()
        self._shield(fn)

    def _end(self, value=None, error=None):
        self._answer = (value, error)
        with self._book:
            self._ended = True
        self._gate.release()
        while self._fns:
            self._shield(self._fns.pop(0))

    def _shield(self, fn):
        try:
            fn(self)
        except Exception as error:
            del error


class ThreadPool:
    def __init__(self, max_workers):
        if not max_workers >= 1:
            raise ValueError(max_workers)
        self._count = t.Semaphore(0)
        self._lock = t.Lock()
        self._jobs = []
        self._open = True
        self._crew = {t.Thread(target=self._serve, daemon=True): None for _ in range(max_workers)}
        for member in self._crew:
            member.start()

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self._lock:
            if not self._open:
                raise RuntimeError("closed")
            self._jobs.append((fn, args, kwargs, future))
        self._count.release()
        return future

    def map(self, fn, *iterables):
        futures = []
        for args in zip(*iterables):
            futures.append(self.submit(fn, *args))
        for future in futures:
            yield future.result()

    def shutdown(self, wait=True):
        with self._lock:
            self._open = False
        self._count.release(len(self._crew))
        if wait:
            for member in self._crew:
                if member != t.current_thread():
                    member.join()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.shutdown()

    def _serve(self):
        while True:
            self._count.acquire()
            with self._lock:
                if self._jobs:
                    fn, args, kwargs, future = self._jobs.pop(0)
                elif not self._open:
                    return
                else:
                    continue
            try:
                value = fn(*args, **kwargs)
            except BaseException as error:
                future._end(error=error)
            else:
                future._end(value)
