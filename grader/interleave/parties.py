"""Parties: the tasks of an event loop. To strategies each is a thread; all of them run in the thread of their loop.

A party goes on only where it awaits, so that its operation there is what it does up to its next `await`. All of these
have one key, the loop's: which of them depend on each other is not known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from grader.interleave.monitors import Monitor
from grader.interleave.operations import Operation, thread_key
from grader.interleave.vthread import VThread

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler


class Parties(Monitor):
    """Of one loop. `host` is the thread that the loop runs in, as long as it runs."""

    __slots__ = ("_called", "_scheduler", "host", "members")

    def __init__(self, scheduler: Scheduler, called: Callable[[], bool]) -> None:
        super().__init__(scheduler.new_key() if scheduler.running else -1)
        self._scheduler = scheduler
        self._called = called
        """Whether the loop itself has something to do that is no task's."""
        self.members: list[VThread] = []
        self.host: VThread | None = None

    def enter(self, name: str) -> VThread:
        """A new party, started by the current one; it waits for its first turn."""
        scheduler = self._scheduler
        starter = scheduler.current
        number = scheduler.new_number(starter)
        party = VThread(number, True, Monitor(thread_key(number)))
        # Where it begins is no place where it awaits.
        party.name, party.site, party.host = name, -1, self.host or starter
        party.enabled = False
        scheduler.threads[number] = party
        for observer in scheduler.observers:
            observer.on_spawn(starter.number, number, name, starter.site)
        self.members.append(party)
        self._wait(party)
        scheduler.meet()
        return party

    def leave(self, party: VThread) -> None:
        """It is through."""
        scheduler = self._scheduler
        party.done = True
        party.monitor = party.ready = None
        self.members.remove(party)
        scheduler.pending.pop(party.number, None)
        scheduler.set_enabled(party, False)
        for observer in scheduler.observers:
            observer.on_end(party.number)
        if scheduler.current is party and self.host is not None:
            self.go(self.host)

    def pick(self, able: Collection[VThread]) -> VThread:
        """Let a strategy choose one of `able`, or a thread beside the loop first; who goes on is the current thread."""
        scheduler, host = self._scheduler, self.host
        assert host is not None
        host.fiber = scheduler.here()
        for party in self.members:
            party.fiber = host.fiber
            scheduler.set_enabled(party, party in able)
        host.monitor, host.ready = self, self._called
        scheduler.set_enabled(host, False)
        scheduler.announce(host, "await", self.key)
        self.waiting.append(host)
        scheduler.pass_on(host)
        self.waiting.remove(host)
        host.monitor = host.ready = None
        chosen = scheduler.current
        self.go(chosen)
        scheduler.did(Operation(chosen.number, "await", self.key, chosen.site), self)
        return chosen

    def go(self, chosen: VThread) -> None:
        """`chosen`, a party or the host, goes on, and nobody else of the loop can."""
        scheduler, host = self._scheduler, self.host
        assert host is not None
        for one in (host, *self.members):
            if one is not chosen:
                scheduler.set_enabled(one, False)
        if chosen is not host:
            chosen.fiber, chosen.host = scheduler.here(), host
        before = scheduler.current
        if before is not chosen:
            # Whoever of the loop is the first to announce anything lets the starter of the loop's thread go on.
            before.starter, chosen.starter = None, before.starter
        scheduler.set_enabled(chosen, True)
        scheduler.current = chosen

    def pause(self, party: VThread) -> None:
        """`party` awaits something; the loop goes on."""
        assert self.host is not None
        self._wait(party)
        self.go(self.host)

    def _wait(self, party: VThread) -> None:
        party.monitor = self
        self._scheduler.announce(party, "await", self.key)
