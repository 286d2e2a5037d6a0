"""Methods of the private `threading.Thread` and `Event` that say what they do in one operation.

The originals start a thread with about ten operations on locks that no program can see. Names, checks, messages,
`run`, `excepthook`, `_active` stay the originals'.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

from grader.interleave.stand_ins.locks import Guard
from grader.interleave.vthread import Abandon

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler
    from grader.interleave.vthread import VThread

Asked = Callable[[object, str], None]
"""Hears of a thread of which an attribute is asked for, before that is done."""
Told = Callable[[Any], Any]
"""Makes of a function one that does the same, and tells of what it touches."""
MAIN_IDENT = 1


def ident_of(thread: VThread) -> int:
    """What `threading.get_ident()` says: never 0, the same in every execution."""
    return thread.number + MAIN_IDENT


def come_back(item: Any, scheduler: Scheduler, told: Told) -> None:
    """What a pool's worker calls tells of what it touches. What it does after that, such as waking those who wait for
    the result, is at the pool's own place and not at the last line of what was called."""
    original = item.run

    def run(self: Any, *args: Any) -> None:
        if scheduler.running and hasattr(self, "fn"):
            self.fn = partial(_then_back, scheduler, scheduler.current.site, told(self.fn))
        elif scheduler.running:  # from 3.14 on
            function, *given = self.task
            self.task = (told(function), *given)
        original(self, *args)

    item.run = run


def _then_back(scheduler: Scheduler, site: int, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    finally:
        scheduler.current.site = site


class ThreadMethods:
    """Bound to one scheduler and its private copy of `threading`."""

    def __init__(self, module: Any, scheduler: Scheduler, asked: Asked, told: Told) -> None:
        self._module = module
        self._scheduler = scheduler
        self._asked = asked
        self._told = told
        kept = module.Thread.__init__.__code__.co_names
        self._handle = next((name for name in ("_handle", "_os_thread_handle") if name in kept), "")
        """Where `repr` looks, from 3.13 on."""
        self._contexts = "_context" in kept
        """From 3.14 on."""

    def start(self, thread: Any) -> None:
        if not getattr(thread, "_initialized", False):
            raise RuntimeError("thread.__init__() not called")
        if thread._started._flag:
            raise RuntimeError("threads can only be started once")
        thread._started._flag = True
        if self._contexts and thread._context is None:
            inherits = getattr(sys.flags, "thread_inherit_context", False)
            thread._context = copy_context() if inherits else Context()
        self._scheduler.spawn(partial(self._run, thread), thread._daemonic, thread._name)

    def _run(self, thread: Any) -> None:
        scheduler, active = self._scheduler, self._module._active
        virtual = scheduler.current
        thread._virtual = virtual
        if self._handle:
            getattr(thread, self._handle).virtual = virtual
        ident = thread._ident = ident_of(virtual)
        if hasattr(thread, "_native_id"):
            thread._native_id = ident
        active[ident] = thread
        try:
            self._asked(thread, "run")
            self._tell_called(thread)
            thread._context.run(thread.run) if self._contexts else thread.run()
        except Abandon:
            raise
        except BaseException:
            if not scheduler.unwinding:
                thread._invoke_excepthook(thread)
        finally:
            active.pop(ident, None)
            virtual.name = thread._name

    def _tell_called(self, thread: Any) -> None:
        """The function that it is to call may be of the library, such as `heappush`."""
        own = thread.__dict__
        if own.get("_target") is not None:
            own["_target"] = self._told(own["_target"])
        if "function" in own and isinstance(thread, self._module.Timer):
            own["function"] = self._told(own["function"])

    def join(self, thread: Any, timeout: float | None = None) -> None:
        scheduler = self._scheduler
        if not getattr(thread, "_initialized", False):
            raise RuntimeError("Thread.__init__() not called")
        if not thread._started._flag:
            raise RuntimeError("cannot join thread before it is started")
        virtual = getattr(thread, "_virtual", None)
        if virtual is scheduler.current or virtual is None:
            raise RuntimeError("cannot join current thread")
        if timeout is not None and timeout <= 0:
            scheduler.attempt(virtual.ended, partial(getattr, virtual, "done"), virtual)
        else:
            scheduler.join(virtual, timeout)

    def is_alive(self, thread: Any) -> bool:
        if not thread._started._flag:
            return False
        virtual = getattr(thread, "_virtual", None)
        if virtual is None:
            return True
        self._scheduler.point("read", virtual.ended.key, self._scheduler.current.site, virtual)
        if virtual.done and hasattr(thread, "_is_stopped"):
            thread._is_stopped = True  # where `repr` looks, before 3.13
        return not virtual.done


class Started:
    """What `Thread.__init__` remembers the start by: an Event that nobody waits for, at a tenth of the price."""

    __slots__ = ("_flag",)

    def __init__(self) -> None:
        self._flag = False

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        self._flag = True


def patch(module: Any, scheduler: Scheduler, asked: Asked, told: Told) -> None:
    """Rebind methods of the private `threading` module."""
    methods = ThreadMethods(module, scheduler, asked, told)
    shown = module.Thread.__repr__

    def getName(self: Any) -> Any:
        asked(self, "name")
        warnings.warn("getName() is deprecated, get the name attribute instead", DeprecationWarning, stacklevel=2)
        return self.name

    def __repr__(self: Any) -> str:
        asked(self, "name")
        return str(shown(self))

    def start(self: Any) -> None:
        methods.start(self)

    def join(self: Any, timeout: float | None = None) -> None:
        methods.join(self, timeout)

    def is_alive(self: Any) -> bool:
        return methods.is_alive(self)

    for method in (start, join, is_alive, getName, __repr__):
        setattr(module.Thread, method.__name__, _named_as(getattr(module.Thread, method.__name__), method))
    module.Thread.__init__ = _with(module.Thread.__init__, Event=Started)
    module.Thread.__hash__ = _serial(scheduler)
    module.Event.is_set = _is_set(scheduler)


def _named_as(original: Any, method: Any) -> Any:
    method.__name__, method.__qualname__, method.__doc__ = original.__name__, original.__qualname__, original.__doc__
    return method


def _with(function: Any, **others: object) -> FunctionType:
    """`function`, to which some global names mean something else."""
    code, defaults, closure = function.__code__, function.__defaults__, function.__closure__
    made = FunctionType(code, {**function.__globals__, **others}, function.__name__, defaults, closure)
    made.__kwdefaults__ = function.__kwdefaults__
    return _named_as(function, made)  # type: ignore[no-any-return]


def _is_set(scheduler: Scheduler) -> Callable[[Any], bool]:
    def is_set(self: Any) -> bool:
        """True if and only if the internal flag is true."""
        # The original reads without the lock; `set()` takes it, so that this is what looking depends on.
        lock = self._cond._lock
        if scheduler.running and isinstance(lock, Guard):
            scheduler.point("read", lock.key, scheduler.current.site, self)
        return bool(self._flag)

    return is_set


def _serial(scheduler: Scheduler) -> Callable[[Any], int]:
    """A hash by order of first use: sets of such objects then have the same order in every process."""

    def serial(self: Any) -> int:
        number = self.__dict__.get("_serial")
        if number is None:
            number = self.__dict__["_serial"] = scheduler.new_key() if scheduler.running else 0
        return int(number)

    return serial


hash_by_serial = _serial
