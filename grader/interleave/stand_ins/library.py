"""Library: private copies of the standard modules that wait, on top of the simulated `_thread` and `time`.

The source is the running Python's own; only imports and a few methods are exchanged. Modules are loaded once an
engine, on first use; `reset` puts their state back before each execution.
"""

from __future__ import annotations

import _queue
import _thread
import builtins
import importlib
import itertools
import sys
from collections.abc import Callable, Collection, Mapping
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.interleave.stand_ins import conditions, event_loop, logs, queues, semaphores, threads, tracebacks
from grader.interleave.stand_ins.caches import functools_module
from grader.interleave.stand_ins.chance import Chance, random_module
from grader.interleave.stand_ins.dates import datetime_module
from grader.interleave.stand_ins.escapes import HARMLESS, MODULES, PARTS, WATCH, Escapes
from grader.interleave.stand_ins.greenlets import greenlet_module
from grader.interleave.stand_ins.lazy_imports import code_of
from grader.interleave.stand_ins.locks import lock_classes
from grader.interleave.stand_ins.operators import operator_module
from grader.interleave.stand_ins.redirecting import contextlib_module
from grader.interleave.stand_ins.thread_module import thread_module, time_module
from grader.interleave.stand_ins.threads import MAIN_IDENT

if TYPE_CHECKING:
    from grader.interleave.instrument.lives import Lives
    from grader.interleave.scheduler import Scheduler

COPIES = frozenset({
    "threading", "_threading_local", "queue", "sched", "concurrent", "concurrent.futures", "concurrent.futures._base",
    "concurrent.futures.thread", "secrets", "uuid", "traceback", *logs.MODULES, *event_loop.MODULES,
})  # fmt: skip

LOGGING_BESIDE = ("concurrent.futures", "asyncio")
"""These import `logging` for messages that are no data."""


class Nobody(set[object]):
    """Stands in for the set of all threads that `threading` keeps for after a fork."""

    def add(self, _: object) -> None:
        """Nobody asks."""


