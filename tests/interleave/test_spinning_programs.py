"""A loop that does nothing but look is part of a proof, and what is proven has the outcomes that there are."""

from __future__ import annotations

import pytest
from running import program
from spinning_programs import differs

from grader.interleave import explorer

WAITS = """
    def s(answer):
        ready, items, jobs, told = [False], [], queue.Queue(), threading.Event()
        seen = []
        def waits():
            n = 0
            while {test}:
                {body}
            seen.append(len(items))
        def sets():
            ready[0] = True
            items.append(1)
            jobs.put(1)
            told.set()
        together(waits, sets)
        return seen
"""


def proven(test: str, body: str) -> bool:
    made = program(WAITS.format(test=test, body=body))
    return explorer.explore(made, "s", {}, explorer.Plan(executions=300), lambda _: True).exhausted


def test_what_is_proven_has_the_outcomes_that_a_walk_through_all_states_has():
    said = {seed: differs(seed) for seed in range(25)}
    assert {seed: why for seed, (why, _) in said.items() if why} == {}
    assert sum(sure for _, sure in said.values()) > 8


@pytest.mark.parametrize(
    "test",
    ["not ready[0]", "len(items) == 0", "not items", "jobs.empty()", "not told.is_set()", "not (items and ready[0])"],
)
@pytest.mark.parametrize("body", ["pass", "...", "continue"])
def test_a_loop_that_only_looks_is_part_of_a_proof(test: str, body: str):
    assert proven(test, body)


@pytest.mark.parametrize(
    ("test", "body"),
    [
        ("not ready[0]", "n += 1"),
        ("not ready[0]", "time.sleep(0.1)"),
        ("not ready[0]", "n = object()"),
        ("not ready.copy()[0]", "pass"),
        ("not (last := ready[0])", "pass"),
    ],
)
def test_a_loop_that_does_more_is_not(test: str, body: str):
    assert not proven(test, body)


COUNTS_ITS_LOOKS = """
    class Mailbox:
        def __init__(self):
            self.items, self.looks, self.lock = [], 0, threading.Lock()
        def empty(self):
            with self.lock:
                self.looks += 1
                i = 0
                while i < 3 and i < len(self.items) + 1: i += 1
                return not self.items
    def s(answer):
        box = Mailbox()
        def waits():
            while box.empty(): pass
        def puts():
            with box.lock: box.items.append(1)
        together(waits, puts)
        return box.looks < 4
"""
USES_UP = """
    def twos():
        n = 0
        while n < 7:
            n += 1
            yield 2
    def s(answer):
        left, done, seen = twos(), [0], []
        def waits():
            while 2 in left and done[0] == 0: pass
            seen.append(len(list(left)))
        def ends(): done[0] = 1
        together(waits, ends)
        return seen
"""
NAPS = """
    class Box:
        told = False
        @property
        def ready(self):
            time.sleep(0.1)
            return self.told
    def s(answer):
        box, began = Box(), time.monotonic()
        def waits():
            while not box.ready: pass
        def tells(): box.told = True
        together(waits, tells)
        return round(time.monotonic() - began, 1)
"""
EXPIRES = """
    class Box:
        told = False
        def __init__(self): self.began = time.monotonic()
        @property
        def expired(self): return time.monotonic() - self.began > 0.5
    def s(answer):
        box, seen = Box(), []
        def waits():
            while not (box.told or box.expired): pass
            seen.append(box.told)
        def tells(): box.told = True
        together(waits, tells)
        return seen
"""
SEEN_TO_LOCK = """
    class Box:
        def __init__(self): self.told, self.lock = False, threading.Lock()
        @property
        def ready(self):
            with self.lock: return self.told
    def s(answer):
        box, seen = Box(), []
        def waits():
            while not box.ready: pass
        def tells():
            seen.append([box.lock.locked() for _ in range(5)])
            with box.lock: box.told = True
        together(waits, tells)
        return seen
"""

COUNTS_AND_LOOPS = """
    class Box:
        told, looks = False, 0
        @property
        def busy(self):
            self.looks += 1
            i = 0
            while i < 1: i += 1
            return True
    def s(answer):
        box = Box()
        def waits():
            while box.busy and not box.told: pass
        def tells(): box.told = True
        together(waits, tells)
        return box.looks < 4
"""


@pytest.mark.parametrize("body", [COUNTS_ITS_LOOKS, NAPS, EXPIRES, SEEN_TO_LOCK, COUNTS_AND_LOOPS])
def test_a_loop_whose_test_runs_code_of_the_program_is_not(body: str):
    made = program(body)
    assert not explorer.explore(made, "s", {}, explorer.Plan(executions=300), lambda _: True).exhausted


def test_an_iterator_that_the_test_uses_up_is_not_overlooked():
    found = []
    made = program(USES_UP)
    explorer.explore(made, "s", {}, explorer.Plan(executions=300), lambda one: found.append(one.value) or True)
    assert sorted(found) == [[left] for left in range(7)]


HANDED_OVER = """
    def s(answer):
        ours, theirs = threading.Lock(), threading.Lock()
        theirs.acquire()
        def turns(mine, other):
            for _ in range(25):
                while mine.locked(): pass
                mine.acquire()
                other.release()
        together(lambda: turns(ours, theirs), lambda: turns(theirs, ours))
        return "through"
"""


def test_whoever_leaves_such_a_loop_again_and_again_does_not_wait_busily():
    found = []
    made = program(HANDED_OVER)
    explorer.explore(
        made, "s", {}, explorer.Plan(executions=20), lambda one: found.append((one.ending, one.value)) or True
    )
    assert found == [("done", "through")]
