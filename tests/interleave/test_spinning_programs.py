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
    said = {seed: differs(seed) for seed in range(40)}
    assert {seed: why for seed, (why, _) in said.items() if why} == {}
    assert sum(sure for _, sure in said.values()) > 12


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
