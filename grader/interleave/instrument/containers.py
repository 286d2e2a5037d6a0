"""Containers: which methods and functions look at one, and which change it.

A container is one location, but a short list has one for each item besides: threads that fill places of their own in a
list of results do not meet.
"""

from __future__ import annotations

from collections import deque

LOOKS = frozenset({
    "index", "count", "copy", "get", "keys", "values", "items", "issubset", "issuperset", "isdisjoint", "union",
    "intersection", "difference", "most_common", "elements", "total", "startswith",
})  # fmt: skip
CHANGES = frozenset({
    "append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft", "popitem", "clear",
    "sort", "reverse", "rotate", "add", "discard", "update", "setdefault", "difference_update",
    "intersection_update", "move_to_end", "subtract",
})  # fmt: skip
METHOD_NAMES = LOOKS | CHANGES
CONTAINERS: tuple[type, ...] = (list, dict, set, deque, bytearray)
"""These and what derives from them: Counter, defaultdict, OrderedDict."""
READERS = frozenset({
    "len", "sorted", "sum", "list", "tuple", "set", "frozenset", "dict", "min", "max", "any", "all",
    "enumerate", "zip", "map", "filter", "reversed", "iter", "str", "repr", "bool", "deque", "Counter", "bytes",
    "copy", "deepcopy", "print",
})  # fmt: skip
"""Functions that look at the containers they are given."""
SIZES = frozenset({"len", "bool"})
"""Those that look only at how many items there are."""
WRITERS = frozenset({
    "next", "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "insort_left",
    "insort_right", "shuffle",
})  # fmt: skip
"""Functions that change their first argument."""

RESHAPING = frozenset({
    "insert", "remove", "pop", "clear", "sort", "reverse", "heappush", "heappop", "heapify", "heapreplace",
    "heappushpop", "insort", "insort_left", "insort_right", "shuffle",
})  # fmt: skip
"""What can move an item of a list to another index. Appending cannot."""
FEW = 16
"""In a list of at most so many items each is a location of its own; a longer one is one as a whole."""
