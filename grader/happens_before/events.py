"""Events: what the box tells of an execution that the parent drives, five whole numbers each.

    ANNOUNCED  thread, kind, key, site    what it does next, if it is chosen
    DONE       thread, method, whole      it does that now; method: a change of a container by a method; whole: the
                                          container that the location is a part of, or -1
    FAILED     thread, key                its try, or timed wait, got nothing
    TOOK       thread, key                its try, or wait, left it with the lock
    RELEASED   thread, key, site          a lock or a place of a semaphore is free again
    NOTIFIED   thread, key, site          a condition was notified
    SPAWNED    thread, child, daemon, site   a thread was started
    ENDED      thread                     it is through
    ABLE       thread, 0 or 1             whether what it waits for is there (kinds in `CLAIMED` only)
    ANEW                                  several threads live again: of locks only those count as held that follow
    HELD       thread, key                it holds this lock since nobody else lived

Keys, sites and threads are those of `interleave.operations`. A kind is its place in `KINDS`.
"""

from __future__ import annotations

from typing import TypeAlias

Event: TypeAlias = tuple[int, int, int, int, int]
"""Its code, the thread, and what the table above says; 0 where it says nothing."""

SiteTold: TypeAlias = tuple[int, str, int, str]
"""A site's number, file, line and words."""

ANNOUNCED, DONE, FAILED, TOOK, RELEASED, NOTIFIED, SPAWNED, ENDED, ABLE, ANEW, HELD = range(11)

KINDS = (
    "read", "write", "acquire", "try", "release", "wait", "notify", "sleep", "await", "start", "join", "end", "yield",
)  # fmt: skip

CLAIMED = frozenset({"wait", "notify", "await"})
"""Kinds of which only the box knows whether they can go on: items in a queue, places of a semaphore,
an event loop's turn."""


def thread_of(key: int) -> int:
    """The thread whose end the key of a join or an end names."""
    return (key - 1) // 2
