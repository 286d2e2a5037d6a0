"""The simulated `_thread` and `time`: all that the private standard library stands on."""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable
from functools import partial
from time import struct_time
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from grader.interleave.clock import EPOCH
from grader.interleave.stand_ins.locks import TIMEOUT_MAX, Lock, RLock
from grader.interleave.stand_ins.threads import MAIN_IDENT, ident_of
from grader.interleave.vthread import Abandon

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler
    from grader.interleave.vthread import VThread

SPAWNED_BY_NUMBER = "Thread"
CLOCK = -2
"""The key of the virtual clock, for spin detection only."""


class Handle:
    """`_thread._ThreadHandle` of 3.13. Those of `threading.Thread` start and join nobody, which is one operation."""

    def __init__(self, scheduler: Scheduler, ident: int) -> None:
        self._scheduler = scheduler
        self.ident = ident
        self._done = False
        self.virtual: VThread | None = None

    def is_done(self) -> bool:
        return self._done or (self.virtual is not None and self.virtual.done)

    def _set_done(self) -> None:
        if not self.ident:
            raise RuntimeError("thread not started")
        self._done = True

    def join(self, timeout: float | None = None) -> None:
        """Wait until the thread has ended. Raises RuntimeError before it has begun, and in the thread itself."""
        virtual = self.virtual
        if virtual is None:
            raise RuntimeError("thread not started")
        if virtual is self._scheduler.current and not virtual.done:
            raise RuntimeError("Cannot join current thread")
        self._scheduler.join(virtual, None if timeout is not None and timeout < 0 else timeout)


