"""Partials: `functools.partial`, which tells of what the function that it calls touches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def partial_class(told: Callable[[Any], Any]) -> type[functools.partial[Any]]:
    """`told` makes of a function one that does the same, and tells."""

    class partial(functools.partial[Any]):
        def __new__(cls, func: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
            if type(func) is partial and not func.__dict__:
                func = _plain(func)  # which Python makes part of the new one
            return super().__new__(cls, func, *args, **keywords)

        def __call__(self, /, *args: Any, **keywords: Any) -> Any:
            function = told(self.func)
            if function is self.func:
                return super().__call__(*args, **keywords)
            return functools.partial(function, *self.args, **self.keywords)(*args, **keywords)

        def __copy__(self) -> Any:
            made = partial(self.func, *self.args, **self.keywords)
            made.__dict__.update(self.__dict__)
            return made

        def __repr__(self) -> str:
            return repr(_plain(self)) if type(self) is partial else super().__repr__()

        def __reduce__(self) -> Any:
            # The real one, which can be found by its name.
            kind = functools.partial if type(self) is partial else type(self)
            return kind, (self.func,), (self.func, self.args, self.keywords, self.__dict__ or None)

    partial.__module__, partial.__qualname__ = "functools", "partial"
    partial.__doc__ = functools.partial.__doc__
    return partial


def _plain(made: functools.partial[Any]) -> functools.partial[Any]:
    return functools.partial(made.func, *made.args, **made.keywords)
