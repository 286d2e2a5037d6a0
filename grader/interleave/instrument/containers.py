"""Containers: which methods and functions look at one, and which change it.

A container is one location, but a short list has one for each item besides: threads that fill places of their own in a
list of results do not meet.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from io import StringIO

CHANGES = frozenset({
    "append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft", "popitem", "clear",
    "sort", "reverse", "rotate", "add", "discard", "update", "setdefault", "difference_update",
    "intersection_update", "symmetric_difference_update", "move_to_end", "subtract", "__setitem__", "__delitem__",
    "__iadd__", "__imul__", "__ior__", "__iand__", "__isub__", "__ixor__", "__missing__", "write", "writelines", "seek",
    "truncate", "read", "readline", "readlines", "close",
})  # fmt: skip
CONTAINERS: tuple[type, ...] = (list, dict, set, deque, bytearray, StringIO)
"""These and what derives from them: Counter, defaultdict, OrderedDict."""
VIEWING = frozenset({"keys", "values", "items"})
"""What these give looks at the dictionary later."""
METHOD_NAMES = (
    frozenset(name for kind in (*CONTAINERS, Counter, OrderedDict, defaultdict) for name in dir(kind))
    - set(dir(object))
    - VIEWING
)
LOOKS = METHOD_NAMES - CHANGES
READERS = frozenset({
    "len", "sorted", "sum", "list", "tuple", "set", "frozenset", "dict", "min", "max", "any", "all",
    "enumerate", "zip", "map", "filter", "reversed", "iter", "str", "repr", "bool", "deque", "Counter", "bytes",
    "copy", "deepcopy", "print",
})  # fmt: skip
"""Functions that look at the containers they are given."""
DEEPLY = frozenset({"str", "repr", "print", "deepcopy", "sorted", "min", "max", "sum"})
"""Those that look at what is in them, too."""
FRESH = frozenset({
    "len", "sorted", "sum", "list", "tuple", "set", "frozenset", "dict", "any", "all", "enumerate", "zip", "map",
    "filter", "reversed", "str", "repr", "bool", "deque", "Counter", "bytes", "range", "int", "float", "isinstance",
    "type", "abs", "round", "id", "hasattr",
})  # fmt: skip
"""Functions whose result nobody else has."""
LAZY = frozenset({"enumerate", "zip", "map", "filter", "iter"})
"""Those that make an iterator, which looks later."""
SIZES = frozenset({"len", "bool"})
"""Those that look only at how many items there are."""
WRITERS = frozenset({
    "next", "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "insort_left",
    "insort_right", "shuffle", "setitem", "delitem", "iadd", "iconcat", "imul", "ior", "iand", "isub", "ixor",
    "__next__", "send",
})  # fmt: skip
"""Functions that change their first argument."""
KEEPERS = frozenset({
    "append", "appendleft", "add", "insert", "setdefault", "isinstance", "issubclass", "id", "type", "callable",
    "partial", "cast", "ref", "proxy", "iter", "next",
})  # fmt: skip
"""Functions that do not look into what they are given."""

RESHAPING = frozenset({
    "insert", "remove", "pop", "clear", "sort", "reverse", "heappush", "heappop", "heapify", "heapreplace",
    "heappushpop", "insort", "insort_left", "insort_right", "shuffle",
})  # fmt: skip
"""What can move an item of a list to another index. Appending cannot."""
FEW = 16
"""In a list of at most so many items each is a location of its own; a longer one is one as a whole."""
