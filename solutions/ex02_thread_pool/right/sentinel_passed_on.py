"""One sentinel for all: whoever takes it puts it back for the next. Task, future and callbacks are one object."""

import queue
import threading

LAST = object()


class Future:
    def __init__(self, call):
        self.call = call
        self.moved = threading.Condition(threading.Lock())
        self.state = "waiting"
        self.value = None
        self.listeners = []

    def run(self):
        try:
            state, value = "fine", self.call()
        except BaseException as error:
            state, value = "broken", error
        with self.moved:
            self.state, self.value = state, value
            listeners = self.listeners
            self.listeners = None
            self.moved.notify_all()
        for listener in listeners:
            self.tell(listener)

    def tell(self, listener):
        try:
            listener(self)
        except Exception:
            return

    def done(self):
        return self.state != "waiting"

    def await_end(self, timeout):
        with self.moved:
            if not self.moved.wait_for(self.done, timeout):
                raise TimeoutError(timeout)

    def result(self, timeout=None):
        self.await_end(timeout)
        if self.state == "broken":
            raise self.value
        return self.value

    def exception(self, timeout=None):
        self.await_end(timeout)
        return self.value if self.state == "broken" else None

    def add_done_callback(self, fn):
        with self.moved:
            if self.listeners is not None:
                self.listeners.append(fn)
                return
        self.tell(fn)


class Worker(threading.Thread):
    def __init__(self, tasks):
        super().__init__()
        self.tasks = tasks

    def run(self):
        for task in iter(self.tasks.get, LAST):
            task.run()
        self.tasks.put(LAST)


class ThreadPool:
    def __init__(self, max_workers):
        if max_workers < 1:
            raise ValueError("at least one worker")
        self.tasks = queue.Queue()
        self.state = threading.RLock()
        self.closed = False
        self.workers = [Worker(self.tasks) for _ in range(max_workers)]
        for worker in self.workers:
            worker.start()

    def submit(self, fn, /, *args, **kwargs):
        future = Future(lambda: fn(*args, **kwargs))
        with self.state:
            if self.closed:
                raise RuntimeError("the pool takes no more tasks")
            self.tasks.put(future)
        return future

    def map(self, fn, *iterables):
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        return map(Future.result, futures)

    def shutdown(self, wait=True):
        with self.state:
            if not self.closed:
                self.closed = True
                self.tasks.put(LAST)
        if wait:
            me = threading.current_thread()
            for worker in self.workers:
                if worker is not me:
                    worker.join()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.shutdown()
