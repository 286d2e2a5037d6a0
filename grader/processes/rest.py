"""For scenarios: whether anybody else of the run still has something to do.

A task that shall wait "until nobody else can come in" or "until all the others are done" cannot know how long that
takes. It can see when it has happened: at one instant every thread slept, but for those who wait like itself.
"""

from __future__ import annotations

from collections.abc import Container

from grader.processes import kernel


def all_rest(caller: int, waiting: Container[int]) -> bool:
    """Whether every thread of process `caller` and of its descendants sleeps, at one and the same instant.

    waiting: native ids of threads that do not count. Who sleeps for a time only counts as sleeping. False where the
    kernel does not count a thread's time: there nothing is known.
    """
    before = _look(caller, waiting)
    # Nobody has run between the two looks, so that all of them slept when the first one ended.
    return all(asleep and spent for asleep, spent in before.values()) and before == _look(caller, waiting)


def _look(caller: int, waiting: Container[int]) -> dict[int, tuple[bool, bytes]]:
    """By thread: whether it sleeps or is dead, and what changes whenever it has run."""
    seen: dict[int, tuple[bool, bytes]] = {}
    left = [caller]
    while left:
        pid = left.pop()
        left += kernel.children(pid)
        for tid in kernel.threads(pid):
            if tid not in waiting:
                seen[tid] = (kernel.state(pid, tid) in ("S", "Z", ""), kernel.time_spent(pid, tid))
    return seen