class Library:
    """The modules that one engine's programs get."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.escapes = Escapes(scheduler)
        self.numbers: dict[int, int] = {}
        """id() of objects -> their number in this execution."""
        self._numbered = 0
        self._kept: list[object] = []
        self.lives: Lives | None = None
        """See `Sharing`."""
        self.chance = Chance(scheduler)
        self.touched: Callable[[object, bool], None] = _nobody_hears
        """Hears of an object of the library that is data, and whether it is changed, before that is done."""
        self.cached: Callable[[object, str, bool], None] = _nobody_hears
        """Hears of an object, and of which cached property, in the same way."""
        self.read: Callable[[object, str, int], object] = _nobody_hears
        """Hears of an object, of which attribute, and where, before that is looked at."""
        self.told: Callable[[Any, int], Any] = _as_it_is
        """Given a function and a site: a function that does the same, and tells of what it touches."""
        self.of_threads: Collection[str] = ()
        """Attributes of threads that the program may assign when others look."""
        self.builtins = self._make_builtins()
        locks, time = lock_classes(scheduler), time_module(scheduler)
        self.modules: dict[str, ModuleType] = {
            "_thread": thread_module(scheduler, locks, self._excepthook),
            "time": time,
            "_queue": ModuleType("_queue"),
            "os": self.escapes.system(),
            "random": random_module(self.chance, self._tell),
            "functools": functools_module(self._tell, self._tell_cached, self._told),
            "operator": operator_module(self._told),
            "contextlib": contextlib_module(self._tell_cached),
            "datetime": datetime_module(time.time),
            "importlib": self._importlib(),
            "greenlet": greenlet_module(scheduler),
        }
        self.modules["os"].__dict__.update(urandom=self.chance.urandom, getrandom=self.chance.getrandom)
        self.modules["_queue"].__dict__.update(
            Empty=_queue.Empty, SimpleQueue=queues.simple_queue_class(scheduler, _queue.Empty)
        )
        self.own_modules: Callable[[str], ModuleType | None] = _none_of_its_own
        """The program's own modules, made anew in each execution."""
        self.place: Callable[[Any, int], int] = _where_it_was
        """See `event_loop.EventLoop.place`."""
        self.threading: Any = self.load("threading")

    # ---- importing

    def _make_builtins(self) -> dict[str, Any]:
        names = dict(vars(builtins))
        names.update(__import__=self.import_, input=self.escapes.function("input"), id=self.id, open=self.escapes.open)
        names["__lazy_import__"] = lambda *words: self.import_(*words[:5])
        names["breakpoint"] = self.escapes.function("breakpoint")
        return names

    def _importlib(self) -> ModuleType:
        module = ModuleType("importlib")
        module.__dict__.update({name: value for name, value in vars(importlib).items() if not name.startswith("__")})
        module.__dict__["import_module"] = self._import_module
        module.__dict__["__import__"] = self.import_
        return module

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        return self.import_(name.lstrip("."), {"__package__": package}, None, ("*",), len(name) - len(name.lstrip(".")))

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """`__import__` for programs and for the private copies."""
        if not level and not fromlist and name in self.modules and "." not in name:
            return self.modules[name]
        absolute = _absolute(name, globals, level)
        if absolute in logs.MODULES and (globals or {}).get("__package__") in LOGGING_BESIDE:
            return __import__(name, globals, locals, fromlist or (), level)
        if absolute in event_loop.LEFT_OUT and (globals or {}).get("__package__") == "asyncio":
            raise ImportError(name)
        module = self.find(absolute)
        if module is None:
            quiet = absolute.partition(".")[0] in HARMLESS
            if not quiet and self._scheduler.running:
                WATCH.on(self.escapes)
            real = __import__(name, globals, locals, fromlist or (), level)
            return real if fromlist or level else self._top(absolute, real)
        for part in fromlist or ():
            name = f"{absolute}.{part}"
            # Not to be asked of a copy: where it is imported lazily somewhere, Python 3.15 puts the real one there.
            has = part in vars(module) if name in COPIES else hasattr(module, part)
            if part != "*" and not has and self.find(name) is None:
                self._place(name, _submodule(name))
        if fromlist or level:
            return module
        top = self.find(absolute.partition(".")[0])
        assert top is not None
        return top

    def _top(self, absolute: str, real: ModuleType) -> ModuleType:
        """What `import a.b.c` binds to `a`: its stand-in, if it has one, though `a.b` has none."""
        top, _, rest = absolute.partition(".")
        stand_in = self.find(top)
        if stand_in is None or not rest:
            return real
        leaf = rest.partition(".")[0]
        if not hasattr(stand_in, leaf):
            setattr(stand_in, leaf, getattr(real, leaf))
        return stand_in

    def find(self, name: str) -> ModuleType | None:
        """The stand-in, private copy or own module called `name`; None when the real one will do."""
        own = self.own_modules(name)
        if own is not None:
            return own
        known = self.modules.get(name)
        if known is not None:
            return known
        if name in MODULES or name.partition(".")[0] in MODULES:
            self.find(name.rpartition(".")[0])
            module = self.modules[name] = self.escapes.module(name)
            return self._place(name, module)
        if name in PARTS:
            self.modules[name] = self.escapes.part(name)
            return self.modules[name]
        return self.load(name) if name in COPIES else None

    def load(self, name: str) -> ModuleType:
        parent = name.rpartition(".")[0]
        if parent:
            self.find(parent)
        if name in self.modules:
            return self.modules[name]
        # Not `importlib.util`, which would import the real parent.
        spec = PathFinder.find_spec(name, self.modules[parent].__path__ if parent else None)
        assert spec is not None
        module = ModuleType(name)
        is_package = spec.submodule_search_locations is not None
        module.__dict__.update(
            __builtins__=self.builtins, __spec__=spec, __file__=spec.origin, __package__=name if is_package else parent
        )
        if is_package:
            module.__path__ = list(spec.submodule_search_locations or ())
        self.modules[name] = module
        self._place(name, module)  # before it is complete, for those that import each other
        code = event_loop.PACKAGE if name == "asyncio" else code_of(spec.loader, module, self.import_)
        # Not part of the execution that happens to be the first to import it: its locks get no numbers there.
        running, self._scheduler.running = self._scheduler.running, False
        exec(code, module.__dict__)
        self._scheduler.running = running
        _adapt(name, module, self._scheduler, self._tell, self._tell_asked, self._told)
        if name == "asyncio":
            event_loop.complete(
                module, self._scheduler, self.escapes.module(name).__getattr__, lambda *at: self.place(*at)
            )
        self._remember(name, module)
        return module

    def _place(self, name: str, module: ModuleType | None) -> ModuleType | None:
        parent, _, leaf = name.rpartition(".")
        if module is not None and parent in self.modules:
            setattr(self.modules[parent], leaf, module)
        return module

    # ---- state of an execution

    def _remember(self, name: str, module: Any) -> None:
        if name == "threading":
            self._main: Any = module._main_thread
            self._atexits = module._threading_atexits
        elif name == "concurrent.futures.thread":
            self._first_atexits = len(self._atexits)

    def reset(self) -> None:
        """As if every module had just been imported."""
        module, main = self.threading, self._main
        self.numbers.clear()
        self._numbered = 0
        self._kept.clear()
        self.chance.reset()
        self.modules["greenlet"].greenlet.roots.clear()
        module._active.clear()
        module._limbo.clear()
        module._active[MAIN_IDENT] = main
        module._counter = itertools.count(1).__next__
        module._main_thread = main
        main._name, main._daemonic = "MainThread", False
        module._SHUTTING_DOWN = False
        module.excepthook = module.__excepthook__
        module._trace_hook = module._profile_hook = None
        if "asyncio" in self.modules:
            event_loop.reset(self.modules)
        if "logging" in self.modules:
            logs.reset(self.modules["logging"])
        pools: Any = self.modules.get("concurrent.futures.thread")
        del self._atexits[1 if pools else 0 :]
        if pools:
            pools._shutdown = False
            pools._threads_queues.clear()
            pools.ThreadPoolExecutor._counter = itertools.count().__next__

    def _tell(self, thing: object, changes: bool) -> None:
        self.touched(thing, changes)

    def _tell_cached(self, thing: object, name: str, changes: bool) -> None:
        self.cached(thing, name, changes)

    def _tell_asked(self, thing: object, name: str) -> None:
        if name in self.of_threads and self._scheduler.running:
            self.read(thing, name, self._scheduler.current.site)

    def _told(self, function: Any) -> Any:
        return self.told(function, self._scheduler.current.site) if self._scheduler.running else function

    def begin(self) -> None:
        """In the main thread of an execution, before the program."""
        self._main._virtual = self._scheduler.threads[0]

    def shut_down(self) -> None:
        """What the interpreter does when the main thread is through, before it waits for the other threads."""
        self.threading._SHUTTING_DOWN = True
        for call in reversed(self._atexits):
            call()

    def id(self, thing: object, /) -> int:
        """`id()`: by order of asking, so that whoever sorts by it does so alike in every process."""
        number = self.numbers.get(id(thing))
        if number is None:
            number = self.numbers[id(thing)] = 0x10000 + 16 * self._numbered
            self._numbered += 1
            if self.lives is None:
                self._kept.append(thing)
            else:
                self.lives.watch(thing, self.numbers, id(thing))
        return number

    def _excepthook(self, args: Any, /) -> None:
        if args.exc_type is not SystemExit:
            self._scheduler.escaped(args.exc_value)


