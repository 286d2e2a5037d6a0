"""The event loop of the private `asyncio`: virtual time, no selector, and a ready queue that strategies choose from.

Tasks, futures, locks, queues, timeouts, task groups are the running Python's own source. On the free clock any task
that is ready may go next; a callback that is no task's (what a future or a timer sets off) goes before all tasks, in
order. On the exact clock the order is asyncio's own, first come, first served. Time is exact on both: a timeout is
part of what a coroutine program means, and jumps come only when nothing is ready.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from grader.interleave.parties import Parties
from grader.interleave.stand_ins.threads import hash_by_serial
from grader.interleave.vthread import Abandon, VThread

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

PACKAGE = """
from .base_events import *
from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .locks import *
from .protocols import *
from .runners import *
from .queues import *
from .streams import *
from .tasks import *
from .taskgroups import *
from .timeouts import *
from .threads import *
from .transports import *
__all__ = [name for name in dir() if not name.startswith("_")]
"""
"""What `asyncio/__init__.py` is here: without loops that have selectors, without processes."""
MODULES = frozenset({
    "asyncio", *(f"asyncio.{name}" for name in (
        "base_events", "base_futures", "base_tasks", "constants", "coroutines", "events", "exceptions",
        "format_helpers", "futures", "graph", "locks", "log", "mixins", "protocols", "queues", "runners", "sslproto",
        "staggered", "streams", "taskgroups", "tasks", "threads", "timeouts", "tools", "transports", "trsock",
    )),
})  # fmt: skip
LEFT_OUT = frozenset({"_asyncio", "ssl"})
"""Not there for the copies: the first is the same as their source, but in C, and keeps its state a thread."""
POLICIES = ("BaseDefaultEventLoopPolicy", "_BaseDefaultEventLoopPolicy")
PATIENCE = 30
"""Turns of each task that is ready, in which it only lets others go on, before the next timer fires all the same."""
STEPS = frozenset({"__step", "__wakeup"})


class EventLoop:
    """Mixed into the private `BaseEventLoop`."""

    scheduler: ClassVar[Scheduler]
    task_class: ClassVar[type[Any]]
    timer_class: ClassVar[type[Any]]
    place: Any
    """The site at which a coroutine is suspended; the one given, where it is on the same line."""
    _ready: Any
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self._parties = Parties(self.scheduler, lambda: bool(self._stopping or self._next_callback() is not None))
        self._members: dict[Any, VThread] = {}
        """task -> its party."""
        self._timers: list[Any] = []
        self._idle = 0
        """How many turns in a row a task asked for another turn at once, and did nothing else to be seen."""

    # ---- what asyncio asks of a loop

    def time(self) -> float:
        return self.scheduler.clock.now

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        self._check_closed()  # type: ignore[attr-defined]
        timer = self.timer_class(when, callback, args, self, context)
        self._timers.append(timer)
        return timer

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:
        handle = super().call_soon(callback, *args, context=context)  # type: ignore[misc]
        task = self._task_of(handle)
        if task is not None and task not in self._members:
            if self.scheduler.unwinding:
                _close(task)
            else:
                self._members[task] = self._parties.enter(task.get_name())
        return handle

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        scheduler = self.scheduler
        if scheduler.running:
            scheduler.point("notify", self._parties.key, scheduler.current.site, self)
        return super().call_soon_threadsafe(callback, *args, context=context)  # type: ignore[misc]

    def call_exception_handler(self, context: Any) -> None:
        # What is left of an execution that was cut off is no news.
        if self.scheduler.running and not self.scheduler.unwinding and not self.is_closed():  # type: ignore[attr-defined]
            super().call_exception_handler(context)  # type: ignore[misc]

    def _write_to_self(self) -> None:
        if self.scheduler.running:
            self.scheduler.changed(self._parties)

    def _timer_handle_cancelled(self, handle: Any) -> None:
        self._timers = [timer for timer in self._timers if timer is not handle]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        for party in list(self._members.values()):
            self._parties.leave(party)
        self._members.clear()

    # ---- one turn

    def _run_once(self) -> None:
        try:
            self._turn()
        except Abandon:
            self._close_coroutines()
            raise

    def _turn(self) -> None:
        scheduler = self.scheduler
        scheduler.tick()
        self._parties.host = host = scheduler.current.own()
        host.site = -1
        if self._idle > PATIENCE * (1 + len(self._ready)) and self._timers:
            self._hurry()
        self._take_due_timers()
        callback = self._next_callback() if scheduler.free else None
        if callback is not None:
            self._take(callback)
            self._run(callback)
        elif not self._ready:
            self._wait()
        elif scheduler.free:
            self._run_any()
        else:
            self._run(self._ready.popleft())

    def _run_any(self) -> None:
        able = {self._members[self._task_of(handle)]: handle for handle in self._ready}
        chosen = self._parties.pick(able)
        # Else another thread has called, and the loop itself goes first.
        if chosen in able:
            self._take(able[chosen])
            self._run(able[chosen])

    def _run(self, handle: Any) -> None:
        task = self._task_of(handle)
        party = self._members.get(task)
        if party is None:
            if not handle._cancelled:
                handle._run()
            return
        self._parties.go(party)
        handle._run()
        if self.scheduler.unwinding:
            self.scheduler.refuse()
        party.name = task.get_name()
        if task.done():
            del self._members[task]
            self._parties.leave(party)
            return
        self._idle += 1
        if any(self._task_of(one) is task for one in self._ready):
            self.scheduler.again(party)
        else:
            self._idle = 0
        party.site = self.place(task.get_coro(), party.site)
        self._parties.pause(party)

    def _take(self, handle: Any) -> None:
        self._ready = deque(one for one in self._ready if one is not handle)

    def _wait(self) -> None:
        """For the next timer, or for another thread."""
        scheduler = self.scheduler
        when = min((timer.when() for timer in self._timers), default=None)
        if when is not None and scheduler.alone:
            scheduler.clock.jump(when)
            return
        seconds = None if when is None else max(when - scheduler.clock.now, 0.0)
        scheduler.block("await", self._parties, self._woken, seconds, self, patient=True)

    def _woken(self) -> bool:
        return bool(self._ready or self._stopping)

    def _hurry(self) -> None:
        """Whoever is ready all the time only looks whether something has happened: let it happen."""
        self._idle = 0
        for party in map(self._members.get, map(self._task_of, self._ready)):
            if party is not None and party.site >= 0:
                self.scheduler.fairness.spins_at(party.number, party.site)
        self.scheduler.clock.jump(min(timer.when() for timer in self._timers))

    def _take_due_timers(self) -> None:
        due = [timer for timer in self._timers if timer.when() <= self.scheduler.clock.now]
        for timer in sorted(due, key=lambda one: one.when()):
            self._timers.remove(timer)
            self._ready.append(timer)

    def _next_callback(self) -> Any:
        """The first that is ready, and no task's."""
        return next((handle for handle in self._ready if self._task_of(handle) is None), None)

    def _task_of(self, handle: Any) -> Any:
        """The task that goes on with this; None for any other callback, and for one that was cancelled."""
        callback = handle._callback
        task = getattr(callback, "__self__", None)
        return task if isinstance(task, self.task_class) and callback.__name__ in STEPS else None

    def _close_coroutines(self) -> None:
        for task in list(self._members):
            _close(task)
        self._members.clear()


