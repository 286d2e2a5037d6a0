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


def test_a_lock_that_spins_on_an_exchange_lets_its_holder_go_on():
    assert seen(SPIN_LOCK) == [("done", 2)]
