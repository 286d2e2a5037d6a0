"""Redirecting: `contextlib`, whose redirections of output are told: `sys.stdout` is one variable of all threads."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

Tell = Callable[[object, str, bool], None]
"""Hears of an object, and of which attribute, and whether it is changed, before that is done."""
STREAMS = frozenset({"stdout", "stderr"})


def contextlib_module(tell: Tell) -> ModuleType:
    """`contextlib`, whose redirections `tell`."""
    module = ModuleType("contextlib", contextlib.__doc__)
    module.__dict__.update({name: value for name, value in vars(contextlib).items() if name != "__builtins__"})
    module.__dict__.update(
        redirect_stdout=_telling(contextlib.redirect_stdout, tell),
        redirect_stderr=_telling(contextlib.redirect_stderr, tell),
    )
    return module


def _telling(original: Any, tell: Tell) -> type[Any]:
    class Redirect(original):  # type: ignore[misc]
        def __enter__(self) -> Any:
            tell(sys, self._stream, False)
            self._old_targets.append(getattr(sys, self._stream))
            tell(sys, self._stream, True)
            setattr(sys, self._stream, self._new_target)
            return self._new_target

        def __exit__(self, *_: object) -> None:
            tell(sys, self._stream, True)
            setattr(sys, self._stream, self._old_targets.pop())

    Redirect.__name__ = Redirect.__qualname__ = original.__name__
    Redirect.__module__, Redirect.__doc__ = original.__module__, original.__doc__
    return Redirect