class GeneratorHooks:
    """`sys` for the loops: its hooks of asynchronous generators belong to a thread of the program, not to the real one
    that all of them live in."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._hooks: dict[int, tuple[Any, Any]] = {}
        """By the number of the thread."""
        self._finalizers: dict[int, Any] = {}
        """id() of a generator -> what its loop ends it by; overwritten when another begins in the same place."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def get_asyncgen_hooks(self) -> tuple[Any, Any]:
        return self._hooks.get(self._thread(), (None, None))

    def set_asyncgen_hooks(self, firstiter: Any, finalizer: Any) -> None:
        self._hooks[self._thread()] = firstiter, finalizer
        # Python asks for the finalizer before it calls the other one, so there must always be one.
        wanted = any(any(both) for both in self._hooks.values())
        sys.set_asyncgen_hooks(*(self._begins, self._ends) if wanted else (None, None))

    def reset(self) -> None:
        self._hooks.clear()
        self._finalizers.clear()

    def _thread(self) -> int:
        return self._scheduler.current.own().number if self._scheduler.running else -1

    def _begins(self, generator: Any) -> None:
        begins, self._finalizers[id(generator)] = self.get_asyncgen_hooks()
        if begins is not None:
            begins(generator)

    def _ends(self, generator: Any) -> None:
        ends = self._finalizers.pop(id(generator), None)
        if ends is not None:
            ends(generator)


def _close(task: Any) -> None:
    """So that its coroutine is not found later, never awaited, and does not go on when it is collected."""
    task._log_destroy_pending = False
    with suppress(BaseException):
        task.get_coro().close()


def adapt(name: str, module: Any, scheduler: Scheduler) -> None:
    """Exchange in a fresh copy of a module of asyncio what has to be."""
    if name == "asyncio.futures":
        module.Future.__hash__ = hash_by_serial(scheduler)
    elif name == "asyncio.base_events":
        module.sys = GeneratorHooks(scheduler)
    elif name == "asyncio.events":
        # From 3.14 on with a lock of its own, which here would only be one more step.
        module._ThreadSafeHandle = module.Handle
    elif name == "asyncio.runners":
        # The keyboard is nobody's here.
        module.signal = SimpleNamespace(getsignal=lambda _: None, SIGINT=2, default_int_handler=0)


def complete(
    package: Any, scheduler: Scheduler, escape: Callable[[str], Any], place: Callable[[Any, int], int]
) -> None:
    """Give the package its loop, its policy, and for all that it lacks what says so."""
    members = {
        "scheduler": scheduler, "task_class": package.tasks.Task, "timer_class": package.events.TimerHandle,
        "place": staticmethod(place), "__module__": "asyncio",
    }  # fmt: skip
    loop = type("EventLoop", (EventLoop, package.base_events.BaseEventLoop), members)
    base = next(getattr(package.events, one) for one in POLICIES if hasattr(package.events, one))
    policy = type("DefaultEventLoopPolicy", (base,), {"_loop_factory": loop, "__module__": "asyncio"})
    package.DefaultEventLoopPolicy = package._DefaultEventLoopPolicy = policy
    package.events._init_event_loop_policy = lambda: setattr(package.events, "_event_loop_policy", policy())
    package.EventLoop = loop
    package.__getattr__ = escape


def reset(modules: dict[str, Any]) -> None:
    """As if asyncio had just been imported."""
    tasks, events = modules["asyncio.tasks"], modules["asyncio.events"]
    tasks._task_name_counter = itertools.count(1).__next__
    for name in ("_scheduled_tasks", "_eager_tasks", "_current_tasks", "_all_tasks"):
        if hasattr(tasks, name):
            getattr(tasks, name).clear()
    events._event_loop_policy = None
    events._running_loop = type(events._running_loop)()
    modules["asyncio.base_events"].sys.reset()
