"""CPython's own tests, run against the stand-ins: in the suite those that are quick, each in two orders.

All of them, and in more orders, are a campaign of their own: `cpython.py`, whose figures are in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import gc

import pytest

pytest.importorskip("test.lock_tests", reason="this Python comes without its own tests")

from cpython import LOCKS, Suite, exists

QUEUES = ["PyQueueTest", "PyLifoQueueTest", "PyPriorityQueueTest", "PyFailingQueueTest", "CSimpleQueueTest"]
QUICK = [
    "test.test_thread", "test.test_threading_local", "test.test_concurrent_futures.test_thread_pool",
    "test.test_concurrent_futures.test_future", "test.test_concurrent_futures.test_wait",
]  # fmt: skip


@pytest.fixture(scope="module")
def suite():
    gc.freeze()  # CPython's tests collect after each thread, which takes a second over all that the session holds
    yield Suite()
    gc.unfreeze()


def wrong(suite: Suite, *cases: type) -> dict[str, str]:
    """The tests that did not pass, and why."""
    said = [pair for case in cases for pair in suite.outcomes(case)]
    assert said
    return {name: what for name, what in said if what not in ("passed", "skipped", "left out")}


@pytest.mark.parametrize("base", LOCKS)
@pytest.mark.filterwarnings("ignore")
def test_primitives_behave_like_cpythons(suite, base):
    assert wrong(suite, suite.lock_case(base)) == {}


@pytest.mark.parametrize("name", QUEUES)
@pytest.mark.filterwarnings("ignore")
def test_queues_behave_like_cpythons(suite, name):
    tests = suite.load("test.test_queue")
    case = getattr(tests, name, None) or getattr(tests, name.removeprefix("Py").replace("C", "", 1), None)
    if case is None:
        pytest.skip(f"this Python has no {name}")
    assert wrong(suite, case) == {}


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.filterwarnings("ignore")
def test_threads_and_executors_behave_like_cpythons(suite, name):
    if not exists(name):
        pytest.skip(f"this Python comes without {name}")
    assert wrong(suite, *suite.cases(name)) == {}


@pytest.mark.filterwarnings("ignore")
def test_what_does_not_behave_so_is_told(suite):
    event = suite.library.threading.Event
    told = event.is_set
    event.is_set = lambda self: True
    try:
        assert wrong(suite, suite.lock_case("EventTests"))
    finally:
        event.is_set = told
