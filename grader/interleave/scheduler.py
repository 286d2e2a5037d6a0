"""Scheduler: the life of virtual threads, from the beginning of an execution to the unwinding of who is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from grader.interleave.monitors import Monitor
from grader.interleave.operations import thread_key
from grader.interleave.vthread import GREENLETS, Abandon, Carrier, Fiber, Pool, VThread
from grader.interleave.waiting import Waiting

if TYPE_CHECKING:
    from grader.interleave.execution import Observer
    from grader.interleave.strategies import Strategy
    from grader.interleave.unwritten import Unwritten
    from grader.trace import Ending


class Scheduler(Waiting):
    """One an engine; runs one execution at a time."""

    def __init__(self, carrier: Carrier = GREENLETS) -> None:
        super().__init__(carrier)
        self._pool = Pool(carrier, self._after_body)
        self.stuck: list[Fiber] = []
        """Threads that would not unwind. Kept for ever: dropping the last reference would run the code in them."""

    def begin(
        self,
        strategy: Strategy,
        free: bool,
        limit: int,
        observers: Sequence[Observer],
        unwritten: Unwritten | None,
    ) -> None:
        """Forget the last execution."""
        super().begin(strategy, free, limit, observers, unwritten)
        self.escapees: list[tuple[int, BaseException]] = []
        """Exceptions that nobody caught, with the number of the thread."""
        self._unjoined = 0
        """Threads that main has not yet waited for."""
        self._owed = 0
        """Threads alive that are not daemons; main not counted."""
        self._waiting = False
        """Main is through, and waits for those."""

    def locks_held(self) -> tuple[int, ...]:
        """Where the current thread took each lock that it holds: sites, the last one last."""
        holds = self.current.holds
        # A semaphore is not held: who gives it back need not be who took it.
        return tuple([guard.held_at for guard in holds.values() if not guard.counts]) if holds else ()

    def own(self, thread: int) -> int:
        """The number of the thread that runs `thread`, which may be the task of an event loop."""
        return self.threads[thread].own().number

    # ---- an execution

    def execute(self, main: Callable[[], Ending], look_around: Callable[[], None]) -> None:
        """Run `main` as thread 0, and all that it starts, until everything ended or nothing can go on.

        `main` returns "done" or "raised", and sets `returned` once the scenario has returned. `look_around` is
        called when nobody moves any more, before those who are left are unwound.
        """
        self.hub = self.here()
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
        self.set_enabled(main, False)
        self.pending.pop(0, None)
        self.pass_on(main)

    def _unwind(self) -> None:
        self.unwinding = self.quiet = True
        for thread in list(self.threads.values()):
            # Parties unwind with the thread that their loop runs in.
            if not thread.done and thread.fiber is not None and thread.host is None:
                self.current = thread
                thread.fiber.throw(Abandon)
                if not thread.done:
                    self.stuck.append(thread.fiber)

    # ---- threads

    @property
    def second(self) -> bool:
        """Main lived alone before the thread that has just been started."""
        return self._unjoined == 1

    def spawn(self, run: Callable[[], None], daemon: bool, name: str) -> VThread:
        """Start a thread. It runs at once up to its first announcement, then the caller goes on: no choice."""
        if self.unwinding:
            self.refuse()
        parent = self.current
        number = self.new_number(parent)
        thread = VThread(number, daemon, Monitor(thread_key(number)))
        thread.name, thread.site, thread.starter = name, parent.site, parent
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

    def new_number(self, parent: VThread) -> int:
        """The number of the next thread that `parent` starts."""
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
        self.set_enabled(thread, False)
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
            self.announce(main, "end", thread_key(0))
        self.set_enabled(main, True)

    def _after_body(self) -> Fiber:
        if not self.unwinding:
            # Main's end is no step when nobody else could move.
            only_main = self._waiting and self.listed == [0] and 0 not in self.pending
            chosen = self.threads[0] if only_main else self._choose()
            if chosen is not None:
                self.current = chosen
                assert chosen.fiber is not None
                return chosen.fiber
        return self.hub

    def join(self, thread: VThread, timeout: float | None) -> bool:
        """Wait for the end of `thread`; whether it came."""
        ended = self.block("join", thread.ended, partial(getattr, thread, "done"), timeout)
        if ended and not thread.joined and self.current.number == 0 and not self.unwinding:
            # Main has waited for this one. When it has for all, what it does next is seen by nobody.
            thread.joined = True
            self._unjoined -= 1
            if not self._unjoined:
                self.alone = True
                self.hush()
                if self.when_alone is not None:
                    self.when_alone()
        return ended

    def escaped(self, error: BaseException) -> None:
        """An exception that nobody caught in the current thread."""
        self.escapees.append((self.current.number, error))
