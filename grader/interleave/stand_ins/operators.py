"""Operators: `operator`, whose callable objects tell of what they look at, wherever they are called."""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any


def operator_module(told: Callable[[Any], Any]) -> ModuleType:
    """`told` makes of a function one that does the same, and tells."""
    module = ModuleType("operator", operator.__doc__)
    module.__dict__.update({name: value for name, value in vars(operator).items() if name != "__builtins__"})
    for kind in (operator.attrgetter, operator.methodcaller):
        module.__dict__[kind.__name__] = _telling(kind, told)
    return module


def _telling(kind: type[Any], told: Callable[[Any], Any]) -> type[Any]:
    """A class like `kind`, which cannot be derived from."""

    class Telling:
        __slots__ = ("_call",)
        __doc__ = kind.__doc__

        def __init__(self, /, *args: Any, **keywords: Any) -> None:
            self._call = kind(*args, **keywords)

        def __call__(self, /, *args: Any, **keywords: Any) -> Any:
            return told(self._call)(*args, **keywords)

        def __repr__(self) -> str:
            return repr(self._call)

        def __reduce__(self) -> Any:
            return self._call.__reduce__()

    Telling.__name__ = Telling.__qualname__ = kind.__name__
    Telling.__module__ = "operator"
    return Telling
