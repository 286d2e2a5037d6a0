"""Minimising: the fewest preemptions that still give the same outcome."""

from __future__ import annotations

from random import Random

import pytest
from abstract_machine import explore, run
from test_dpor import in_threads, nested

from grader.interleave.minimise import SHORTEST, Minimiser, simplicity
from grader.interleave.schedule import Replay
from grader.interleave.strategies.random_walk import RandomWalk

INCREMENT = [("read", "x", "a"), ("write_sum", "x", "a", 1)]
BUGS = {
    # name: program, what is bad, preemptions that may be left. Where there are two threads it is the least possible.
    "lost update": (in_threads(INCREMENT, INCREMENT), lambda one: dict(one.value[0]).get("x") == 1, 1),
    "six lost updates": (in_threads(*[INCREMENT * 3] * 2), lambda one: dict(one.value[0]).get("x") == 2, 4),
    "lock order": (in_threads(nested("L", "M"), nested("M", "L")), lambda one: one.ending == "deadlock", 1),
    "five philosophers": (
        in_threads(*[nested(f"f{n}", f"f{(n + 1) % 5}") for n in range(5)]),
        lambda one: one.ending == "deadlock",
        3,
    ),
}


def found_at_random(program, bad, seed):
    return next(one for one in explore(program, RandomWalk(Random(seed)), 2000) if bad(one))


def attempt(program, bad):
    def once(strategy):
        execution = run(program, strategy)
        return execution.choices, bad(execution)

    return once


@pytest.mark.parametrize("name", BUGS)
@pytest.mark.parametrize("seed", range(5))
def test_few_preemptions_are_left_from_any_start(name, seed):
    program, bad, most = BUGS[name]
    start = simplicity(found_at_random(program, bad, seed).choices)
    simplest = Minimiser(attempt(program, bad), 50_000).minimise(start)
    assert simplest.preemptions <= min(most, start.preemptions)
    replay = Replay(simplest.deviations)
    assert replay.begin()
    assert bad(run(program, replay))


def test_the_cost_is_bounded():
    program, bad, _ = BUGS["five philosophers"]
    start, runs = simplicity(found_at_random(program, bad, 1).choices), []

    def counted(strategy):
        runs.append(1)
        return attempt(program, bad)(strategy)

    Minimiser(counted, 7 * SHORTEST).minimise(start)
    assert len(runs) == 7


def test_what_cannot_be_made_simpler_stays_as_it_is():
    start = simplicity(found_at_random(*BUGS["lost update"][:2], 0).choices)
    program = BUGS["lost update"][0]
    assert Minimiser(attempt(program, lambda one: False), 50_000).minimise(start) == start
