"""DPOR over the real engine: known numbers of inequivalent schedules, and every outcome that a random walk finds."""

import pytest
from running import many, program

from grader.interleave.strategies.dpor import Dpor

CLASS = """
    class Thing:
        def __init__(self):
            self.n, self.lock = 0, threading.Lock()
        def add(self):
            self.n += 1
        def add_safely(self):
            with self.lock: self.n += 1
"""
PROGRAMS = {
    "two lost updates": (4, CLASS + "    def s(answer):\n        t = Thing(); together(t.add, t.add); return t.n"),
    "three under a lock": (6, CLASS + """
    def s(answer):
        t = Thing(); together(*[t.add_safely] * 3); return t.n
    """),
    "two locks, two orders": (3, """
    def s(answer):
        a, b = threading.Lock(), threading.Lock()
        def one():
            with a:
                with b: pass
        def other():
            with b:
                with a: pass
        return together(one, other)
    """),
    "notified under if": (24, """
    def s(answer):
        items, told = [], threading.Condition()
        def get():
            with told:
                if not items: told.wait()
                return items.pop()
        def put():
            for item in range(2):
                with told:
                    items.append(item); told.notify()
        return together(get, get, put)
    """),
    "places of their own in a list": (1, """
    def s(answer):
        results = [0, 0, 0]
        def work(place): results[place] = place
        together(*[lambda place=place: work(place) for place in range(3)])
        return results
    """),
    "a lock tried": (4, """
    def s(answer):
        lock = threading.Lock()
        def work():
            if lock.acquire(False):
                lock.release()
                return 1
            return 0
        return together(work, work)
    """),
    "a daemon cut off": (None, """
    def s(answer):
        seen = []
        threading.Thread(target=lambda: seen.append(1), daemon=True).start()
        return list(seen)
    """),
    "threads that start threads": (None, CLASS + """
    def s(answer):
        t = Thing()
        def work(): together(t.add)
        together(work, work)
        return t.n
    """),
    "a pool": (None, """
    def s(answer):
        from concurrent.futures import ThreadPoolExecutor
        n = [0]
        def work(more): n[0] += more
        with ThreadPoolExecutor(2) as pool:
            for more in (1, 2): pool.submit(work, more)
        return n[0]
    """),
}  # fmt: skip


def seen_by_dpor(body: str):
    made, strategy, outcomes = program(body), Dpor(), set()
    main = made.execution("s", {})
    while strategy.begin():
        execution = made.engine.run(main, strategy)
        if not execution.abandoned:
            outcomes.add((execution.ending, repr(execution.value)))
    return strategy, outcomes


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_schedule_is_covered_once(name):
    count, body = PROGRAMS[name]
    strategy, outcomes = seen_by_dpor(body)
    assert strategy.strayed == 0
    assert count is None or strategy.complete == count
    assert {(one.ending, repr(one.value)) for one in many(body, 150)} <= outcomes
