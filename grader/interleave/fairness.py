"""Fairness: who polls or spins stands back until it can see something new, so that waiting loops end.

A spin is a loop whose rounds look at the same locations in the same versions, with the same local variables, and
change nothing: only somebody else can end it. After `ROUNDS` such rounds it is one.

Where a loop does nothing but look (`while not flag: pass`), one such round is enough, and a search misses nothing: one
more would leave everything as it is, and one in which others change something could have been the round before.
(Compare Kokologiannakis, Ren, Vafeiadis, "Dynamic partial order reductions for spinloops", FMCAD 2021.) Any other
standing back restrains the search.

Who stands back again and again lets everybody move who could when it did: Musuvathi, Qadeer, "Fair stateless model
checking" (PLDI 2008), algorithm 1. Otherwise two that poll would let each other go on, and starve a third.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_OPTIMIZED
from typing import TYPE_CHECKING

from grader.interleave.execution import Spinning

if TYPE_CHECKING:
    from types import FrameType

    from grader.interleave.operations import OperationKind
    from grader.interleave.turns import Turns
    from grader.interleave.vthread import Trail, VThread

LOOKS = frozenset({"read", "yield", "sleep", "join"})
POLITE = 1
"""Stands back until others have moved: it polls, or waits once more where its wait may time out (`Waiting.block`)."""
SPINNING = 2
"""Stands back until somebody else has changed something."""
IDLE = 3
"""The same, in a loop that does nothing but look."""
LENIENT = 4
"""The first times that a thread stands back one other that moved is enough: orders that are worth trying begin so."""
ROUNDS = 3
FUTILE = 20
"""Rounds that spinning threads go on with nobody else left, before that counts as a busy-wait."""
ROW = 200
"""Steps that a thread may do in a row before it stands back at the head of a loop: not every loop that waits is seen
to be a spin (it may count its rounds, or write the same again and again)."""
TRAIL = 64
"""A round that looks at more than this is not taken for a spin."""


WAITS = "waits in a loop, or again and again with a timeout: who does so lets others go first"
"""Why a search is not of every order, as the end of a sentence about a program."""


class Fairness:
    """Of one execution."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._versions: dict[int, int] = {}
        self.standing: list[VThread] = []
        self.owing: list[VThread] = []
        """Came forward while somebody ahead of them was blocked, and stand back again when that one can move."""
        self.futile = 0
        self.spins: list[Spinning] = []
        self.watching = False
        """Somebody goes round a loop; before that there is nothing to keep a record for."""
        self.restrained = ""
        """What the program does, where somebody stood back that could have been chosen and made a difference by it."""

    # ---- what threads did

    def did(self, thread: VThread, kind: OperationKind, key: int) -> None:
        """`thread` has done an operation (a failed one counts as a look)."""
        if kind in LOOKS:
            self.looked(thread, key)
        elif kind in ("acquire", "release"):
            self.took(thread, key)
        else:
            self.wrote(thread, key)

    def wrote(self, thread: VThread, key: int) -> None:
        """`thread` changed what `key` names."""
        self._versions[key] = self._versions.get(key, 0) + 1
        self.changed(thread)

    def changed(self, thread: VThread) -> None:
        thread.trail = None
        self.futile = 0
        if self.standing:
            self.release_spinners()

    def took(self, thread: VThread, key: int) -> None:
        """Taking or giving back a lock: news for whoever looks, unless a spinning thread does it over and over."""
        self._versions[key] = self._versions.get(key, 0) + 1
        thread.head = None
        if thread.idle:
            # It has left that loop, in which nothing is taken.
            thread.idle, thread.rounds = False, 0
        if thread.rounds < ROUNDS:
            self.futile = 0
            if self.standing:
                self.release_spinners()

    def looked(self, thread: VThread, key: int) -> None:
        """`thread` looked, and changed nothing."""
        trail = thread.trail
        if trail is not None and len(trail) <= TRAIL:
            trail.append((key, self._versions.get(key, 0), thread.site))

    def long_row(self, thread: VThread) -> None:
        """`thread` is at the head of a loop, and may have done many steps in a row."""
        if self._turns.row > ROW and len(self._turns.listed) > 1:
            thread.unlucky = thread.unlucky or POLITE

    def round(self, thread: VThread, site: int, frame: FrameType, changing: tuple[str, ...], looks: range) -> None:
        """`thread` is at the head of a loop that does not end by itself; `changing` are the loop's own variables.

        Where the loop does nothing but look, `looks` are the sites at which it does.
        """
        self.watching = True
        self.long_row(thread)
        last, thread.head, thread.idle = thread.head, (site, id(frame)), False
        trail = thread.trail
        if not trail or len(trail) > TRAIL:
            thread.rounds = 0
            thread.trail = []
            thread.round = None
            return
        if looks:
            self._idle_round(thread, trail, looks if last == thread.head else range(0))
            return
        # Not the values: two equal ones may be different objects with different insides, and comparing runs code.
        names = frame.f_locals
        local = {name: value for name, value in names.items() if name not in changing}
        if self._turns.before is not None and type(names) is dict and frame.f_code.co_flags & CO_OPTIMIZED:
            # Before Python 3.13 this is a copy that the frame keeps, and with it what its variables were.
            names.clear()
        seen = (site, trail, list(local), [object.__hash__(value) for value in local.values()])
        if seen == thread.round:
            thread.rounds += 1
            if thread.rounds >= ROUNDS:
                thread.unlucky = SPINNING
                self.spins_at(thread.number, site)
        else:
            thread.rounds = 0
            thread.round = seen
        thread.trail = []

    def _idle_round(self, thread: VThread, trail: Trail, looks: range) -> None:
        """One such round is enough, where all that it looked at still is as it was, and it was that loop that looked:
        a property, or a method of the program, may do more than its looks say."""
        thread.rounds = 0
        if all(at in looks and self._versions.get(key, 0) == version for key, version, at in trail):
            thread.rounds, thread.unlucky, thread.idle = ROUNDS, IDLE, True
            self.spins_at(thread.number, looks.stop)
        thread.trail = []

    def spins_at(self, thread: int, site: int) -> None:
        """`thread` goes round and round there."""
        spinning = Spinning(thread, site)
        if spinning not in self.spins:
            self.spins.append(spinning)

    # ---- standing back

    def stand_back(self, thread: VThread) -> None:
        """From the operation just announced."""
        thread.standing, thread.unlucky = thread.unlucky, 0
        if thread in self.owing:
            self.owing.remove(thread)
        others = self._turns.threads.values() if thread.standing == POLITE else ()
        thread.ahead = [one for one in others if one is not thread and not one.done]
        thread.stands += thread.standing == POLITE
        self._hold_back(thread)

    def _hold_back(self, thread: VThread) -> None:
        self.standing.append(thread)
        self._turns.relist(thread)

    def bring_forward(self, thread: VThread) -> None:
        """It is chosen all the same, by somebody who does not ask who stands back."""
        self._release(lambda other: other is thread)

    def moved(self, number: int) -> None:
        """Somebody was chosen while others stood back, or owe it to others to do so."""
        if not self.restrained and self.holds_back():
            self.restrained = WAITS
        for thread in (*self.standing, *self.owing):
            lenient = thread.stands <= LENIENT
            thread.ahead = [] if lenient else [one for one in thread.ahead if one.number != number]

    def holds_back(self) -> bool:
        """Whether somebody stands back now who could make a difference by going on."""
        return any(thread.enabled and thread.standing != IDLE for thread in self.standing)

    def settle(self) -> None:
        """Before a choice: the polite come forward unless somebody ahead of them can move."""
        for thread in [one for one in self.owing if _is_ahead_of(one)]:
            self.owing.remove(thread)
            thread.standing = POLITE
            self._hold_back(thread)
        self._release(lambda thread: thread.standing == POLITE and not _is_ahead_of(thread))
        self.owing = [thread for thread in self.owing if thread.ahead and not thread.done]

    def forgive(self) -> bool:
        """Nobody else can move: the polite come forward. Whether anybody can be chosen now."""
        for thread in self.standing:
            thread.ahead = []
        self._release(lambda thread: thread.standing == POLITE)
        return bool(self._turns.listed)

    def release_spinners(self) -> None:
        self._release(lambda thread: thread.standing in (SPINNING, IDLE))

    def spin_on(self) -> bool:
        """Nobody but spinning threads can move: let them, for a while. Whether anybody can be chosen now."""
        if not self.standing:
            return False
        clock = self._turns.clock
        if clock.read:
            clock.tick()
        else:
            self.futile += 1
            if self.futile > FUTILE:
                return False
        self.release_spinners()
        return bool(self._turns.listed)

    def all_spin(self) -> bool:
        """Whether every thread that could go on is spinning."""
        able = [thread for thread in self._turns.threads.values() if thread.enabled and not thread.done]
        return bool(able) and all(thread.rounds >= ROUNDS for thread in able)

    def _release(self, chosen: Callable[[VThread], bool]) -> None:
        released = [thread for thread in self.standing if chosen(thread)]
        for thread in released:
            self.standing.remove(thread)
            thread.standing = 0
            if thread.ahead:
                self.owing.append(thread)
            self._turns.relist(thread)


def _is_ahead_of(thread: VThread) -> bool:
    """Whether anybody can move who has not done so since `thread` stood back."""
    return any(one.enabled for one in thread.ahead)
