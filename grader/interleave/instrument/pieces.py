"""Pieces: what is done to a container at once, and what is done bit by bit, with code in Python running in between.

`sort(key=...)` and comparing objects by methods in Python call back; a function of the library that is written in
Python looks more than once. In between another thread may come, though no step of the program is told there. So the
beginning is told as a step of its own, and where somebody does come in between, nothing is called proven.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import islice
from types import FunctionType, MethodType
from typing import Any

from grader.interleave.instrument.containers import is_plain
from grader.interleave.instrument.things import owner_of

COMPARING = ("__eq__", "__lt__", "__gt__", "__le__", "__ge__", "__hash__")
CALLED = "__call__"
SHOWING = ("__repr__", "__str__", "__format__")
SEARCHING = frozenset({"remove", "index", "count", "sort", "__contains__"})
"""Methods that compare the items."""
COUNTING = frozenset({"update", "subtract"})
"""Methods of a Counter that are written in Python."""
CALLING_BACK = SEARCHING | COUNTING
KINDS: tuple[Any, ...] = (list, dict, set, tuple)
FIRST = 3
"""Items that are asked; what a container holds is mostly of one kind."""
WHOLE = frozenset({"copy", "wraps", "update_wrapper", "print"})
"""Functions of the library in Python that look at a container once, or not at all."""


def done_in_pieces(thing: Any, name: str) -> bool:
    """Whether its method of this name runs code in Python."""
    if name in SEARCHING:
        return compares_by_code(thing)
    return name in COUNTING and isinstance(thing, Counter)


def compares_by_code(thing: Any) -> bool:
    """Whether what it holds is compared by methods written in Python, to judge by its first items."""
    for kind in KINDS:
        if isinstance(thing, kind):
            # Not by an `__iter__` of the program's own, which may do anything.
            return any(map(_by_code, islice(kind.__iter__(thing), FIRST)))
    return False


def _by_code(item: Any) -> bool:
    if is_plain(item):
        return False
    if type(item) is tuple:
        return compares_by_code(item)
    return _has_in_python(type(item), COMPARING)


def is_coded(kind: type) -> bool:
    """Whether comparing or printing one of these runs code in Python."""
    return _has_in_python(kind, (*COMPARING, *SHOWING))


def _has_in_python(kind: type, names: tuple[str, ...]) -> bool:
    """Whether it has methods of these names that are written in Python; asked for without running any."""
    owners = ((owner_of(kind, name), name) for name in names)
    return any(owner is not None and type(owner.__dict__[name]) is FunctionType for owner, name in owners)


def runs_code(kind: type) -> bool:
    """Whether making one of these runs code in Python; the real locks are written in C."""
    if kind.__module__ == "_thread":
        return False
    return type(kind.__init__) is FunctionType or type(kind.__new__) is FunctionType  # type: ignore[misc]


def calls_code(function: Any) -> bool:
    """Whether calling it runs code in Python."""
    kind = type(function)
    if kind is partial:
        return calls_code(function.func)
    if issubclass(kind, type):
        return runs_code(function)
    return (
        kind in (FunctionType, MethodType)
        or type(getattr(kind, CALLED, None)) is FunctionType
        or hasattr(function, "__wrapped__")
    )


def looks_in_pieces(function: Any, name: str, args: tuple[Any, ...]) -> bool:
    """Whether a function of the library is written in Python, or gets one that is."""
    of = function.__func__ if type(function) is MethodType else function
    return name not in WHOLE and (
        type(of) is FunctionType or any(issubclass(type(one), (FunctionType, MethodType, partial)) for one in args)
    )
