"""Methods of the private `threading.Semaphore` that are one operation each, or none.

At the level of its condition and that one's lock a semaphore has far more schedules than outcomes. Who of several
waiting threads goes on is left open, as the documentation says ("should not be relied on"). Giving back only lets
others go on, so that it need be no step where nobody looks at semaphores without waiting; a bounded one may raise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.interleave.stand_ins.locks import Guard
from grader.interleave.stand_ins.queues import wait_until

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler


def patch(module: Any, scheduler: Scheduler) -> None:
    """Give the private classes these methods; outside of an execution the originals work."""
    semaphore, bounded = module.Semaphore, module.BoundedSemaphore
    semaphore.acquire = semaphore.__enter__ = _acquire(semaphore.acquire, scheduler)
    semaphore.release = _release(semaphore.release, scheduler)
    bounded.release = _release_bounded(bounded.release, scheduler)


def is_semaphore(thing: object) -> bool:
    """Whether `thing` is one of a private `threading`, or of a class derived from it."""
    return any(kind.__name__ == "Semaphore" and kind.__module__ == "threading" for kind in type(thing).__mro__)


def _acquire(original: Callable[..., Any], scheduler: Scheduler) -> Callable[..., Any]:
    def acquire(self: Any, blocking: bool = True, timeout: float | None = None) -> bool:
        if not scheduler.running:
            return bool(original(self, blocking, timeout))
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        lock: Guard = self._cond._lock
        lock.counts = True
        if timeout is not None and timeout < 0:
            timeout = 0
        won = wait_until(scheduler, lock, lambda: self._value > 0, blocking, timeout, self)
        if won:
            self._value -= 1
            scheduler.current.holds[lock.key] = lock
            if lock.waiting:
                scheduler.changed(lock)
        return won

    return _named(acquire, original)


def _release(original: Callable[..., Any], scheduler: Scheduler) -> Callable[..., Any]:
    def release(self: Any, n: int = 1) -> None:
        if not scheduler.running:
            original(self, n)
            return
        if n < 1:
            raise ValueError("n must be one or more")
        self._cond._lock.announce_release()
        _give(scheduler, self, n)

    return _named(release, original)


def _release_bounded(original: Callable[..., Any], scheduler: Scheduler) -> Callable[..., Any]:
    def release(self: Any, n: int = 1) -> None:
        if not scheduler.running:
            original(self, n)
            return
        if n < 1:
            raise ValueError("n must be one or more")
        lock: Guard = self._cond._lock
        scheduler.point("release", lock.key, scheduler.current.site, self)
        if self._value + n > self._initial_value:
            raise ValueError("Semaphore released too many times")
        _give(scheduler, self, n)

    return _named(release, original)


def _give(scheduler: Scheduler, semaphore: Any, n: int) -> None:
    semaphore._value += n
    if scheduler.unwinding:
        return
    lock: Guard = semaphore._cond._lock
    thread = scheduler.current
    thread.holds.pop(lock.key, None)
    woken = tuple(other.number for other in lock.waiting if not other.enabled)
    scheduler.changed(lock)
    scheduler.fairness.wrote(thread, lock.key)
    if woken:
        for observer in scheduler.observers:
            observer.on_notify(thread.number, lock.key, woken, thread.site)
    else:
        scheduler.released(lock.key, thread.site)


def _named(method: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    method.__name__, method.__qualname__, method.__doc__ = original.__name__, original.__qualname__, original.__doc__
    return method
