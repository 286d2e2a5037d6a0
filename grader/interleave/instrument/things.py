"""Things: what an operation on a value looks at: containers, and what stands for them or holds them.

A view of a dictionary shows the dictionary; an iterator goes over what it was made from; comparing or printing a tuple
or a dataclass looks at what is in it.
"""

from __future__ import annotations

import gc
import itertools
from collections import OrderedDict, deque
from collections.abc import Collection, Iterator
from types import (
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any

from grader.interleave.instrument.containers import CONTAINERS, STREAMS

NOTHING, CONTAINER, VIEW, ITERATOR, HOLDER, STRANGER = range(6)
"""What a type is. A holder has containers in it that comparing and printing look at; of a stranger, which is of the
library, nothing is known but that it may change unseen."""
_FAMILIAR = frozenset({
    "_abc", "_asyncio", "_collections", "_collections_abc", "_contextvars", "_decimal", "_functools", "_io",
    "_operator", "_pydecimal", "_queue", "_random", "_struct", "_thread", "_threading_local", "_weakref", "abc",
    "array", "ast", "asyncio", "bisect", "builtins", "collections", "concurrent", "contextlib", "contextvars", "copy",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "grader", "greenlet", "heapq", "inspect",
    "io", "ipaddress", "itertools", "logging", "math", "numbers", "operator", "pathlib", "posixpath", "queue",
    "random", "re", "sched", "signal", "statistics", "string", "struct", "sys", "threading", "time", "traceback",
    "types", "typing", "typing_extensions", "uuid", "warnings", "weakref", "zoneinfo",
})  # fmt: skip
"""Modules (and packages) whose objects do not change, are told of, or let nothing be proven by their names."""
_STRANGE = frozenset({("contextlib", "ExitStack"), ("contextlib", "AsyncExitStack")})
"""Classes of theirs that are strange none the less."""
_EMPTY: tuple[Any, ...] = ({}, OrderedDict())
VIEWS: tuple[type[Any], ...] = tuple({type(look) for one in _EMPTY for look in (one.keys(), one.values(), one.items())})
_ITERABLES: tuple[Any, ...] = ([], {}, {}.values(), {}.items(), set(), deque(), bytearray(), (), *_EMPTY[1:])
_REVERSIBLES: tuple[Any, ...] = ([], {}, deque(), OrderedDict())
ITERATORS: tuple[type[Any], ...] = tuple({
    *(type(iter(one)) for one in _ITERABLES), *(type(reversed(one)) for one in _REVERSIBLES),
    enumerate, zip, map, filter, reversed, GeneratorType,
    *(kind for kind in vars(itertools).values() if isinstance(kind, type) and kind.__module__ == "itertools"),
})  # fmt: skip
_LIST_ITERATOR: type = type(iter([]))
_APPLYING = (map, filter, itertools.starmap, itertools.accumulate, itertools.groupby, itertools.takewhile,
             itertools.dropwhile, itertools.filterfalse, itertools.chain)  # fmt: skip
"""Iterators that look at what their items hold, to make others of them."""
_LOOKED_INTO = (list, dict, set, deque, tuple)


_TOLD = {"threading": ("Thread",), "types": ("SimpleNamespace",)}
"""Classes of the library, by module, that tell of their attributes."""


def nature(kind: type) -> int:
    if issubclass(kind, STREAMS):
        return ITERATOR  # to look at one moves its position
    if issubclass(kind, CONTAINERS):
        return CONTAINER
    if issubclass(kind, VIEWS):
        return VIEW
    if issubclass(kind, ITERATORS):
        return ITERATOR
    return HOLDER if issubclass(kind, (tuple, SimpleNamespace)) or hasattr(kind, "__dataclass_fields__") else NOTHING


def is_strange(kind: type, own: Collection[str]) -> bool:
    """Whether it, or one that it derives from, is of a library that is not known; `own` are the program's modules."""
    if any((base.__module__, base.__name__) in _STRANGE for base in kind.__mro__ or ()):
        return True
    modules = {base.__module__ for base in kind.__mro__ or ()} - {*own}
    return any(isinstance(name, str) and name.partition(".")[0] not in _FAMILIAR for name in modules)


def looks_unseen(kind: type, name: str, own: Collection[str]) -> bool:
    """Whether a class of the library that this type derives from looks at that attribute, and does not tell."""
    return any(_uses(base, name) for base in kind.__mro__ or () if base.__module__ not in own)


def _uses(base: type, name: str) -> bool:
    if base.__module__ in _TOLD and base.__name__ in _TOLD[base.__module__]:
        return False
    functions = [one for one in vars(base).values() if isinstance(one, FunctionType)]
    if not functions:
        return isinstance(vars(base).get(name), GetSetDescriptorType)
    return any(name in one.__code__.co_names for one in functions)


def behind(thing: Any) -> Iterator[Any]:
    """The containers that a view shows or that an iterator goes over; of a generator nothing is known."""
    if type(thing) is GeneratorType:
        return
    waiting = [iter(gc.get_referents(thing))]
    while waiting:
        for one in waiting[-1]:
            what = nature(type(one))
            if what == CONTAINER:
                yield one
            elif what and type(one) is not GeneratorType:
                waiting.append(iter(gc.get_referents(one)))
                break
        else:
            waiting.pop()


def applies(thing: Any) -> bool:
    """Whether this iterator, or one that it goes over, looks at what its items hold."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if issubclass(type(one), _APPLYING):
            return True
        if type(one) is not GeneratorType:
            waiting += _sources(one)
    return False


def has_source(thing: Any, kind: type) -> bool:
    """Whether this iterator, or one that it goes over, goes over one of this kind."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if type(one) is kind:
            return True
        if type(one) is not GeneratorType:
            waiting += _sources(one)
    return False


def goes_in_step(thing: Any) -> bool:
    """Whether the n-th step of this iterator looks at the n-th item of each list behind it, and at nothing else."""
    if type(thing) is _LIST_ITERATOR:
        return True
    return type(thing) in (enumerate, zip, map) and all(map(goes_in_step, _sources(thing)))


def _sources(thing: Any) -> Iterator[Any]:
    for one in gc.get_referents(thing):
        # Not the tuple's own items: that of `zip_longest` has places with nothing in them.
        held = gc.get_referents(one) if isinstance(one, tuple) else [one]
        yield from (each for each in held if isinstance(each, Iterator))


def own_attributes(thing: Any) -> dict[str, Any]:
    """Its `__dict__`, found without any code of the program; empty where there is none."""
    try:
        own = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return own if isinstance(own, dict) else {}


def attributes_shown(thing: Any) -> tuple[str, ...]:
    """Those that comparing and printing it look at."""
    kind = type(thing)
    return tuple(
        own_attributes(thing) if issubclass(kind, SimpleNamespace) else getattr(kind, "__dataclass_fields__", ())
    )


def inside(thing: Any) -> list[Any]:
    """What comparing or printing it looks at."""
    keys = dict.keys(thing) if issubclass(type(thing), dict) else ()
    return [*keys, *items_of(thing), *(attribute_of(thing, name) for name in attributes_shown(thing))]


def items_of(thing: Any) -> list[Any]:
    """Of a container or a tuple."""
    kind: Any = type(thing)
    if not issubclass(kind, _LOOKED_INTO):
        return []
    if kind not in _LOOKED_INTO:
        # Not by methods of the program's own, which may do anything.
        kind = next(one for one in _LOOKED_INTO if issubclass(kind, one))
    return list(dict.values(thing) if kind is dict else kind.__iter__(thing))


def attributes_kept(thing: Any) -> dict[str, Any]:
    """Of an object, none of a class, module or function."""
    return {} if issubclass(type(thing), (type, ModuleType, FunctionType)) else dict(own_attributes(thing))


def attribute_of(thing: Any, name: str) -> Any:
    """That attribute, for which no code of the program is run."""
    slot = getattr(type(thing), name, None)
    if not isinstance(slot, MemberDescriptorType):
        return own_attributes(thing).get(name)
    try:
        return slot.__get__(thing)
    except AttributeError:
        return None


def owner_of(kind: type, name: str) -> type | None:
    # A class has no order of its bases while that is being made.
    return next((base for base in kind.__mro__ or () if name in base.__dict__), None)


def first_owner(kind: type, name: str) -> type | None:
    """The class whose key the attribute has in `kind`, whichever class derived from it gets one of its own."""
    owner = owner_of(kind, name)
    return next((base for base in reversed(owner.__mro__ or ()) if name in base.__dict__), None) if owner else None
