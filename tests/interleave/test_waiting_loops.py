"""Loops that wait without saying so, counting their rounds or writing the same again and again, starve nobody."""

from __future__ import annotations

import pytest
from running import program

from grader.interleave import explorer

WAITING = """
    def s(answer):
        ready, rounds, lock = [False], [0], threading.Lock()
        def waits():
            tries = 0
            while not ready[0]:
                {round}
        def sets():
            ready[0] = True
        together(waits, sets)
        return "through"
"""
SPIN_LOCK = """
    def s(answer):
        taken, inside, lock = [False], [0], threading.Lock()
        def exchange(value):
            with lock:
                old, taken[0] = taken[0], value
            return old
        def work():
            while exchange(True):
                pass
            inside[0] += 1
            exchange(False)
        together(work, work)
        return inside[0]
"""
POLLING = """
    def s(answer):
        ready, told, lock = [], threading.Condition(), threading.Lock()
        def waits():
            with told:
                while len(ready) < 3:
                    told.wait(0.1)
        def sets():
            for part in range(3):
                with lock:
                    pause()
                ready.append(part)
        together(waits, waits, sets)
        return "through"
"""


def seen(body: str) -> list[tuple[str, object]]:
    found = []
    explorer.explore(
        program(body), "s", {}, explorer.Plan(executions=300), lambda one: found.append((one.ending, one.value)) or True
    )
    return found


@pytest.mark.parametrize(
    "round", ["pass", "tries += 1", "rounds[0] += 1", "rounds[0] = 1", "last = object()", "with lock: tries += 1"]
)
def test_a_loop_that_waits_ends_in_every_order(round: str):
    assert seen(WAITING.format(round=round)) == [("done", "through")]


ANSWER_THAT_WAITS = """
import itertools, threading
def main():
    ready = [False]
    def waits():
        for tries in {over}:
            if ready[0]:
                return
    def sets():
        ready[0] = True
    threads = [threading.Thread(target=waits), threading.Thread(target=sets)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""
FOR = """
    import itertools
    def s(answer):
        ready = [False]
        def waits():
            for tries in {over}:
                if ready[0]:
                    return
        def sets():
            ready[0] = True
        together(waits, sets)
        return ready[0]
"""


@pytest.mark.parametrize("over", ["itertools.count()", "itertools.repeat(1)", "iter(lambda: 1, 2)", "range(10 ** 9)"])
def test_a_for_loop_that_waits_ends_in_every_order(over: str):
    assert seen(FOR.format(over=over)) == [("done", True)]


@pytest.mark.parametrize(("over", "spins"), [("itertools.count()", 1), ("itertools.repeat(1, 9)", 0), ("[1] * 9", 0)])
def test_a_for_loop_without_end_that_only_looks_is_a_spin(over: str, spins: int):
    made = program("    def s(answer): return answer.main()", ANSWER_THAT_WAITS.format(over=over))
    coverage = explorer.explore(made, "s", {}, explorer.Plan(executions=50), lambda _: True)
    assert len(coverage.spins) == spins


@pytest.mark.parametrize("threads", [2, 3])
def test_a_lock_that_spins_on_an_exchange_lets_its_holder_go_on(threads: int):
    assert seen(SPIN_LOCK.replace("work, work", f"*[work] * {threads}")) == [("done", threads)]


def test_two_that_poll_with_timeouts_do_not_starve_a_third():
    assert seen(POLLING) == [("done", "through")]
