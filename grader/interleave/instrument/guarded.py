"""Guarded: what a library's own objects show of themselves, and the lock under which they change it.

The library's code is not rewritten, so nobody is told when it changes `queue.unfinished_tasks`. But it changes that
under a lock, and that is told: whoever looks, looks at what the lock guards.
"""

from __future__ import annotations

from typing import Any

_WHERE = {
    ("queue", "Queue"): ("mutex", frozenset({"unfinished_tasks", "queue"})),
    ("threading", "Barrier"): ("_cond", frozenset({"n_waiting", "broken", "_count", "_state"})),
    ("threading", "Semaphore"): ("_cond", frozenset({"_value"})),
    ("threading", "Event"): ("_cond", frozenset({"_flag"})),
    ("concurrent.futures._base", "Future"): ("_condition", frozenset({"_state", "_result", "_exception"})),
}
"""By module and class: the attribute with the lock or its condition, and what it guards."""
NAMES = frozenset().union(*(names for _, names in _WHERE.values()))


def is_guarded(kind: type, name: str) -> bool:
    return name in NAMES and bool(_guard_of(kind, name))


def guard(thing: Any, name: str) -> Any:
    """The lock that guards `thing.name`, which is_guarded."""
    lock = getattr(thing, _guard_of(type(thing), name))
    return getattr(lock, "_lock", lock)


def _guard_of(kind: type, name: str) -> str:
    for base in kind.__mro__:
        where, names = _WHERE.get((base.__module__, base.__name__), ("", frozenset()))
        if name in names:
            return where
    return ""
