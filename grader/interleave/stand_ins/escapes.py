"""What cannot run under control: told by name, file and line, instead of blocking or running beside the scheduler."""

from __future__ import annotations

import importlib
import os
import select
import stat
import sys
import threading
from collections.abc import Callable, Collection, Iterable
from types import GenericAlias, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

MODULES = frozenset({
    "_posixsubprocess", "_socket", "asyncio.base_subprocess", "asyncio.selector_events", "asyncio.subprocess",
    "asyncio.unix_events", "ctypes", "http", "multiprocessing", "pty", "select", "selectors",
    "socket", "socketserver", "ssl", "subprocess", "urllib.request", "concurrent.futures.process",
})  # fmt: skip
"""Importing them does no harm; calling what is in them ends the execution."""
SYSTEM = (
    "fork", "forkpty", "system", "popen", "wait", "waitpid", "wait3", "wait4", "waitid", "kill", "killpg",
    "abort", "_exit", "posix_spawn", "posix_spawnp", "execv", "execve", "execl", "execle", "execlp", "execlpe",
    "execvp", "execvpe", "spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe",
    "lockf", "readv", "writev", "sendfile",
)  # fmt: skip
PARTS = {
    "signal": (
        "pause", "sigwait", "sigwaitinfo", "sigtimedwait", "alarm", "setitimer", "raise_signal", "pthread_kill",
        "siginterrupt", "set_wakeup_fd",
    ),
    "fcntl": ("flock", "lockf"),
    "urllib": (),
}  # fmt: skip
"""Modules of which only these functions end the execution (they wait, or set off what comes at any time), and packages
of which one module is among `MODULES`."""
DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})
"""These never keep anybody waiting."""
HARMLESS = frozenset({
    "__future__", "abc", "array", "bisect", "builtins", "collections", "contextlib", "contextvars", "copy",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "gc", "grader", "hashlib", "heapq",
    "inspect", "io", "itertools", "json", "logging", "math", "numbers", "operator", "random", "re",
    "statistics", "string", "struct", "sys", "textwrap", "traceback", "types", "typing", "warnings", "weakref",
})  # fmt: skip
"""A program that imports nothing else (and no stand-in) can set off none of the events below."""
SEEN = frozenset({
    "argparse", "ast", "base64", "binascii", "calendar", "cmath", "codecs", "colorsys", "difflib", "errno", "html",
    "ipaddress", "keyword", "pickle", "platform", "pprint", "pytest", "reprlib", "shlex", "stat", "stringprep", "token",
    "tokenize", "unicodedata", "urllib.parse", "zoneinfo",
})  # fmt: skip
"""Modules besides, whose objects have no state that threads could share, or one that nobody would."""
EVENTS = frozenset({
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname",
    "subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec",
    "os.posix_spawn", "ctypes.dlopen", "_thread.start_new_thread", "_thread.start_joinable_thread",
    "time.sleep", "signal.pthread_kill",
})  # fmt: skip
"""Audit events that show that something went past the stand-ins (a library that uses sockets by itself)."""


