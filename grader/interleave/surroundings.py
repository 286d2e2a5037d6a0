"""Surroundings: what of the interpreter an execution may change or be changed by, put aside and put back."""

from __future__ import annotations

import gc
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.interleave.stand_ins.escapes import WATCH, Escapes
from grader.interleave.stand_ins.printing import Printed
from grader.interleave.vthread import Abandon

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler


class NoInput:
    """`sys.stdin`: asking a person would wait for ever."""

    encoding = "utf-8"

    def __init__(self, escapes: Escapes) -> None:
        self._escapes = escapes

    def __getattr__(self, name: str) -> Any:
        return self._escapes.function(f"sys.stdin.{name}")

    def __iter__(self) -> Any:
        self._escapes.escape("sys.stdin")

    def isatty(self) -> bool:
        return False


class Surroundings:
    """A context manager around one execution; gives the buffer that what is printed goes to."""

    def __init__(
        self,
        scheduler: Scheduler,
        escapes: Escapes,
        modules: dict[str, ModuleType],
        replaced: dict[str, ModuleType],
    ) -> None:
        self._scheduler = scheduler
        self._escapes = escapes
        self._modules = modules
        """The program's own modules, which it adds itself."""
        self._replaced = replaced
        """Those in whose place it put them."""

    def __enter__(self) -> Printed:
        self._streams = sys.stdout, sys.stderr, sys.stdin
        self._collecting = gc.isenabled()
        self._depth = sys.getrecursionlimit()
        self._warnings = warnings.filters, tuple(warnings.filters), warnings.showwarning
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._say_unraisable
        # A collection may come at any time, and runs code of the program (`__del__`, callbacks).
        gc.disable()
        printed = Printed(self._scheduler)
        sys.stdout = sys.stderr = printed
        sys.stdin = NoInput(self._escapes)
        return printed

    def __exit__(self, *exc: object) -> None:
        WATCH.off()
        sys.stdout, sys.stderr, sys.stdin = self._streams
        sys.unraisablehook = self._unraisable
        for name, module in self._modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        sys.modules.update(self._replaced)
        self._modules.clear()
        self._replaced.clear()
        if sys.getrecursionlimit() != self._depth:
            sys.setrecursionlimit(self._depth)
        self._restore_warnings()
        if self._collecting:
            gc.enable()

    def _say_unraisable(self, what: Any, /) -> None:
        """Of an exception in `__del__`. That a thread is unwound from within one is no exception of the program's."""
        if what.exc_type is not Abandon:
            sys.__unraisablehook__(what)

    def _restore_warnings(self) -> None:
        filters, content, show = self._warnings
        if warnings.filters is not filters or tuple(filters) != content:
            warnings.filters = filters
            warnings.resetwarnings()  # what has been warned of counts no more
            filters[:] = content  # type: ignore[index]
        warnings.showwarning = show
