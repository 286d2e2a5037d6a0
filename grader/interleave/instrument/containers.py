"""Containers: which methods and functions look at one, and which change it.

A container is a location, and each item of a list or a dictionary is a part of it: threads that fill places of their
own in a list of results do not meet, but both meet whoever looks at all of it, or changes how much there is.
"""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from io import BufferedRandom, BufferedReader, BufferedWriter, BytesIO, FileIO, StringIO, TextIOWrapper

CHANGES = frozenset({
    "append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft", "popitem", "clear",
    "sort", "reverse", "rotate", "add", "discard", "update", "setdefault", "difference_update",
    "intersection_update", "symmetric_difference_update", "move_to_end", "subtract", "__setitem__", "__delitem__",
    "__iadd__", "__imul__", "__ior__", "__iand__", "__isub__", "__ixor__", "__missing__", "write", "writelines", "seek",
    "truncate", "read", "readline", "readlines", "close", "fromlist", "frombytes", "fromfile", "fromunicode",
    "byteswap", "readinto", "readinto1", "read1", "readall", "flush", "detach", "reconfigure",
})  # fmt: skip
STREAMS: tuple[type, ...] = (
    StringIO, BytesIO, TextIOWrapper, BufferedWriter, BufferedReader, BufferedRandom, FileIO,
)  # fmt: skip
CONTAINERS: tuple[type, ...] = (list, dict, set, deque, bytearray, array, *STREAMS)
"""These and what derives from them: Counter, defaultdict, OrderedDict."""
VIEWING = frozenset({"keys", "values", "items"})
"""What these give looks at the dictionary later."""
_KINDS: tuple[type, ...] = (*CONTAINERS, Counter, OrderedDict, defaultdict)
FEEDING = frozenset({"extend", "extendleft", "update", "__iadd__"})
"""Methods that take items one by one."""
TAKING = FEEDING | frozenset({
    "union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint",
    "difference_update", "intersection_update", "symmetric_difference_update", "subtract", "join",
})  # fmt: skip
"""Methods that look at what they are given and at their container in one go."""
RESUMING = frozenset({"send", "throw", "close", "__next__"})
"""Methods of generators."""
METHOD_NAMES = (
    frozenset(name for kind in _KINDS for name in dir(kind) if callable(getattr(kind, name)))
    - set(dir(object))
    - VIEWING
) | RESUMING
LOOKS = METHOD_NAMES - CHANGES
READERS = frozenset({
    "len", "sorted", "sum", "list", "tuple", "set", "frozenset", "dict", "min", "max", "any", "all",
    "enumerate", "zip", "map", "filter", "reversed", "iter", "str", "repr", "bool", "deque", "Counter", "bytes",
    "print",
})  # fmt: skip
"""Functions that look at the containers they are given."""
DEEPLY = frozenset({"str", "repr", "print", "sorted", "min", "max", "sum"})
"""Those that look at what is in them, too."""
COPIERS = frozenset({"copy", "deepcopy", "replace", "dumps", "dump", "asdict", "astuple"})
"""Functions of the library that look at all that their arguments hold, attributes of objects included."""
FRESH = frozenset({
    "len", "sorted", "sum", "list", "tuple", "set", "frozenset", "dict", "any", "all", "enumerate", "zip", "map",
    "filter", "reversed", "str", "repr", "bool", "deque", "Counter", "bytes", "range", "int", "float", "isinstance",
    "type", "abs", "round", "id", "hasattr",
})  # fmt: skip
"""Functions whose result nobody else has."""
FRESH_CONTAINERS = frozenset({"sorted", "list", "tuple", "set", "frozenset", "dict", "deque"})
"""Those whose result holds what their arguments held."""
LAZY = frozenset({"enumerate", "zip", "map", "filter", "iter"})
"""Those that make an iterator, which looks later."""
GOING_OVER = READERS - {"len", "iter", "str", "repr", "bool", "print", "reversed"}
"""Those that ask an iterator for its items."""
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
QUIET = frozenset({
    "super", "isinstance", "range", "int", "float", "type", "id", "abs", "round", "locals", "globals", "vars", "dir",
    "eval", "exec", "len", "issubclass", "callable",
})  # fmt: skip
"""Functions that touch nothing and wait for nothing."""

SIZE = -1
"""The part of a container that is how much it holds, and in which order. Items are parts, too: `(index or key,)`."""
_KEYED = (dict, OrderedDict, Counter, defaultdict)
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
"""Types of keys that are compared without running any code of the program."""


def part_of(container: object, index: object, kind: str) -> tuple[object] | None:
    """The part that looking at ("read") or changing ("write") one place of it is about; None: it is about all."""
    if type(container) is list:
        if type(index) is not int:
            return None
        return (index if index >= 0 else max(index + len(container), 0),)
    if type(container) not in _KEYED or not is_plain(index):
        return None
    absent = kind == "write" or isinstance(container, defaultdict)
    # What adds a key changes the size and the order, too.
    return None if absent and index not in container else (index,)  # type: ignore[operator]


def is_plain(index: object) -> bool:
    """Whether comparing `index` with others runs no code of the program."""
    return type(index) in _PLAIN or (type(index) is tuple and all(map(is_plain, index)))
