"""`Condition.wait` and `notify`, one operation each, in place of a lock per waiter.

Waking up and taking the lock back are one step, and all steps have the key of the condition's lock, so that whoever
compares operations sees what depends on what. Order of waking (first come, first served) and messages are theirs.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from grader.interleave.stand_ins.locks import Guard, RLock

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler
    from grader.interleave.vthread import VThread


class Waiter:
    """One thread in one `wait`."""

    __slots__ = ("gone", "lock", "notified", "thread")

    def __init__(self, lock: Guard, thread: VThread) -> None:
        self.lock = lock
        self.thread = thread
        self.notified = False
        self.gone = False
        """It has timed out, and is about to take the lock back."""

    def can_go(self) -> bool:
        return self.notified and not self.lock.taken

    def may_take_lock(self) -> bool:
        return not self.lock.taken


def patch(condition: Any, scheduler: Scheduler) -> None:
    """Give the private `threading.Condition` these methods; locks of the student's own keep the originals."""
    original_wait, original_notify = condition.wait, condition.notify

    def wait(self: Any, timeout: float | None = None) -> bool:
        if not isinstance(self._lock, Guard) or not scheduler.running:
            return bool(original_wait(self, timeout))
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        return _wait(scheduler, self, timeout)

    def notify(self: Any, n: int = 1) -> None:
        if not isinstance(self._lock, Guard) or not scheduler.running:
            original_notify(self, n)
            return
        if not self._is_owned() and not scheduler.unwinding:
            raise RuntimeError("cannot notify on un-acquired lock")
        _notify(scheduler, self, n)

    for function in (wait, notify):
        function.__qualname__ = f"Condition.{function.__name__}"
    condition.wait, condition.notify = wait, notify


def _wait(scheduler: Scheduler, condition: Any, timeout: float | None) -> bool:
    lock: Guard = condition._lock
    if scheduler.unwinding:
        scheduler.refuse()
    thread = scheduler.current
    waiter = Waiter(lock, thread)
    condition._waiters.append(waiter)
    site = thread.site
    count = lock.count if isinstance(lock, RLock) else 0
    lock.give()
    if timeout is not None and timeout <= 0 and not scheduler.free:
        scheduler.attempt(lock, waiter.can_go, condition)
        thread.site = site
    else:
        scheduler.block("wait", lock, waiter.can_go, timeout, condition, gate=lock)
    waiter.gone = not waiter.notified
    if lock.taken or waiter.gone:
        # Its answer is settled; before it has the lock back others may take that, and notify in vain.
        scheduler.block("acquire", lock, waiter.may_take_lock, None, lock)
    lock.take()
    if isinstance(lock, RLock):
        lock.count = count
    if waiter.gone and waiter in condition._waiters:
        condition._waiters.remove(waiter)
    return waiter.notified


def _notify(scheduler: Scheduler, condition: Any, n: int) -> None:
    waiters: deque[Waiter] = condition._waiters
    woken: list[int] = []
    late = False
    while waiters and len(woken) < n:
        waiter = waiters.popleft()
        if waiter.gone:
            late = True
            continue
        waiter.notified = True
        woken.append(waiter.thread.number)
    if scheduler.unwinding:
        return
    if late and len(woken) == n:
        # For an instant Python takes one that has timed out for one that waits, so that somebody is not woken.
        scheduler.fairness.restrained = "notifies a wait in the instant in which it times out"
    if woken:
        scheduler.changed(condition._lock)
        scheduler.fairness.changed(scheduler.current)
    else:
        condition._lock.unheard = scheduler.current.site
    for observer in scheduler.observers:
        observer.on_notify(scheduler.current.number, condition._lock.key, tuple(woken), scheduler.current.site)
