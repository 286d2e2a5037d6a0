"""Operations: what a thread is about to do, and which pairs of them do not commute.

A thread announces its next operation before it does it. Strategies choose among announced operations,
DPOR asks which of them conflict, races asks which of them are unordered. Nothing in this file knows a
thread, a schedule or the standard library.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

OperationKind: TypeAlias = Literal[
    "read", "write",            # one access to a shared location
    "acquire", "try", "release",  # a lock: blocking, non-blocking or with a timeout, giving back
    "wait", "notify",           # any other primitive that blocks, and what wakes it
    "sleep",                    # until a virtual deadline
    "await",                    # the party of an event loop goes on; the key is the loop's
    "start", "join", "end",     # threads; the key is `thread_key(number)`
    "yield",                    # a scheduling point that conflicts with nothing
]  # fmt: skip


class Operation(NamedTuple):
    """What thread `thread` does next. Two commute unless they have one key, or one is on a part of the other's."""

    thread: int
    """0 is main; its n-th child is n, the n-th child of thread t is 100 t + n: a name that no schedule changes."""
    kind: OperationKind
    key: int
    """Serial number, within the execution, of the location or the primitive; -1 touches nothing.

    Locations and primitives are even, threads odd. A condition, its lock and whatever waits on it have one key."""
    site: int
    """Index into the program's table of sites (file, line, words for a person); -1 where there is none."""
    whole: int = -1
    """The key of what this location is a part of: the container of an item; -1 when it is no part."""


def conflict(a: Operation, b: Operation) -> bool:
    """Whether the order of `a` and `b` can matter (they are dependent in the sense of DPOR)."""
    meet = a.key == b.key or a.key == b.whole or b.key == a.whole
    return meet and a.key >= 0 and not (a.kind == "read" and b.kind == "read")


def thread_key(number: int) -> int:
    """The key of a thread, for `join` and `end`."""
    return 2 * number + 1