class ThreadFunctions:
    """The functions of `_thread`, for one engine."""

    def __init__(self, scheduler: Scheduler, locks: tuple[type[Lock], type[RLock]]) -> None:
        self._scheduler = scheduler
        self._locks = locks

    def get_ident(self) -> int:
        scheduler = self._scheduler
        return ident_of(scheduler.current.own()) if scheduler.running else MAIN_IDENT

    def start_new_thread(
        self, function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
    ) -> int:
        if not callable(function):
            raise TypeError("first arg must be callable")
        if not isinstance(args, tuple):
            raise TypeError("2nd arg must be a tuple")
        run = partial(self._run, function, args, kwargs or {})
        return ident_of(self._scheduler.spawn(run, True, SPAWNED_BY_NUMBER))

    def _run(self, function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            function(*args, **kwargs)
        except (Abandon, SystemExit):
            pass
        except BaseException as error:
            self._scheduler.escaped(error)

    def handle(self, ident: int = 0) -> Handle:
        return Handle(self._scheduler, ident)

    def start_joinable_thread(
        self, function: Callable[[], object], handle: Handle | None = None, daemon: bool = True
    ) -> Handle:
        if not callable(function):
            raise TypeError("thread function must be callable")
        if handle is not None and not isinstance(handle, Handle):
            raise TypeError("'handle' must be a _ThreadHandle")
        started = handle or self.handle()
        if started.virtual is not None:
            raise RuntimeError("thread already started")
        started.virtual = self._scheduler.spawn(partial(self._run, function, (), {}), daemon, SPAWNED_BY_NUMBER)
        started.ident = ident_of(started.virtual)
        return started

    @staticmethod
    def exit() -> NoReturn:
        raise SystemExit

    @staticmethod
    def stack_size(size: int = 0) -> int:
        """Virtual threads have as much as they need, whatever `size` asks for."""
        return min(size, 0)

    def count(self) -> int:
        return sum(not thread.done for thread in self._scheduler.threads.values()) - 1

    def set_sentinel(self) -> Lock:
        return self._locks[0]()


def thread_module(
    scheduler: Scheduler, locks: tuple[type[Lock], type[RLock]], excepthook: Callable[..., None]
) -> ModuleType:
    """`_thread` with the names that this Python's has, as far as they are simulated."""
    functions = ThreadFunctions(scheduler, locks)
    simulated = {
        "allocate_lock": locks[0], "allocate": locks[0], "LockType": locks[0], "lock": locks[0], "RLock": locks[1],
        "error": RuntimeError, "TIMEOUT_MAX": TIMEOUT_MAX,
        "get_ident": functions.get_ident, "get_native_id": functions.get_ident,
        "start_new_thread": functions.start_new_thread, "start_new": functions.start_new_thread,
        "exit": functions.exit, "exit_thread": functions.exit,
        "stack_size": functions.stack_size, "_count": functions.count,
        "_set_sentinel": functions.set_sentinel,
        "daemon_threads_allowed": lambda: True, "_is_main_interpreter": lambda: True,
        "_get_main_thread_ident": lambda: MAIN_IDENT,
        "_make_thread_handle": functions.handle, "_ThreadHandle": functions.handle, "_shutdown": lambda: None,
        "start_joinable_thread": functions.start_joinable_thread,
        "_excepthook": excepthook, "_ExceptHookArgs": _thread._ExceptHookArgs,
        "_local": local_class(scheduler),
    }  # fmt: skip
    module = ModuleType("_thread", _thread.__doc__)
    module.__dict__.update({name: value for name, value in simulated.items() if hasattr(_thread, name)})
    return module


def local_class(scheduler: Scheduler) -> type[Any]:
    """`threading.local`: one dictionary a thread, `__init__` called anew in each."""

    class local:
        def __new__(cls, /, *args: Any, **kwargs: Any) -> Any:
            if (args or kwargs) and cls.__init__ is object.__init__:
                raise TypeError("Initialization arguments are not supported")
            self = object.__new__(cls)
            object.__setattr__(self, "_local__arguments", (args, kwargs))
            mine: dict[str, Any] = {}
            object.__setattr__(self, "_local__all", {_number(scheduler): mine})
            return self

        def __getattribute__(self, name: str) -> Any:
            values = _values(scheduler, self)
            if name == "__dict__":
                return values
            return values[name] if name in values else object.__getattribute__(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            _values(scheduler, self, name)[name] = value

        def __delattr__(self, name: str) -> None:
            values = _values(scheduler, self, name)
            if name not in values:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            del values[name]

    local.__module__, local.__qualname__ = "_thread", "_local"
    return local


def _number(scheduler: Scheduler) -> int:
    return scheduler.current.own().number if scheduler.running else 0


def _values(scheduler: Scheduler, local: Any, name: str = "") -> dict[str, Any]:
    if name == "__dict__":
        raise AttributeError(f"{type(local).__name__!r} object attribute '__dict__' is read-only")
    everybodys: dict[int, dict[str, Any]] = object.__getattribute__(local, "_local__all")
    number = _number(scheduler)
    values = everybodys.get(number)
    if values is None:
        values = everybodys[number] = {}
        args, kwargs = object.__getattribute__(local, "_local__arguments")
        type(local).__init__(local, *args, **kwargs)
    return values


class Times:
    """The functions of `time` that tell or wait; outside of an execution the real ones work."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def sleep(self, seconds: float) -> None:
        if not hasattr(seconds, "__float__") and not hasattr(seconds, "__index__"):
            raise TypeError(f"{type(seconds).__name__!r} object cannot be interpreted as an integer")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if self._scheduler.running:
            self._scheduler.sleep(float(seconds))
        else:
            time.sleep(seconds)

    def monotonic(self) -> float:
        if not self._scheduler.running:
            return time.monotonic()
        scheduler = self._scheduler
        if scheduler.quiet:
            return scheduler.clock.look(-1)
        thread = scheduler.current
        scheduler.point("yield", -1, thread.site)
        scheduler.fairness.looked(thread, CLOCK)
        thread.head = None
        return scheduler.clock.look(thread.number)

    def time(self) -> float:
        return EPOCH + self.monotonic() if self._scheduler.running else time.time()

    def monotonic_ns(self) -> int:
        return round(self.monotonic() * 1e9)

    def time_ns(self) -> int:
        return round(self.time() * 1e9)

    def localtime(self, seconds: float | None = None) -> struct_time:
        return time.localtime(self.time() if seconds is None else seconds)

    def gmtime(self, seconds: float | None = None) -> struct_time:
        return time.gmtime(self.time() if seconds is None else seconds)


def time_module(scheduler: Scheduler) -> ModuleType:
    """`time` on the virtual clock. Computing takes no time, so the clocks of the processor are the same one."""
    times = Times(scheduler)
    module = ModuleType("time", time.__doc__)
    module.__dict__.update({name: value for name, value in vars(time).items() if not name.startswith("__")})
    for name in ("sleep", "time", "time_ns", "localtime", "gmtime"):
        setattr(module, name, getattr(times, name))
    for name in ("monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(module, name, times.monotonic)
        setattr(module, f"{name}_ns", times.monotonic_ns)
    return module
