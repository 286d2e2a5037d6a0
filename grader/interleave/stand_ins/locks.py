"""`_thread.lock` and `_thread.RLock`, simulated. Each engine has its own two classes, bound to its scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from grader.interleave.monitors import Monitor
from grader.interleave.vthread import Abandon

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler
    from grader.interleave.vthread import VThread

TIMEOUT_MAX = 4_294_967.0


class Guard(Monitor):
    """What both locks are: held by at most one thread. Used outside of an execution they are plain flags."""

    __slots__ = ("counts", "held_at", "holder", "serial", "taken", "unheard")
    scheduler: ClassVar[Scheduler]

    def __init__(self) -> None:
        scheduler = self.scheduler
        self.key = self.serial = scheduler.new_key() if scheduler.running else -1
        self.waiting = []
        self.taken = False
        self.holder: VThread | None = None
        self.held_at = -1
        self.counts = False
        """Given back by others than who took it: a semaphore's, or one that serves as a signal."""
        self.unheard = -1
        """Where a condition of this lock was last notified in vain."""

    def __hash__(self) -> int:
        return self.serial

    def free(self) -> bool:
        return not self.taken

    def take(self) -> None:
        """It is free, and now the current thread's."""
        self.taken = True
        if self.scheduler.running:
            self.holder = thread = self.scheduler.current
            self.held_at = thread.site
            holds = thread.holds
            holds[self.key] = self
            if len(holds) > 1:
                taken = tuple([(one.key, one.held_at) for one in holds.values()])
                self.scheduler.nestings.add((thread.number, taken))
            if self.waiting:
                self.scheduler.changed(self)

    def give(self) -> None:
        scheduler, holder = self.scheduler, self.holder
        self.taken = False
        self.holder = None
        if holder is not None:
            holder.holds.pop(self.key, None)
            if holder is not scheduler.current:
                self.counts = True
        if scheduler.running and not scheduler.unwinding:
            if self.waiting:
                scheduler.changed(self)
            scheduler.released(self.key, scheduler.current.site)

    def announce_release(self, always: bool = False) -> None:
        """Where somebody looks at locks without waiting, giving one back is a step, too."""
        scheduler = self.scheduler
        if (scheduler.releases or always) and not scheduler.quiet:
            scheduler.point("release", self.key, scheduler.current.site, self)

    def get(self, blocking: bool, timeout: float) -> bool:
        """One attempt to take it, by the rules of `threading.Lock.acquire`."""
        scheduler = self.scheduler
        if not scheduler.running:
            won = self.free()
        elif not blocking or timeout == 0:
            won = scheduler.attempt(self, self.free, self)
        elif timeout < 0:
            won = scheduler.block("acquire", self, self.free, None, self)
        else:
            won = scheduler.block("acquire", self, self.free, timeout, self)
        if won:
            self.take()
        return won


def check_timeout(blocking: bool, timeout: float) -> None:
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")


class Lock(Guard):
    """`threading.Lock()`."""

    __slots__ = ("__weakref__",)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if blocking is not True or timeout != -1:
            check_timeout(blocking, timeout)
        return self.get(blocking, timeout)

    def release(self) -> None:
        scheduler = self.scheduler
        # Who does not hold it may give it back too early.
        self.announce_release(scheduler.running and self.holder is not scheduler.current)
        if not self.taken:
            if scheduler.unwinding:
                return
            if scheduler.running and not scheduler.quiet:
                # Who gives it back first is told of those only that do not hold it.
                scheduler.fairness.restrained = "gives back a lock that nobody holds"
            raise RuntimeError("release unlocked lock")
        self.give()

    def locked(self) -> bool:
        scheduler = self.scheduler
        scheduler.point("read", self.key, scheduler.current.site if scheduler.running else -1, self)
        return self.taken

    def __enter__(self) -> bool:
        return self.get(True, -1)

    def __exit__(self, *exc: object) -> None:
        self.release()

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    # With these three a Condition need not make its own, which costs it three exceptions.

    def _is_owned(self) -> bool:
        # The original tries to take the lock; that is neither a step nor news to anybody.
        return self.taken

    def _release_save(self) -> None:
        self.release()

    def _acquire_restore(self, _: None) -> None:
        self.get(True, -1)

    def _at_fork_reinit(self) -> None:
        self.taken = False

    def __repr__(self) -> str:
        return f"<{'locked' if self.taken else 'unlocked'} _thread.lock object at 0x{self.serial + 2:x}>"


class RLock(Guard):
    """`threading.RLock()`."""

    __slots__ = ("__weakref__", "count")

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def _is_mine(self) -> bool:
        if not self.taken or self.holder is None or not self.scheduler.running:
            return self.taken
        return self.holder.own() is self.scheduler.current.own()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        check_timeout(blocking, timeout)
        if self._is_mine():
            if self.scheduler.running:
                self.scheduler.current.head = None
            self.count += 1
            return True
        won = self.get(blocking, timeout)
        if won:
            self.count = 1
        return won

    def release(self) -> None:
        if not self._is_mine():
            if self.scheduler.unwinding:
                return
            raise RuntimeError("cannot release un-acquired lock")
        if self.count == 1:
            self.announce_release()
            self.count = 0
            self.give()
        else:
            self.count -= 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: object) -> None:
        self.release()

    def _is_owned(self) -> bool:
        return self._is_mine()

    def _recursion_count(self) -> int:
        return self.count if self._is_mine() else 0

    def _release_save(self) -> int:
        if not self._is_mine():
            raise RuntimeError("cannot release un-acquired lock")
        count, self.count = self.count, 0
        self.give()
        return count

    def _acquire_restore(self, count: int) -> None:
        self.get(True, -1)
        self.count = count

    def locked(self) -> bool:
        scheduler = self.scheduler
        scheduler.point("read", self.key, scheduler.current.site if scheduler.running else -1, self)
        return self.taken

    def _at_fork_reinit(self) -> None:
        self.taken, self.count = False, 0

    def __repr__(self) -> str:
        owner = self.holder.number + 1 if self.holder else 0
        state = "locked" if self.taken else "unlocked"
        return f"<{state} _thread.RLock object owner={owner} count={self.count} at 0x{self.serial + 2:x}>"


def lock_classes(scheduler: Scheduler) -> tuple[type[Lock], type[RLock]]:
    """The two classes, for one engine."""
    members = {"scheduler": scheduler, "__slots__": (), "__module__": "_thread"}
    return type("lock", (Lock,), dict(members)), type("RLock", (RLock,), dict(members))


__all__ = ["Abandon", "Guard", "Lock", "RLock", "lock_classes"]
