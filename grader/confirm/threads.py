"""Threads and locks as the parent keeps them, from the operations that the box sends.

What the box says is checked, not believed: only the thread that was chosen moves, it does what it announced, nobody
takes a lock that another holds, nobody waits for an end that has come or gets past one that has not. Of queues and
semaphores the parent does not know what is in them; whether a thread can go on there is the box's word, which may
change only when somebody did something to that queue or semaphore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.happens_before.events import (
    ABLE,
    ANEW,
    ANNOUNCED,
    CLAIMED,
    DONE,
    ENDED,
    FAILED,
    HELD,
    KINDS,
    NOTIFIED,
    RELEASED,
    SPAWNED,
    TOOK,
    Event,
    thread_of,
)
from grader.happens_before.rows import Row, Rows

_ANYBODY = frozenset({DONE, ABLE, ANEW, HELD})
"""Events that need not come from whoever moves; what they must fit is looked at one by one."""


class Contradiction(Exception):
    """What the box says cannot have happened. The text is a clause, for a teacher."""


class Announced:
    """What a thread does next, if it is chosen."""

    __slots__ = ("able", "key", "kind", "site")

    def __init__(self, kind: str, key: int, site: int) -> None:
        self.kind = kind
        self.key = key
        self.site = site
        self.able = True
        """Whether it can go on, of the kinds in `CLAIMED`."""


class Threads:
    """Of one execution. `apply` raises Contradiction."""

    def __init__(self) -> None:
        self.announced: dict[int, Announced | None] = {0: None}
        """Of each thread that lives. None: it moves, or it is main, which is through and waits for the others."""
        self.ended: set[int] = set()
        self.holders: dict[int, tuple[int, int]] = {}
        """key -> the thread that has the lock, and the site where it took it."""
        self.steps = 0
        self.last: Announced | None = None
        """The operation done last."""
        self.mover = 0
        """The thread that did it."""
        self.choice: list[int] = []
        """Who could have done the operation done last."""
        self._rows = Rows()
        self._moving = {0}
        """Who may have done what is told now: the thread that was chosen, and those it started."""
        self._touched: set[int] = set()
        """Keys that something was done to since the last choice."""
        self._apply: dict[int, Callable[[int, int, int, int], None]] = {
            ANNOUNCED: self._announces, DONE: self._does, FAILED: self._fails, TOOK: self._takes,
            RELEASED: self._releases, NOTIFIED: self._notifies, SPAWNED: self._spawns, ENDED: self._ends,
            ABLE: self._is_able, ANEW: self._begins_anew, HELD: self._holds,
        }  # fmt: skip

    def apply(self, event: Event) -> None:
        """Raises Contradiction when that cannot have happened."""
        code, thread, one, two, three = event
        apply = self._apply.get(code)
        if apply is None:
            raise Contradiction(f"there is no event {code}")
        if thread not in self._moving and code not in _ANYBODY:
            raise Contradiction(f"thread {thread} moved, though it was not its turn")
        apply(thread, one, two, three)

    def able(self) -> list[int]:
        """Who can go on. Raises Contradiction when somebody says nothing of what he does next."""
        able = []
        for thread, announced in self.announced.items():
            if announced is None:
                if thread:
                    raise Contradiction(f"thread {thread} lives, and does not say what it does next")
            elif self._can(announced):
                able.append(thread)
        return able

    def held(self) -> tuple[int, ...]:
        """Where the locks were taken that the thread holds which acts now."""
        return tuple(site for thread, site in self.holders.values() if thread == self.mover)

    def choose(self, rows: Sequence[Row]) -> None:
        """These go next. After them there must be a question."""
        self._rows.plan(rows)

    def _can(self, announced: Announced) -> bool:
        kind = announced.kind
        if kind == "acquire":
            return announced.key not in self.holders
        if kind == "join":
            return thread_of(announced.key) in self.ended
        return announced.able

    def _announces(self, thread: int, kind: int, key: int, site: int) -> None:
        if self._living(thread) is not None or not 0 <= kind < len(KINDS):
            raise Contradiction(f"thread {thread} announces two things at once, or none that there is")
        self.announced[thread] = Announced(KINDS[kind], key, site)

    def _does(self, thread: int, *_: int) -> None:
        announced = self._living(thread)
        self.choice = self.able()
        wanted = self._rows.next(self.choice)
        if announced is None or wanted != thread:
            raise Contradiction(f"thread {thread} went on; it was the turn of {wanted if wanted >= 0 else 'nobody'}")
        self.steps += 1
        self.mover = thread
        self.announced[thread], self.last = None, announced
        self._moving, self._touched = {thread}, {announced.key}
        if announced.kind == "acquire":
            self.holders[announced.key] = thread, announced.site

    def _fails(self, thread: int, key: int, *_: int) -> None:
        if self.last is None or self.last.kind == "acquire" or self.last.key != key:
            raise Contradiction(f"thread {thread} failed at something that it did not try")

    def _takes(self, thread: int, key: int, *_: int) -> None:
        if key in self.holders or self.last is None or self.last.key != key:
            raise Contradiction(f"thread {thread} took a lock that was not free, or that it did not try to take")
        self.holders[key] = thread, self.last.site

    def _releases(self, _: int, key: int, *__: int) -> None:
        self.holders.pop(key, None)
        self._touched.add(key)

    def _notifies(self, _: int, key: int, *__: int) -> None:
        self._touched.add(key)

    def _spawns(self, thread: int, child: int, *_: int) -> None:
        if child in self.announced or child in self.ended or child <= 0:
            raise Contradiction(f"thread {thread} started thread {child}, which there was before")
        self.announced[child] = None
        self._moving.add(child)

    def _ends(self, thread: int, *_: int) -> None:
        if self._living(thread) is not None or self.last is None or self.last.kind != "end":
            raise Contradiction(f"thread {thread} ended without having said so")
        del self.announced[thread]
        self.ended.add(thread)

    def _is_able(self, thread: int, able: int, *_: int) -> None:
        announced = self._living(thread)
        if announced is None or announced.kind not in CLAIMED:
            raise Contradiction(f"thread {thread} does not wait for anything that only the box could know")
        if announced.key not in self._touched and thread not in self._moving:
            raise Contradiction(f"what thread {thread} waits for came or went, and nobody had touched it")
        announced.able = bool(able)

    def _begins_anew(self, *_: int) -> None:
        if len(self.announced) > 1:
            raise Contradiction("main was said to be alone while others lived")
        self.holders.clear()

    def _holds(self, thread: int, key: int, *_: int) -> None:
        if len(self.announced) > 1:
            raise Contradiction("a lock was said to be held since main was alone, which it is not")
        self.holders[key] = thread, -1

    def _living(self, thread: int) -> Announced | None:
        if thread not in self.announced:
            raise Contradiction(f"thread {thread} does something, and does not live")
        return self.announced[thread]
