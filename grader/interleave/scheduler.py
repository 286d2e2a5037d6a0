"""Scheduler: moves virtual threads. The mechanism: it asks a strategy whom to move, and knows no standard library.

A thread runs until it announces its next operation; then the strategy chooses among those that are able to do what
they announced, and the chosen one does it and runs on to its next. Everything between two announcements is one step.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, NoReturn

from greenlet import getcurrent, greenlet

from grader.interleave.clock import VirtualClock
from grader.interleave.fairness import POLITE, Fairness
from grader.interleave.monitors import Monitor
from grader.interleave.operations import Operation, OperationKind, thread_key
from grader.interleave.vthread import Abandon, Pool, VThread

if TYPE_CHECKING:
    from grader.interleave.execution import Choice, Observer
    from grader.interleave.strategies import Strategy
    from grader.trace import Ending

PATIENCE = 3000
"""Steps that others do, on the exact clock, before the earliest sleeper wakes although somebody still computes."""
SWALLOWED = 1000
"""How often a thread may catch `Abandon` before it is left where it is."""
TICKS_PER_STEP = 50


class Scheduler:
    """State of one execution at a time; `begin` makes it new."""

    def __init__(self) -> None:
        self._pool = Pool(self._after_body)
        self._operations: dict[tuple[int, str, int, int], Operation] = {}
        """Interned: most executions announce what an earlier one did."""
        self.stuck: list[greenlet] = []
        """Threads that would not unwind. Kept for ever: dropping the last reference would run the code in them."""
        self.running = self.unwinding = False
        self.releases = False
        """Giving a lock back is a step of its own."""
        self.quiet = True
        """Hooks have nothing to tell: no other thread can see it, or nobody is to be asked any more."""

    def begin(self, strategy: Strategy, free: bool, limit: int, observers: Sequence[Observer]) -> None:
        self.strategy = strategy
        self.free = free
        self.limit = limit
        self.observers = tuple(observers)
        self.clock = VirtualClock()
        self.fairness = Fairness(self)
        self.ticks = limit * TICKS_PER_STEP
        self.steps = self.switches = self._jumped = self._serial = 0
        self.last = -1
        self.threads: dict[int, VThread] = {}
        self.pending: dict[int, Operation] = {}
        self.listed: list[int] = []
        self._able: tuple[int, ...] | None = None
        self.choices: list[Choice] = []
        self.ending: Ending | Literal["abandoned", ""] = ""
        self.note = ""
        self.escapees: list[tuple[int, BaseException]] = []
        self.unwinding = False
        self.alone = self.quiet = True
        self._unjoined = self._owed = 0
        self.returned = self._waiting = False

    # ---- one execution

    def execute(self, main: Callable[[], Ending], look_around: Callable[[], None]) -> None:
        """Run `main` as thread 0, and all that it starts, until everything ended or nothing can go on.

        `main` returns "done" or "raised", and sets `returned` once the scenario has returned. `look_around` is
        called when nobody moves any more, before those who are left are unwound.
        """
        self.hub = getcurrent()
        self.running = True
        thread = VThread(0, False, Monitor(thread_key(0)))
        thread.name = "MainThread"
        self.threads[0] = self.current = thread
        self._list(thread)
        try:
            self._pool.start(thread, partial(self._main_body, main))
            look_around()
            self._unwind()
        finally:
            self.running = False
            self.quiet = True

    def _main_body(self, main: Callable[[], Ending]) -> None:
        thread = self.threads[0]
        try:
            ending = main()
            if ending == "done" and self._owed:
                self._wait_for_the_others(thread)
            elif any(self.listed):
                # Whoever can still move may come before main ends everything.
                self.point("end", thread_key(0), thread.site)
            self.over(ending)
            self.pending.pop(0, None)
        except Abandon:
            pass
        thread.done = True

    def _wait_for_the_others(self, main: VThread) -> None:
        self._waiting = True
        self._disable(main)
        self.pending.pop(0, None)
        self._pass_on(main)

    def finish(self, ending: Ending) -> NoReturn:
        """Leave the execution for good, from within any thread."""
        self.over(ending)
        self.pending.pop(self.current.number, None)
        self.hub.switch()
        raise Abandon

    def over(self, ending: Ending | Literal["abandoned"]) -> None:
        """From here on threads only unwind. The first to say so names the ending."""
        self.ending = self.ending or ending
        self.unwinding = self.quiet = True

    def _unwind(self) -> None:
        self.unwinding = self.quiet = True
        for thread in list(self.threads.values()):
            if not thread.done and thread.greenlet is not None:
                self.current = thread
                thread.greenlet.throw(Abandon)
                if not thread.done:
                    self.stuck.append(thread.greenlet)

    def refuse(self) -> NoReturn:
        """A thread that is to unwind tries to go on. Raises Abandon; one that never learns is left where it is."""
        thread = self.current
        thread.swallowed += 1
        if thread.swallowed > SWALLOWED:
            self.hub.switch()
        raise Abandon

    # ---- threads

    def spawn(self, run: Callable[[], None], daemon: bool, name: str, handle: object = None) -> VThread:
        """Start a thread. It runs at once up to its first announcement, then the caller goes on: no choice."""
        if self.unwinding:
            self.refuse()
        parent = self.current
        number = self._number(parent)
        thread = VThread(number, daemon, Monitor(thread_key(number)))
        thread.name, thread.handle, thread.site, thread.starter = name, handle, parent.site, parent
        self.threads[number] = thread
        self.alone = self.quiet = False
        self._unjoined += 1
        self._owed += not daemon
        self.fairness.changed(parent)
        for observer in self.observers:
            observer.on_spawn(parent.number, number, name, parent.site)
        self._list(thread)
        self.current = thread
        self._pool.start(thread, partial(self._body, thread, run))
        return thread

    def _number(self, parent: VThread) -> int:
        # By parentage, not by order of starting, so that no schedule changes who is meant.
        parent.children += 1
        number = parent.number * 100 + parent.children
        while number in self.threads:
            number += 1
        return number

    def _body(self, thread: VThread, run: Callable[[], None]) -> None:
        try:
            run()
            self.point("end", thread.ended.key, thread.site)
        except Abandon:
            pass
        thread.done = True
        if self.unwinding:
            return
        self.pending.pop(thread.number, None)
        self._disable(thread)
        for observer in self.observers:
            observer.on_end(thread.number)
        self.changed(thread.ended)
        self._owed -= not thread.daemon
        if self._waiting and not self._owed:
            self._enable_main()

    def _enable_main(self) -> None:
        """Nobody is left but daemons. Main's end is a choice if they could still move."""
        main = self.threads[0]
        if self.listed:
            self._announce(main, "end", thread_key(0))
        self._set_enabled(main, True)

    def _after_body(self) -> greenlet:
        if not self.unwinding:
            # Main's end is no step when nobody else could move.
            chosen = self.threads[0] if self._waiting and self.listed == [0] and 0 not in self.pending else self._choose()
            if chosen is not None:
                self.current = chosen
                assert chosen.greenlet is not None
                return chosen.greenlet
        return self.hub

    def join(self, thread: VThread, timeout: float | None) -> bool:
        """Wait for the end of `thread`; whether it came."""
        ended = self.block("join", thread.ended, partial(getattr, thread, "done"), timeout)
        if ended and not thread.joined and self.current.number == 0 and not self.unwinding:
            # Main has waited for this one. When it has for all, what it does next is seen by nobody.
            thread.joined = True
            self._unjoined -= 1
            if not self._unjoined:
                self.alone = self.quiet = True
        return ended

    def escaped(self, error: BaseException) -> None:
        """An exception that nobody caught in the current thread."""
        self.escapees.append((self.current.number, error))

    # ---- operations

    def new_key(self) -> int:
        self._serial += 2
        return self._serial

    def point(self, kind: OperationKind, key: int, site: int, subject: object = None, part: str = "") -> None:
        """Announce an operation that nothing can hold up; returns when it is this thread's turn to do it."""
        if self.quiet:
            return
        thread = self.current
        thread.site = site
        operation = self._announce(thread, kind, key)
        self._pass_on(thread)
        if self.fairness.watching:
            self.fairness.did(thread, kind, key)
        if self.observers:
            self._tell(operation, subject, part)

    def block(
        self, kind: OperationKind, monitor: Monitor, ready: Callable[[], bool], timeout: float | None = None, subject: object = None
    ) -> bool:
        """Announce an operation that needs `ready`; whether it was, when this thread's turn came (a timeout if not)."""
        if self.unwinding:
            self.refuse()
        if self.alone and ready():
            return True
        thread = self.current
        thread.monitor, thread.ready = monitor, ready
        monitor.waiting.append(thread)
        if timeout is not None:
            self._set_alarm(thread, timeout)
            if self.free:
                kind = "try"
        if not ready():
            if thread.always:
                thread.unlucky = POLITE
            else:
                self._disable(thread)
        operation = self._announce(thread, kind, monitor.key)
        self._pass_on(thread)
        monitor.waiting.remove(thread)
        thread.monitor = thread.ready = None
        won = ready()
        if timeout is not None:
            self._stop_alarm(thread, won)
        self._settle(thread, operation, won, subject)
        return won

    def attempt(self, monitor: Monitor, ready: Callable[[], bool], subject: object = None) -> bool:
        """A try: never waits. Whether it was `ready`."""
        if self.unwinding:
            self.refuse()
        if self.alone:
            return ready()
        thread = self.current
        operation = self._announce(thread, "try", monitor.key)
        self._pass_on(thread)
        won = ready()
        self._settle(thread, operation, won, subject)
        return won

    def _settle(self, thread: VThread, operation: Operation, won: bool, subject: object) -> None:
        """What follows from an operation that may have failed."""
        fairness = self.fairness
        if not won:
            self._again(thread)
        if fairness.watching:
            fairness.did(thread, operation.kind if won else "read", operation.key)
        if self.observers:
            self._tell(operation, subject, "")
            if not won:
                for observer in self.observers:
                    observer.on_failed(thread.number, operation.key)

    def sleep(self, seconds: float) -> None:
        """Until a virtual deadline. On the free clock others may still overtake, or be overtaken."""
        if self.unwinding:
            self.refuse()
        if self.alone:
            self.clock.jump(self.clock.now + seconds)
            return
        thread = self.current
        if seconds > 0:
            self._set_alarm(thread, seconds)
        if self.free or seconds <= 0:
            self._again(thread)
        else:
            self._disable(thread)
        operation = self._announce(thread, "sleep", -1)
        self._pass_on(thread)
        if seconds > 0:
            self._stop_alarm(thread, False)
        if self.observers:
            self._tell(operation, None, "")

    def _again(self, thread: VThread) -> None:
        """It slept, or tried in vain. Once is free; a second time in a row, with nobody else moving, is polling."""
        if thread.nap == self.switches:
            thread.unlucky = thread.unlucky or POLITE
        thread.nap = self.switches

    def _set_alarm(self, thread: VThread, seconds: float) -> None:
        thread.deadline = self.clock.now + seconds
        thread.always = self.free
        self.clock.asleep.append(thread)

    def _stop_alarm(self, thread: VThread, won: bool) -> None:
        if not won and thread.deadline is not None:
            self.clock.jump(thread.deadline)
        thread.deadline = None
        thread.always = thread.fired = False
        self.clock.asleep.remove(thread)

    def changed(self, monitor: Monitor) -> None:
        """The state of `monitor` is not what it was: who waits there may be able to go on, or no longer."""
        for thread in monitor.waiting:
            assert thread.ready is not None
            able = thread.always or thread.fired or thread.ready()
            if able is not thread.enabled:
                self._set_enabled(thread, able)

    def released(self, key: int, site: int) -> None:
        """A lock is free again. Others can see that, though nobody is asked who goes next."""
        if not self.quiet:
            if self.fairness.watching:
                self.fairness.took(self.current, key)
            for observer in self.observers:
                observer.on_release(self.current.number, key, site)

    # ---- whose turn it is

    def _announce(self, thread: VThread, kind: OperationKind, key: int) -> Operation:
        number = thread.number
        name = (number, kind, key, thread.site)
        operation = self._operations.get(name)
        if operation is None:
            operation = self._operations[name] = Operation(*name)
        self.pending[number] = operation
        if thread.unlucky:
            self.fairness.stand_back(thread)
        return operation

    def _pass_on(self, thread: VThread) -> None:
        """Let the chosen thread go on; returns when that is `thread`."""
        starter = thread.starter
        if starter is not None:
            thread.starter = None
            self.current = starter
            assert starter.greenlet is not None
            starter.greenlet.switch()
            return
        chosen = self._choose()
        if chosen is thread:
            return
        if chosen is None:
            self.hub.switch()
            raise Abandon
        self.current = chosen
        assert chosen.greenlet is not None
        chosen.greenlet.switch()

    def _choose(self) -> VThread | None:
        """Who goes next; None when the execution is over."""
        if not self.listed and not self._revive():
            return None
        self.steps += 1
        if self.steps > self.limit:
            self.over("busy-wait" if self.fairness.all_spin() else "livelock")
            return None
        if not self.free and self.steps - self._jumped > PATIENCE:
            self._jump()
        able = self._able
        if able is None:
            able = self._able = tuple(self.listed)
        number = self.strategy.choose(able, self.pending, self.last)
        if number < 0:
            self.over("abandoned")
            return None
        self.choices.append((self.pending[number], able, self.pending.copy(), self.last))
        if number != self.last:
            self.switches += 1
            self.last = number
        if self.fairness.standing:
            self.fairness.moved(number)
        return self.threads[number]

    def _revive(self) -> bool:
        """Nobody can be chosen: whether somebody can after those who stand back, or sleep, had to come forward."""
        fairness = self.fairness
        if fairness.forgive() or (not self.free and self._jump()):
            return True
        if fairness.spin_on():
            return True
        spinning = fairness.futile and bool(fairness.standing)
        self.over("busy-wait" if spinning else "leak" if self.returned else "deadlock")
        return False

    def _jump(self) -> bool:
        """On the exact clock: to the next deadline, if there is one."""
        self._jumped = self.steps
        clock = self.clock
        deadline = clock.next_deadline()
        if deadline is None:
            return False
        clock.jump(deadline)
        for thread in clock.asleep:
            if thread.deadline is not None and thread.deadline <= deadline:
                thread.fired = True
                self._set_enabled(thread, True)
        self.fairness.release_spinners()
        for observer in self.observers:
            observer.on_jump(clock.now)
        return bool(self.listed)

    def _disable(self, thread: VThread) -> None:
        self._set_enabled(thread, False)

    def _set_enabled(self, thread: VThread, enabled: bool) -> None:
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
        self.quiet = self.alone or self.unwinding
