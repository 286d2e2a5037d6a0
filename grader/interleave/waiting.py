"""Waiting: operations that may have to wait, for somebody else or for the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.interleave.execution import Stalled
from grader.interleave.fairness import POLITE
from grader.interleave.monitors import Monitor
from grader.interleave.operations import Operation, OperationKind
from grader.interleave.turns import Turns
from grader.interleave.vthread import VThread

if TYPE_CHECKING:
    from grader.interleave.stand_ins.locks import Guard

NAPS = 4
"""More than a spin needs to show as one."""
PROMPT = 8
"""Waits of a thread that may time out before anybody else has moved; a loop that polls has no end of them."""


class Waiting(Turns):
    """Whoever waits stands at a monitor until what it waits for is there, or until its deadline."""

    def _go_on(self) -> None:
        """The current thread is going to announce what it may have to wait for."""
        if self.before is not None and not self.unwinding:
            site = self.current.site
            self.before()
            self.current.site = site
        if self.unwinding:
            self.refuse()

    def block(
        self,
        kind: OperationKind,
        monitor: Monitor,
        ready: Callable[[], bool],
        timeout: float | None = None,
        subject: object = None,
        patient: bool = False,
        gate: Guard | None = None,
    ) -> bool:
        """Announce an operation that needs `ready`; whether it was, when this thread's turn came (a timeout if not).

        On the free clock a timeout may come at any time; a `patient` one only when nobody else can go on.
        One with a `gate` comes while nobody holds that lock: whoever does cannot tell whether it came before or after.
        """
        self._go_on()
        able = ready()
        if self.alone and able:
            return True
        thread = self.current
        if not able:
            self._stall("until another thread lets it go on")
        thread.monitor, thread.ready = monitor, ready
        monitor.waiting.append(thread)
        if timeout is not None:
            self._set_alarm(thread, timeout)
            thread.always, thread.gate = self.free and not patient, gate
            if thread.always and gate is None:
                kind = "try"
        if not able:
            if thread.always:
                self._hesitate(thread, monitor)
            self.set_enabled(thread, thread.may_time_out())
        operation = self.announce(thread, kind, monitor.key)
        self.pass_on(thread)
        monitor.waiting.remove(thread)
        thread.monitor = thread.ready = None
        if thread in self.hesitant:
            self.hesitant.remove(thread)
            self._able = None
        won = ready()
        if timeout is not None:
            self._stop_alarm(thread, won)
        self._settle(thread, operation, won, subject)
        return won

    def _hesitate(self, thread: VThread, monitor: Monitor) -> None:
        """Its wait may time out. The first time at each place it may do so at once, which is searched like all other
        orders; a loop that polls has no end of them, so that from the second on it stands back from the others."""
        wait = (thread.site, monitor.key)
        if thread.unlucky or wait in thread.waited or len(thread.waited) == PROMPT:
            thread.unlucky = POLITE
        else:
            thread.waited += (wait,)
            self.hesitant.append(thread)
            self._able = None

    def attempt(self, monitor: Monitor, ready: Callable[[], bool], subject: object = None) -> bool:
        """A try: never waits. Whether it was `ready`."""
        self._go_on()
        if self.alone:
            return ready()
        thread = self.current
        operation = self.announce(thread, "try", monitor.key)
        self.pass_on(thread)
        won = ready()
        self._settle(thread, operation, won, subject)
        return won

    def _settle(self, thread: VThread, operation: Operation, won: bool, subject: object) -> None:
        """What follows from an operation that may have failed."""
        fairness = self.fairness
        if not won:
            self.again(thread)
        if fairness.watching:
            fairness.did(thread, operation.kind if won else "read", operation.key)
        if self.observers:
            self._tell(operation, subject, "")
            if not won:
                for observer in self.observers:
                    observer.on_failed(thread.number, operation.key)

    def sleep(self, seconds: float) -> None:
        """Until a virtual deadline. On the free clock others may still overtake, or be overtaken."""
        self._go_on()
        if seconds > 0:
            self._stall(f"for {seconds:g} s")
        thread = self.current
        if self.alone:
            self.clock.jump(self.clock.now + seconds)
            if not self.quiet:
                self.did(Operation(thread.number, "sleep", -1, thread.site), seconds)
            return
        if seconds > 0:
            self._set_alarm(thread, seconds)
        if self.free or seconds <= 0:
            self.again(thread)
        else:
            self.set_enabled(thread, False)
        thread.head = None
        operation = self.announce(thread, "sleep", -1)
        self.pass_on(thread)
        if seconds > 0:
            self._stop_alarm(thread, False)
        if self.observers:
            self._tell(operation, seconds, "")

    def _stall(self, how: str) -> None:
        thread = self.current
        if thread.host is not None:
            stalled = Stalled(thread.number, thread.site, how)
            if stalled not in self.stalls:
                self.stalls.append(stalled)

    def again(self, thread: VThread) -> None:
        """It slept, or tried in vain. A few times are free; going on like that, with nobody else moving, is polling."""
        if thread.nap != self._switches:
            thread.nap, thread.naps = self._switches, 0
        thread.naps += 1
        if thread.naps > NAPS:
            thread.unlucky = thread.unlucky or POLITE

    def _set_alarm(self, thread: VThread, seconds: float) -> None:
        thread.deadline = self.clock.now + seconds
        thread.always = self.free
        self.clock.asleep.append(thread)

    def _stop_alarm(self, thread: VThread, won: bool) -> None:
        if not won and thread.deadline is not None:
            self.clock.jump(thread.deadline, thread.number)
        thread.deadline = None
        thread.always = thread.fired = False
        thread.gate = None
        self.clock.asleep.remove(thread)

    def changed(self, monitor: Monitor) -> None:
        """The state of `monitor` is not what it was: who waits there may be able to go on, or no longer."""
        if self.hesitant:
            self._able = None
        for thread in monitor.waiting:
            assert thread.ready is not None
            able = thread.may_time_out() or thread.ready()
            if able is not thread.enabled:
                self.set_enabled(thread, able)

    def released(self, key: int, site: int) -> None:
        """A lock is free again. Others can see that, though nobody is asked who goes next."""
        if not self.quiet:
            if self.fairness.watching:
                self.fairness.took(self.current, key)
            for observer in self.observers:
                observer.on_release(self.current.number, key, site)
