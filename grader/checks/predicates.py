"""What a check says of a value: a predicate that raises has not been satisfied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Predicate: TypeAlias = Callable[[Any], bool]


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down: 1 is not True and not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def holds(predicate: Callable[..., bool], *values: Any) -> bool:
    try:
        return bool(predicate(*values))
    except Exception:
        return False
