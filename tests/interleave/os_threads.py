"""The carrier of the engine's virtual threads that is made of real threads: an oracle for the one made of greenlets.

Each fiber is an OS thread that waits for a baton of its own, a real lock; whoever switches to it gives it the baton and
waits for its own, so that exactly one runs at a time. `carriers.py` compares the two, and says in benchmarks/RESULTS.md
how much slower this one is.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from grader.interleave.stand_ins.escapes import WATCH
from grader.interleave.vthread import Carrier

PATIENCE = 60.0
"""Seconds after which the first thread says that nobody hands the baton on."""
Error: TypeAlias = BaseException | type[BaseException] | None


class Over(BaseException):
    """Thrown into an OS thread that is not needed any more."""


class OsThread:
    """A fiber that is a real thread; one without `run` is the thread that was there before."""

    def __init__(self, carrier: OsThreads, run: Callable[..., Any] | None = None) -> None:
        self._carrier = carrier
        self._run = run
        self.parent: OsThread | None = carrier.running
        """Who goes on when this one has ended."""
        self.ident = 0 if run else _thread.get_ident()
        self.real = threading.Thread(target=self._live, daemon=True) if run else None
        self.dead = False
        self._baton = _thread.allocate_lock()
        self._baton.acquire()
        self._given: tuple[Any, ...] = ()
        self._error: Error = None

    def switch(self, *given: Any) -> Any:
        return self._carrier.hand_over(self, given)

    def throw(self, error: type[BaseException], /) -> Any:
        return self._carrier.hand_over(self, (), error)

    def wake(self, given: tuple[Any, ...], error: Error) -> None:
        """Give it the baton; it begins if it has not."""
        self._given, self._error = given, error
        if self.real is not None and not self.ident:
            self.ident = -1
            with unheard():
                self.real.start()
        self._baton.release()

    def wait(self) -> tuple[Any, ...]:
        """Until somebody gives it the baton; what it is given, or raises what it is thrown."""
        if not self._baton.acquire(timeout=-1 if self.real else PATIENCE):
            raise AssertionError("nobody hands the baton on: somebody waits for what no fiber gives")
        given, error = self._given, self._error
        self._given, self._error = (), None
        if error is not None:
            raise error
        return given

    def _live(self) -> None:
        self.ident = _thread.get_ident()
        given: tuple[Any, ...] = ()
        error: BaseException | None = None
        try:
            assert self._run is not None
            given = (self._run(*self.wait()),)
        except Over:
            pass
        except BaseException as failure:
            error = failure
        self.dead = True
        self._carrier.ended(self, given, error)


class OsThreads:
    """Real threads that hand a baton on. One for all engines of a test; `close` ends them."""

    def __init__(self) -> None:
        self.running: OsThread | None = None
        self.running = self.first = OsThread(self)
        self._made: list[OsThread] = []
        self.switches = 0
        self.carrier = Carrier(self.new, self.current)

    def new(self, run: Callable[..., Any]) -> OsThread:
        fiber = OsThread(self, run)
        self._made.append(fiber)
        return fiber

    def current(self) -> OsThread:
        """Raises AssertionError when not exactly the one runs that has the baton."""
        running = self.running
        assert running is not None
        assert running.ident == _thread.get_ident(), "two run at the same time"
        return running

    def hand_over(self, to: OsThread, given: tuple[Any, ...], error: Error = None) -> Any:
        """Let `to` go on, and wait until somebody hands the baton back."""
        me = self.current()
        self.switches += 1
        self._pass(to, given, error)
        got = me.wait()
        return got[0] if len(got) == 1 else got

    def ended(self, fiber: OsThread, given: tuple[Any, ...], error: BaseException | None) -> None:
        """`fiber` is through: its parent goes on, with what it returned or raised."""
        assert fiber.parent is not None
        self._pass(fiber.parent, given, error)

    def _pass(self, to: OsThread, given: tuple[Any, ...], error: Error) -> None:
        while to.dead:
            assert to.parent is not None
            to = to.parent
        self.running = to
        to.wake(given, error)

    def close(self) -> int:
        """End all of them; how many would not, because a program catches whatever it is thrown."""
        me = self.current()
        for fiber in self._made:
            if not fiber.dead:
                fiber.parent = me
                self.hand_over(fiber, (), Over)
        ended = [fiber.real for fiber in self._made if fiber.dead and fiber.real is not None]
        for thread in ended:
            if thread.ident is not None:
                thread.join()
        return len(self._made) - len(ended)


@contextmanager
def unheard() -> Iterator[None]:
    """A real thread that the carrier starts is no escape of the program."""
    hearing, WATCH._escapes = WATCH._escapes, None
    try:
        yield
    finally:
        WATCH._escapes = hearing


@contextmanager
def os_threads() -> Iterator[OsThreads]:
    """None of its threads is left afterwards."""
    before, made = _thread._count(), OsThreads()
    yield made
    left = made.close()
    assert left == 0, f"{left} threads would not end"
    assert _thread._count() == before
