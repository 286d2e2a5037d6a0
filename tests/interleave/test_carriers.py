"""Greenlets and OS threads behind one interface: the same schedule gives the same trace, byte for byte.

All of the corpus and a thousand generated programs are a campaign of their own: `carriers.py`, whose figures are in
benchmarks/RESULTS.md.
"""

from __future__ import annotations

import _thread
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import os_threads
import pytest
from carriers import Extent, Subject, compare, first_difference, generated, of_text, of_the_corpus, run_on, with_loops
from os_threads import OsThreads

from grader.interleave.vthread import GREENLETS, Carrier

LARGE = 20
"""Threads from which on a program is for the campaign only."""
FEW = Extent(seeds=1, executions=2, dpor=8)
SEARCHED = Extent(seeds=1, executions=1, dpor=40, search=60)
CORPUS = [one for one in of_the_corpus() if one.arguments.get("size", 0) < LARGE]


def named(subjects: list[Subject]) -> list[object]:
    return [pytest.param(one, id=one.name) for one in subjects]


@pytest.mark.parametrize("subject", named(CORPUS))
def test_an_execution_of_the_corpus_is_the_same_on_both(subject: Subject):
    assert compare(subject, FEW).difference == ""


@pytest.mark.parametrize("subject", named([*CORPUS[::5], *with_loops()]))
def test_a_search_says_and_shows_the_same_on_both(subject: Subject):
    compared = compare(subject, SEARCHED)
    assert compared.difference == ""
    assert compared.executions["search"] > 0


def test_generated_programs_are_the_same_on_both():
    said = {subject.name: compare(subject, SEARCHED).difference for subject in generated(range(40))}
    assert {name: why for name, why in said.items() if why} == {}


# ---- what belongs to the real thread

SHARED = {
    "who is being represented": """
def s(answer):
    class Box:
        n = 0
        def __repr__(self):
            return f"Box({self.n})"
    boxes, seen = [Box()], []
    def look():
        seen.append(repr(boxes))
        boxes[0].n += 1
    together(look, look)
    return seen
""",
    "the tracer": """
import sys
def s(answer):
    seen = []
    def traced():
        sys.settrace(lambda *_: None)
        seen.append(1)
        sys.settrace(None)
    together(traced, lambda: seen.append(sys.gettrace() is None))
    return seen
""",
}
"""State that Python keeps for each OS thread and cannot be exchanged: on greenlets all threads have the same."""


@pytest.mark.parametrize("name", SHARED)
def test_what_python_keeps_for_each_os_thread_is_where_the_two_differ(name: str):
    assert compare(of_text(name, SHARED[name]), Extent()).difference != ""


# ---- it is noticed when a carrier does something else

CUT_OFF = """
def s(answer):
    lock = threading.Lock()
    def work():
        try:
            with lock, lock:
                pass
        finally:
            print("left")
    together(work, work)
"""
COUNTED = """
def s(answer):
    box, seen = [0], []
    def work():
        for _ in range(3):
            box[0] += 1
            seen.append(threading.current_thread().name)
    together(work, work)
    return box, seen
"""


class Deaf(OsThreads):
    """What is thrown does not arrive, but for what ends the real thread."""

    def hand_over(self, to: Any, given: tuple[Any, ...], error: Any = None) -> Any:
        return super().hand_over(to, given, error) if error in (None, os_threads.Over) else ()


class Astray(OsThreads):
    """Once an execution, two threads are taken for each other."""

    def hand_over(self, to: Any, given: tuple[Any, ...], error: Any = None) -> Any:
        waiting = [one for one in self._made if one not in (to, self.running) and one.ident and not one.dead]
        if self.switches == 20 and not given and error is None:
            to = waiting[-1]
        return super().hand_over(to, given, error)


