"""Turns: whose turn it is. Threads announce what they do next; a strategy chooses whose announcement comes true.

A thread runs until it announces its next operation; then the strategy chooses among those that are able to do what
they announced, and the chosen one does it and runs on to its next. Everything between two announcements is one step.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NoReturn

from grader.interleave.clock import VirtualClock
from grader.interleave.fairness import Fairness
from grader.interleave.groups import Groups
from grader.interleave.operations import Operation, OperationKind
from grader.interleave.schedule import Hesitant
from grader.interleave.vthread import Abandon, Carrier, Fiber, VThread

if TYPE_CHECKING:
    from grader.interleave.execution import Choice, Observer, Stalled, Taken
    from grader.interleave.strategies import Strategy
    from grader.interleave.unwritten import Unwritten
    from grader.trace import Ending

PATIENCE = 3000
"""Steps that others do, on the exact clock, before the earliest sleeper wakes although somebody still computes."""
SWALLOWED = 1000
"""How often a thread may catch `Abandon` before it is left where it is."""
TICKS_PER_STEP = 50
"""Rounds of loops that an execution may make for each operation that it may do."""


class Turns:
    """Mechanism only: it knows no standard library, and no strategy but by its protocol. `begin` makes it new."""

    hub: Fiber
    """Where the engine waits for the end of the execution."""
    current: VThread
    threads: dict[int, VThread]

    def __init__(self, carrier: Carrier) -> None:
        self.here = carrier.current
        """The fiber that asks."""
        self._operations: dict[tuple[int, OperationKind, int, int, int], Operation] = {}
        """Interned: most executions announce what an earlier one did."""
        self.running = self.unwinding = False
        self.releases = False
        """Giving a lock back is a step of its own."""
        self.quiet = True
        """Hooks have nothing to tell: no other thread can see it, or nobody is to be asked any more."""
        self.before: Callable[[], None] | None = None
        """Called before the current thread announces a step: it may take others first."""
        self.when_alone: Callable[[], None] | None = None
        """Called when no thread lives any more but main."""

    def begin(
        self,
        strategy: Strategy,
        free: bool,
        limit: int,
        observers: Sequence[Observer],
        unwritten: Unwritten | None,
    ) -> None:
        self._strategy = strategy
        self.free = free
        self._limit = limit
        self.observers = tuple(observers)
        self._unwritten = unwritten if free else None  # on the exact clock every step counts
        self.clock = VirtualClock()
        self.fairness = Fairness(self)
        self.ticks = limit * TICKS_PER_STEP
        self._steps = self._switches = self._switched = self._jumped = self._serial = 0
        self._last = -1
        self.threads = {}
        self.pending: dict[int, Operation] = {}
        self.listed: list[int] = []
        """Numbers of the threads that may be chosen, ascending."""
        self._able: tuple[int, ...] | None = None
        """The same as a tuple, or None when it has to be made anew."""
        self.hesitant: list[VThread] = []
        """Threads in a wait that may time out, though they did not stand back from it."""
        self.choices: list[Choice] = []
        self.nestings: set[Taken] = set()
        self.glances = [0]
        """Looks that were no steps: before the first choice, then after each, by the thread that was chosen."""
        self.groups = Groups()
        self.ending: Ending | Literal["abandoned", ""] = ""
        self.note = ""
        """A sentence about the ending."""
        self.returned = False
        """The scenario has returned; what blocks now is a leak."""
        self.unwinding = False
        self.alone = self.quiet = True
        """Nobody but main lives, and nobody's doings are unknown to it."""
        self.met = False
        """There are parties."""
        self.stalls: list[Stalled] = []

    # ---- the end

    def finish(self, ending: Ending) -> NoReturn:
        """Leave the execution for good, from within any thread."""
        self.over(ending)
        self.pending.pop(self.current.number, None)
        self.current.fiber = self.here()
        self.hub.switch()
        raise Abandon

    def over(self, ending: Ending | Literal["abandoned"]) -> None:
        """From here on threads only unwind. The first to say so names the ending."""
        self.ending = self.ending or ending
        self.unwinding = self.quiet = True

    def refuse(self) -> NoReturn:
        """A thread that is to unwind tries to go on. Raises Abandon; one that never learns is left where it is."""
        thread = self.current
        thread.swallowed += 1
        if thread.swallowed > SWALLOWED:
            self.hub.switch()
        raise Abandon

    def tick(self) -> None:
        """A round of a loop. Endless ones need not do any operation."""
        self.ticks -= 1
        if self.unwinding:
            self.refuse()
        if self.ticks < 0:
            self.finish("livelock")

    # ---- operations

    def new_key(self) -> int:
        self._serial += 2
        return self._serial

    def point(
        self, kind: OperationKind, key: int, site: int, subject: object = None, part: str = "", whole: int = -1
    ) -> None:
        """Announce an operation that nothing can hold up; returns when it is this thread's turn to do it."""
        if self.quiet:
            return
        if self.before is not None:
            self.before()
            if self.quiet:
                return
        thread = self.current
        thread.site = site
        if self.alone:
            self.did(Operation(thread.number, kind, key, site, whole), subject, part)
            return
        operation = self.announce(thread, kind, key, whole)
        self.pass_on(thread)
        if self.fairness.watching:
            self.fairness.did(thread, kind, key)
        if self.observers:
            self._tell(operation, subject, part)

    def access(
        self, kind: Literal["read", "write"], key: int, site: int, subject: object, part: str, whole: int = -1
    ) -> None:
        """Announce an access to data: a look at what nobody writes need be no step."""
        if self.quiet:
            return
        unwritten = self._unwritten if not self.alone else None
        if unwritten is not None:
            thread = self.current
            if kind == "write":
                unwritten.changes(key, whole)
            elif not self._asked(thread) and unwritten.looks(key, site, whole):
                thread.site = site
                # It counts as an operation, so that a schedule means the same where all looks are steps.
                self._steps += 1
                self.glances[-1] += 1
                if self.fairness.watching:
                    self.fairness.looked(thread, key)
                return
        self.point(kind, key, site, subject, part, whole)
        if self.groups.accesses is not None:
            self.groups.accesses.append(Operation(self.current.number, kind, key, site, whole))

    def _asked(self, thread: VThread) -> bool:
        """Whether somebody wants to be asked at the next operation of `thread`, whatever that is."""
        return bool(thread.unlucky or thread.starter or self.fairness.standing)

    @property
    def row(self) -> int:
        """Steps that the current thread has done in a row."""
        return self._steps - self._switched

    # ---- whose turn it is

    def announce(self, thread: VThread, kind: OperationKind, key: int, whole: int = -1) -> Operation:
        """What `thread` does next, once it is chosen."""
        number = thread.number
        name = (number, kind, key, thread.site, whole)
        operation = self._operations.get(name)
        if operation is None:
            operation = self._operations[name] = Operation(*name)
        self.pending[number] = operation
        if thread.unlucky:
            self.fairness.stand_back(thread)
        return operation

    def pass_on(self, thread: VThread) -> None:
        """Let the chosen thread go on; returns when that is `thread`."""
        # The program may use greenlets itself, and be in one of them.
        thread.fiber = self.here()
        starter = thread.starter
        if starter is not None:
            thread.starter = None
            self.current = starter
            assert starter.fiber is not None
            starter.fiber.switch()
            return
        chosen = self._choose()
        if chosen is not None and chosen.fiber is thread.fiber:
            # Itself, or another party of the same loop.
            self.current = chosen
            return
        if chosen is None:
            self.hub.switch()
            raise Abandon
        self.current = chosen
        assert chosen.fiber is not None
        chosen.fiber.switch()

    def _choose(self) -> VThread | None:
        """Who goes next; None when the execution is over."""
        fairness = self.fairness
        if fairness.standing or fairness.owing:
            fairness.settle()
        if not self.listed and not self._revive():
            return None
        self._steps += 1
        if self._steps > self._limit:
            self.over("busy-wait" if self.fairness.all_spin() else "livelock")
            return None
        if not self.free and self._steps - self._jumped > PATIENCE:
            self._jump()
        able = self._able
        if able is None:
            able = self._able = self._who_is_able() if self.hesitant else tuple(self.listed)
        number = self._strategy.choose(able, self.pending, self._last)
        if number < 0:
            self.over("abandoned")
            return None
        self.choices.append((self.pending[number], able, self._last))
        self.glances.append(0)
        if number != self._last:
            self._switches += 1
            self._last = number
            self._switched = self._steps
        if fairness.standing or fairness.owing:
            fairness.moved(number)
        return self.threads[number]

    def _who_is_able(self) -> tuple[int, ...]:
        late = [one for one in self.hesitant if one.ready is not None and not one.ready()]
        if not late:
            return tuple(self.listed)
        able = Hesitant(self.listed)
        able.late = frozenset([one.number for one in late])
        return able

    def _revive(self) -> bool:
        """Nobody can be chosen: whether somebody can after those who stand back, or sleep, had to come forward."""
        fairness = self.fairness
        if fairness.forgive() or self._jump():
            return True
        if fairness.spin_on():
            return True
        spinning = fairness.futile and bool(fairness.standing)
        self.over("busy-wait" if spinning else "leak" if self.returned else "deadlock")
        return False

    def _jump(self) -> bool:
        """To the next deadline, if there is one. On the free clock only the patient still wait for theirs."""
        self._jumped = self._steps
        clock = self.clock
        deadline = clock.next_deadline()
        if deadline is None:
            return False
        clock.jump(deadline)
        for thread in clock.asleep:
            if thread.deadline is not None and thread.deadline <= deadline:
                thread.fired = True
                self.set_enabled(thread, True)
        self.fairness.release_spinners()
        for observer in self.observers:
            observer.on_jump(clock.now)
        return bool(self.listed)

    def set_enabled(self, thread: VThread, enabled: bool) -> None:
        """Whether it can do what it announced."""
        thread.enabled = enabled
        self.relist(thread)

    def relist(self, thread: VThread) -> None:
        """Put `thread` into the list to choose from, or take it out."""
        wanted = thread.enabled and not thread.standing
        if wanted is not thread.listed:
            if wanted:
                self._list(thread)
            else:
                thread.listed = False
                self.listed.remove(thread.number)
                self._able = None

    def _list(self, thread: VThread) -> None:
        thread.listed = True
        insort(self.listed, thread.number)
        self._able = None

    def _tell(self, operation: Operation, subject: object, part: str) -> None:
        self.quiet = True
        for observer in self.observers:
            observer.on_step(operation, subject, part)
        self.hush()

    def hush(self) -> None:
        """Whether hooks have anything to tell, as things are now."""
        self.quiet = self.unwinding or (self.alone and not (self.met and self.observers))

    def meet(self) -> None:
        """Parties live in the current thread: they share data, though none goes on within what another does."""
        self.met = True
        self.hush()

    def did(self, operation: Operation, subject: object, part: str = "") -> None:
        """An operation that nobody was asked about here."""
        if self.observers:
            self._tell(operation, subject, part)
