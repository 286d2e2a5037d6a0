"""Caches: `functools`, whose caches are data: to look for a value, and to keep one, is a step.

Python keeps a cache whole when several threads use it, and no more: two threads that find nothing both compute, and
may get different objects. That holds for `cached_property`, too, which has no lock since Python 3.12.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from grader.interleave.stand_ins import partials

Tell = Callable[[object, bool], None]
"""Hears of an object, and whether it is changed, before that is done."""


def functools_module(
    tell: Tell, tell_cached: Callable[[object, str, bool], None], told: Callable[[Any], Any]
) -> ModuleType:
    """`functools`, whose caches `tell`, of a cached property with its name. What a `partial` calls is `told`."""

    def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
        if callable(maxsize):
            return _cached(maxsize, functools.lru_cache(typed=typed), tell)
        around = functools.lru_cache(maxsize, typed)
        return lambda function: _cached(function, around, tell)

    def cache(user_function: Callable[..., Any], /) -> Any:
        return lru_cache(maxsize=None)(user_function)

    module = ModuleType("functools", functools.__doc__)
    module.__dict__.update({name: value for name, value in vars(functools).items() if name != "__builtins__"})
    module.__dict__.update(
        lru_cache=lru_cache,
        cache=cache,
        cached_property=_cached_property(tell_cached),
        partial=partials.partial_class(told),
    )
    return module


def _cached(function: Callable[..., Any], around: Callable[..., Any], tell: Tell) -> Any:
    """`function` with the cache that `around` puts around it."""

    @around
    @functools.wraps(function)
    def kept(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        tell(kept, True)
        return value

    @functools.wraps(function)
    def asked(*args: Any, **kwargs: Any) -> Any:
        tell(kept, _is_full(kept))  # which value leaves it next depends on who asks
        return kept(*args, **kwargs)

    def cache_info() -> Any:
        tell(kept, False)
        return kept.cache_info()

    def cache_clear() -> None:
        tell(kept, True)
        kept.cache_clear()

    asked.__dict__.update(cache_info=cache_info, cache_clear=cache_clear, cache_parameters=kept.cache_parameters)
    return asked


def _is_full(kept: Any) -> bool:
    info = kept.cache_info()
    return info.maxsize is not None and info.currsize >= info.maxsize


def _cached_property(tell: Callable[[object, str, bool], None]) -> type[Any]:
    class cached_property(functools.cached_property[Any]):
        def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
            kept = getattr(instance, "__dict__", None)
            if instance is None or self.attrname is None or not isinstance(kept, dict):
                return super().__get__(instance, owner)  # it is the class that is asked, or it cannot be kept
            tell(instance, self.attrname, False)
            if self.attrname not in kept:
                value = self.func(instance)
                tell(instance, self.attrname, True)
                kept[self.attrname] = value
            return kept[self.attrname]

    cached_property.__module__, cached_property.__qualname__ = "functools", "cached_property"
    return cached_property