class Escapes:
    """Ends the execution as uncontrolled, naming the call. One an engine."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.files: Collection[str] = ()
        """Names of the program's files, to say where."""

    def escape(self, what: str) -> NoReturn:
        scheduler = self._scheduler
        if scheduler.unwinding:
            scheduler.refuse()
        where = self.place()
        scheduler.note = f"not under control: {what}" + (f" at {where[0]}:{where[1]}" if where else "")
        scheduler.finish("uncontrolled")

    def place(self) -> tuple[str, int] | None:
        """The innermost line of the program that is being executed."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return None

    def function(self, name: str) -> Callable[..., NoReturn]:
        """A function that ends the execution when it is called."""

        def escaping(*_: object, **__: object) -> NoReturn:
            self.escape(name)

        escaping.__name__ = name.rpartition(".")[2]
        return escaping

    def module(self, name: str) -> ModuleType:
        return Uncontrolled(name, self)

    def part(self, name: str) -> ModuleType:
        """The module called `name`, one of `PARTS`, without what it must not do."""
        module = self._without(importlib.import_module(name), PARTS[name])
        for one in MODULES:
            if one.startswith(f"{name}."):
                module.__dict__.pop(one.removeprefix(f"{name}."), None)
        return module

    def system(self) -> ModuleType:
        """`os` without what starts, ends or awaits processes."""
        module = self._without(os, SYSTEM)
        # The copies of the standard library would leave hooks in this process.
        module.__dict__.update(register_at_fork=lambda **_: None)
        module.__dict__.update(read=self._read, write=self._write, open=self._open_low, fdopen=self.open)
        return module

    def _without(self, real: ModuleType, names: Iterable[str]) -> ModuleType:
        module = ModuleType(real.__name__, real.__doc__)
        module.__dict__.update({name: value for name, value in vars(real).items() if name != "__builtins__"})
        for name in names:
            if hasattr(real, name):
                setattr(module, name, self.function(f"{real.__name__}.{name}"))
        return module

    def open(self, file: Any, *args: Any, **options: Any) -> Any:
        """The builtin `open`; what may block for ever when it is opened, read or written ends the execution."""
        self.refuse_waiting(file, "open")
        return open(file, *args, **options)

    def _open_low(self, path: Any, *args: Any, **options: Any) -> int:
        self.refuse_waiting(path, "os.open")
        return os.open(path, *args, **options)

    def refuse_waiting(self, file: Any, call: str) -> None:
        """Ends the execution if `file` is one that `call` might wait for."""
        try:
            kind = os.stat(file).st_mode
        except (OSError, TypeError, ValueError):
            return  # not there, which the real call says better
        if _may_wait(kind) and file not in DEVICES:
            self.escape(f"{call} of a pipe, socket or terminal")

    def _read(self, descriptor: int, length: int) -> bytes:
        if _may_wait(os.fstat(descriptor).st_mode) and not select.select([descriptor], [], [], 0)[0]:
            self.escape("os.read, which would block,")
        return os.read(descriptor, length)

    def _write(self, descriptor: int, data: Any) -> int:
        full = len(data) > select.PIPE_BUF or not select.select([], [descriptor], [], 0)[1]
        if full and _may_wait(os.fstat(descriptor).st_mode):
            self.escape("os.write, which would block,")
        return os.write(descriptor, data)


def _may_wait(kind: int) -> bool:
    return stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or stat.S_ISCHR(kind)


class Uncontrolled(ModuleType):
    """Looks like a module; constants and exceptions are the real ones, all else ends the execution when called."""

    def __init__(self, name: str, escapes: Escapes) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._escapes = escapes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        real = getattr(importlib.import_module(self.__name__), name, sys.modules.get(full))
        if real is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if isinstance(real, ModuleType):
            return self._escapes.module(full)
        if isinstance(real, type) and issubclass(real, BaseException):
            return real
        if not callable(real):
            return real
        found = _uncontrolled_class(name, self._escapes.function(full))
        setattr(self, name, found)
        return found


def _uncontrolled_class(name: str, escape: Callable[..., NoReturn]) -> type[Any]:
    """A class, so that one may derive from it; making an instance ends the execution."""

    def new(_: type[Any], *__: object, **___: object) -> NoReturn:
        escape()

    return type(name, (), {"__new__": new, "__class_getitem__": classmethod(GenericAlias)})


class Watch:
    """The second net: one audit hook in the process, for whichever engine is running."""

    def __init__(self) -> None:
        self._installed = False
        self._escapes: Escapes | None = None

    def on(self, escapes: Escapes) -> None:
        if not self._installed:
            self._installed = True
            sys.addaudithook(self._hear)
            if sys.version_info < (3, 12):
                _audit_threads()
        self._escapes = escapes

    def off(self) -> None:
        self._escapes = None

    def _hear(self, event: str, words: tuple[Any, ...]) -> None:
        escapes = self._escapes
        if escapes is None or escapes._scheduler.unwinding:
            return
        if event == "open":
            escapes.refuse_waiting(words[0], "open")
        elif event in EVENTS:
            self._escapes = None
            escapes.escape(event)


def _audit_threads() -> None:
    """Python 3.11 says nothing when a real thread is started."""
    start: Callable[..., int] = threading._start_new_thread  # type: ignore[attr-defined]

    def start_new_thread(*args: Any) -> int:
        sys.audit("_thread.start_new_thread", *args)
        return start(*args)

    threading._start_new_thread = start_new_thread  # type: ignore[attr-defined]


WATCH = Watch()
"""The one state of a module in this package: Python cannot take an audit hook away again."""