def said_of(carrier: OsThreads, body: str) -> str:
    """What the comparison says when OS threads are carried like this."""
    subject = of_text("", body)
    try:
        texts = run_on(carrier.carrier, subject, Extent(seeds=1)).texts
    except BaseException as error:
        return f"broke off with {type(error).__name__}"
    finally:
        carrier.close()
    return first_difference(run_on(GREENLETS, subject, Extent(seeds=1)).texts, texts)


@pytest.mark.parametrize(("kind", "body"), [(Deaf, CUT_OFF), (Astray, COUNTED)])
def test_a_carrier_that_does_something_else_is_noticed(kind: type[OsThreads], body: str):
    assert said_of(OsThreads(), body) == ""
    assert said_of(kind(), body) != ""


# ---- the carrier made of OS threads


@pytest.fixture(params=["greenlets", "OS threads"])
def carrier(request: pytest.FixtureRequest) -> Iterator[Carrier]:
    if request.param == "greenlets":
        yield GREENLETS
    else:
        with os_threads.os_threads() as threads:
            yield threads.carrier


def test_a_switch_returns_what_is_given_by_whoever_switches_back(carrier: Carrier):
    root, seen = carrier.current(), []

    def run(first: int) -> None:
        seen.append(root.switch(first + 1))
        seen.append(root.switch())
        root.switch(7, 8)

    fiber = carrier.new(run)
    assert [fiber.switch(1), fiber.switch(3), fiber.switch(), carrier.current() is root] == [2, (), (7, 8), True]
    assert seen == [3, ()]


def test_what_is_thrown_is_raised_where_the_fiber_waits(carrier: Carrier):
    root, seen = carrier.current(), []

    def run() -> str:
        try:
            root.switch()
        except KeyError as error:
            seen.append((error.args, carrier.current() is fiber))
        return "over"

    fiber = carrier.new(run)
    fiber.switch()
    assert fiber.throw(KeyError) == "over"
    assert seen == [((), True)]


def test_what_a_fiber_raises_is_raised_in_the_one_that_made_it(carrier: Carrier):
    def outer() -> None:
        with pytest.raises(ZeroDivisionError):
            carrier.new(lambda: 1 / 0).switch()
        raise KeyError(5)

    with pytest.raises(KeyError, match="5"):
        carrier.new(outer).switch()


def test_a_fiber_has_a_context_and_an_exception_of_its_own(carrier: Carrier):
    root, number, seen = carrier.current(), contextvars.ContextVar("number", default=0), []

    def run() -> None:
        number.set(5)
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            root.switch()
        seen.append(number.get())

    fiber = carrier.new(lambda: contextvars.Context().run(run))
    fiber.switch()
    assert (sys.exception(), number.get()) == (None, 0)
    fiber.switch()
    assert seen == [5]


def test_no_os_thread_is_left_behind():
    before = set(threading.enumerate())
    with os_threads.os_threads() as threads:
        run_on(threads.carrier, of_text("", CUT_OFF), Extent(seeds=1))
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before


def test_a_thread_that_never_lets_go_is_told():
    def stubborn(back: Callable[[], Any]) -> None:
        while len(thrown) < 3:
            try:
                back()
            except BaseException as error:
                thrown.append(type(error))

    thrown: list[type[BaseException]] = []
    threads = OsThreads()
    root = threads.current()
    threads.new(stubborn).switch(root.switch)
    assert [threads.close(), threads.close(), threads.close()] == [1, 1, 0]
    assert thrown == [os_threads.Over] * 3


def test_who_waits_for_what_no_fiber_gives_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os_threads, "PATIENCE", 0.05)
    threads, real = OsThreads(), _thread.allocate_lock()
    real.acquire()
    with pytest.raises(AssertionError, match="nobody hands the baton on"):
        threads.new(real.acquire).switch()
    real.release()
    while threads.running is not threads.first:
        pass
    assert threads.close() == 0


def test_two_that_run_at_the_same_time_are_told():
    threads = OsThreads()
    threads.running = os_threads.OsThread(threads, int)
    with pytest.raises(AssertionError, match="two run at the same time"):
        threads.current()
