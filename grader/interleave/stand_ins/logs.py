"""Logs: the private copy of `logging`, on the virtual clock, with its state put back before each execution."""

from __future__ import annotations

import _thread
import atexit
from collections.abc import Callable
from functools import partial, wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from grader.interleave.clock import EPOCH
from grader.interleave.stand_ins.printing import Printed

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

Tell = Callable[[object, bool], None]
"""Hears of an object, and whether it is changed, before that is done."""
MODULES = ("logging", "logging.config", "logging.handlers")


class HandlerLock:
    """The lock of a handler. One that only prints needs none: what is printed is no data, and a write is one step."""

    def __init__(self, handler: Any, lock: Any, prints: Callable[[Any], bool], tell: Tell) -> None:
        self._handler = handler
        self._lock = lock
        self._prints = prints
        self._tell = tell

    def acquire(self) -> bool:
        if self._prints(self._handler):
            return True
        taken = bool(self._lock.acquire())
        stream = getattr(self._handler, "stream", None)
        if stream is not None:
            self._tell(stream, True)
        return taken

    def release(self) -> None:
        if self._lock._is_owned():
            self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def adapt(module: Any, scheduler: Scheduler, tell: Tell, asked: Callable[[object, str], None]) -> None:
    """What a fresh copy of `logging` needs. To look at the time of a record is no step, and none of its own locks."""
    module.threading = SimpleNamespace(**vars(module.threading))
    module.threading.current_thread = _named(module.threading.current_thread, asked)
    atexit.unregister(module.shutdown)
    module._lock = _thread.RLock()
    module.time = SimpleNamespace(**vars(module.time))
    module.time.time = lambda: EPOCH + scheduler.clock.now
    module.time.time_ns = lambda: round((EPOCH + scheduler.clock.now) * 1e9)
    module._startTime = EPOCH if isinstance(module._startTime, float) else round(EPOCH * 1e9)
    new_lock, bare = module.threading.RLock, (module.StreamHandler, module._StderrHandler)

    def prints(handler: Any) -> bool:
        stream = handler.stream if type(handler) in bare else None
        return type(stream) is Printed

    def create_lock(handler: Any) -> None:
        handler.lock = HandlerLock(handler, new_lock(), prints, tell)

    module.Handler.createLock = create_lock
    _tell_settings(module, tell)
    # Of a lock that is made while the module is imported no execution hears.
    module._defaultLastResort.createLock()


def _tell_settings(module: Any, tell: Tell) -> None:
    """All that is set of loggers, handlers and filters together is one thing, which is looked at and changed."""
    changing = {
        module.Logger: ("setLevel", "addHandler", "removeHandler"),
        module.Filterer: ("addFilter", "removeFilter"),
        module.Handler: ("setLevel", "setFormatter"),
        module.StreamHandler: ("setStream",),
        module.Manager: ("setLoggerClass", "setLogRecordFactory"),
    }
    looking = {module.Logger: ("isEnabledFor", "callHandlers", "getEffectiveLevel", "hasHandlers")}
    for methods, changes in ((changing, True), (looking, False)):
        for kind, names in methods.items():
            for name in names:
                setattr(kind, name, _telling(getattr(kind, name), partial(tell, module.Logger.manager, changes)))
    module.disable = _telling(module.disable, partial(tell, module.Logger.manager, True))


def _telling(function: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
    @wraps(function)
    def told(*args: Any, **keywords: Any) -> Any:
        tell()
        return function(*args, **keywords)

    return told


def _named(current_thread: Callable[[], Any], asked: Callable[[object, str], None]) -> Callable[[], Any]:
    """The thread that logs, of which the name is asked for."""

    def asks() -> Any:
        thread = current_thread()
        asked(thread, "name")
        return thread

    return asks


def reset(module: Any) -> None:
    """As if it had just been imported."""
    root, manager = module.root, module.Logger.manager
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    root.filters.clear()
    root.disabled, root.propagate = False, True
    root.level = module.WARNING
    root._cache.clear()
    manager.loggerDict.clear()
    manager.loggerClass = manager.logRecordFactory = None
    manager._disable = 0
    module._loggerClass, module._logRecordFactory = module.Logger, module.LogRecord
    module.lastResort, module.raiseExceptions = module._defaultLastResort, True
    module._handlers.clear()
    module._handlerList[:] = []
