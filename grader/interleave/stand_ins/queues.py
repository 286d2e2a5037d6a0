"""Queues with atomic operations: `_queue.SimpleQueue`, and the methods of the private `queue.Queue`.

At the level of its lock and three conditions a Queue has far more schedules than outcomes; each method as one
operation has the same outcomes. `mutex`, `_put`, `_get`, `_qsize` and `queue` stay what they are, so subclasses work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar

from grader.interleave.monitors import Monitor

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler


class SimpleQueue(Monitor):
    """`queue.SimpleQueue()`."""

    __slots__ = ("__weakref__", "items")
    scheduler: ClassVar[Scheduler]
    empty_error: ClassVar[type[Exception]]

    def __init__(self) -> None:
        self.key = self.scheduler.new_key() if self.scheduler.running else -1
        self.waiting = []
        self.items: deque[object] = deque()

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002
        scheduler = self.scheduler
        scheduler.point("notify", self.key, scheduler.current.site, self)
        self.items.append(item)
        scheduler.changed(self)

    put_nowait = put

    def get(self, block: bool = True, timeout: float | None = None) -> object:
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not wait_until(self.scheduler, self, self._filled, block, timeout):
            raise self.empty_error
        item = self.items.popleft()
        self.scheduler.changed(self)
        return item

    def get_nowait(self) -> object:
        return self.get(False)

    def _filled(self) -> bool:
        return bool(self.items)

    def qsize(self) -> int:
        self.scheduler.point("read", self.key, self.scheduler.current.site, self)
        return len(self.items)

    def empty(self) -> bool:
        return not self.qsize()

    __class_getitem__: ClassVar[Any] = classmethod(GenericAlias)


def wait_until(
    scheduler: Scheduler,
    monitor: Monitor,
    ready: Callable[[], bool],
    block: bool,
    timeout: float | None,
    subject: object = None,
) -> bool:
    """One operation that goes on when `ready`; False after a timeout, or at once when not to `block`."""
    if not block or timeout == 0:
        return scheduler.attempt(monitor, ready, subject or monitor)
    return scheduler.block("wait", monitor, ready, timeout, subject or monitor)


def simple_queue_class(scheduler: Scheduler, empty_error: type[Exception]) -> type[SimpleQueue]:
    members = {"scheduler": scheduler, "empty_error": empty_error, "__slots__": (), "__module__": "_queue"}
    return type("SimpleQueue", (SimpleQueue,), members)


def patch(module: Any, scheduler: Scheduler) -> None:
    """Give the private `queue.Queue` these methods; outside of an execution the originals work."""
    methods = QueueMethods(module, scheduler)
    names = ["put", "get", "qsize", "empty", "full", "task_done", "join"]
    if hasattr(module.Queue, "shutdown"):
        names.append("shutdown")
    for name in names:
        original, atomic = getattr(module.Queue, name), getattr(methods, name)
        setattr(module.Queue, name, _either(scheduler, original, atomic))


def _either(scheduler: Scheduler, original: Callable[..., Any], atomic: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return (atomic if scheduler.running else original)(self, *args, **kwargs)

    method.__name__, method.__qualname__, method.__doc__ = original.__name__, original.__qualname__, original.__doc__
    return method


class QueueMethods:
    """Each method is one operation at the queue's mutex, possible only while nobody holds that."""

    def __init__(self, module: Any, scheduler: Scheduler) -> None:
        self._module = module
        self._scheduler = scheduler

    def put(self, queue: Any, item: object, block: bool = True, timeout: float | None = None) -> None:
        if queue.maxsize > 0:
            _check(timeout if block else None)
            if not self._until(queue, self._has_room, block, timeout):
                raise self._module.Full
        else:
            self._notify(queue)
        if self._shut(queue):
            raise self._module.ShutDown
        queue._put(item)
        queue.unfinished_tasks += 1
        self._scheduler.changed(queue.mutex)

    def get(self, queue: Any, block: bool = True, timeout: float | None = None) -> object:
        _check(timeout if block else None)
        if not self._until(queue, self._has_items, block, timeout):
            raise self._module.Empty
        if not queue._qsize():
            raise self._module.ShutDown
        item = queue._get()
        self._scheduler.changed(queue.mutex)
        return item

    def qsize(self, queue: Any) -> int:
        mutex = queue.mutex
        self._scheduler.point("read", mutex.key, self._scheduler.current.site, queue)
        return int(queue._qsize())

    def empty(self, queue: Any) -> bool:
        return not self.qsize(queue)

    def full(self, queue: Any) -> bool:
        return bool(0 < queue.maxsize <= self.qsize(queue))

    def task_done(self, queue: Any) -> None:
        self._notify(queue)
        unfinished = queue.unfinished_tasks - 1
        if unfinished < 0:
            raise ValueError("task_done() called too many times")
        queue.unfinished_tasks = unfinished
        self._scheduler.changed(queue.mutex)

    def join(self, queue: Any) -> None:
        self._until(queue, self._is_finished, True, None)

    def shutdown(self, queue: Any, immediate: bool = False) -> None:
        self._notify(queue)
        queue.is_shutdown = True
        while immediate and queue._qsize():
            queue._get()
            queue.unfinished_tasks -= queue.unfinished_tasks > 0
        self._scheduler.changed(queue.mutex)

    def _until(self, queue: Any, ready: Callable[[Any], bool], block: bool, timeout: float | None) -> bool:
        return wait_until(self._scheduler, queue.mutex, partial(ready, queue), block, timeout)

    def _notify(self, queue: Any) -> None:
        mutex = queue.mutex
        if mutex.taken:
            self._scheduler.block("notify", mutex, mutex.free, None, queue)
        else:
            self._scheduler.point("notify", mutex.key, self._scheduler.current.site, queue)

    def _has_room(self, queue: Any) -> bool:
        return not queue.mutex.taken and (self._shut(queue) or queue._qsize() < queue.maxsize)

    def _has_items(self, queue: Any) -> bool:
        return not queue.mutex.taken and (self._shut(queue) or bool(queue._qsize()))

    def _is_finished(self, queue: Any) -> bool:
        return not queue.mutex.taken and not queue.unfinished_tasks

    @staticmethod
    def _shut(queue: Any) -> bool:
        return bool(getattr(queue, "is_shutdown", False))


def _check(timeout: float | None) -> None:
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