def _nobody_hears(*_: object) -> None:
    """Before there are hooks."""


def _as_it_is(function: Any, _: int) -> Any:
    return function


def _where_it_was(_: object, site: int) -> int:
    return site


def _none_of_its_own(_: str) -> None:
    """Before a program is loaded."""


def _submodule(name: str) -> ModuleType | None:
    """The real one, or None where there is none: then what is imported is no module."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _absolute(name: str, globals: Mapping[str, Any] | None, level: int) -> str:
    if not level or globals is None:
        return name
    package = str(globals.get("__package__") or "")
    base = package.rsplit(".", level - 1)[0] if level > 1 else package
    return f"{base}.{name}" if name else base


class QuietLogger:
    """The logger of `concurrent.futures`: an abandoned worker is no news."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def critical(self, message: str, *args: object, **_: object) -> None:
        if self._scheduler.unwinding:
            self._scheduler.refuse()
        print(message % args if args else message, file=sys.stderr)

    error = warning = critical

    def exception(self, message: str, *args: object, **words: object) -> None:
        """With the exception that is being handled, but without its traceback, which has our frames in it."""
        error = sys.exception()
        self.critical(f"{message}: %s: %s", *args, type(error).__name__, error, **words)


def _adapt(
    name: str,
    module: Any,
    scheduler: Scheduler,
    tell: Callable[[object, bool], None],
    asked: threads.Asked,
    told: threads.Told,
) -> None:
    """Exchange in a fresh copy what has to be."""
    if name == "threading":
        # Locks that no program sees would order what the program does not order, and hide its races.
        module._active_limbo_lock = module._shutdown_locks_lock = _thread.RLock()
        module._dangling = Nobody()
        conditions.patch(module.Condition, scheduler)
        threads.patch(module, scheduler, asked, told)
        semaphores.patch(module, scheduler)
    elif name == "queue":
        queues.patch(module, scheduler)
    elif name == "concurrent.futures._base":
        module.Future.__hash__ = threads.hash_by_serial(scheduler)
        module.LOGGER = QuietLogger(scheduler)
    elif name == "logging":
        logs.adapt(module, scheduler, tell, asked)
    elif name == "traceback":
        tracebacks.patch(module)
    elif name.startswith("asyncio."):
        event_loop.adapt(name, module, scheduler)
    elif name == "concurrent.futures.thread":
        module._global_shutdown_lock = _thread.RLock()
        threads.come_back(module._WorkItem, scheduler, told)
