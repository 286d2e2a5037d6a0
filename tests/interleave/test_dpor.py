"""DPOR against two oracles: the walk over all states of a program, and the sleep-set search."""

from __future__ import annotations

from random import Random

import pytest
from abstract_machine import all_outcomes, explore, generate, outcomes_of, run

from grader.interleave.strategies.dpor import Dpor
from grader.interleave.strategies.sleep_sets import SleepSets

INCREMENT = [("read", "x", "a"), ("write_sum", "x", "a", 1)]


def locked(lock, *inside):
    return [("acquire", lock), *inside, ("release", lock)]


def in_threads(*threads):
    """Main starts every thread and waits for all of them."""
    numbers = range(1, len(threads) + 1)
    return [[("start", n) for n in numbers] + [("join", n) for n in numbers], *threads]


def nested(first, second):
    return locked(first, *locked(second))


KNOWN = {
    "two increments": (in_threads(INCREMENT, INCREMENT), 4),
    "two times three increments": (in_threads(INCREMENT * 3, INCREMENT * 3), 328),
    "three locked increments": (in_threads(*[locked("L", *INCREMENT)] * 3), 6),
    "two locks, two orders": (in_threads(nested("L", "M"), nested("M", "L")), 3),
    "five philosophers": (in_threads(*[nested(f"f{n}", f"f{(n + 1) % 5}") for n in range(5)]), 31),
    "nothing shared": (in_threads([("write", "x", 1)], [("write", "y", 1)]), 1),
    "readers only": (in_threads([("read", "x", "a")], [("read", "x", "a")]), 1),
    "a put and two gets": (in_threads([("put", "q")], [("get", "q")], [("get", "q")]), 2),
    "a failed try": (in_threads(locked("L"), [("try", "L", "a")]), 3),
}


@pytest.mark.parametrize("name", KNOWN)
def test_it_completes_one_execution_for_each_class_of_equivalent_ones(name):
    program, classes = KNOWN[name]
    dpor = Dpor()
    executions = explore(program, dpor, 3000)
    assert dpor.finished
    assert dpor.strayed == 0
    assert dpor.complete == classes
    assert outcomes_of(executions) == all_outcomes(program)


@pytest.mark.parametrize("block", range(10))
def test_it_finds_what_brute_force_finds_as_often_as_sleep_sets_do(block):
    for seed in range(block * 60, block * 60 + 60):
        program = generate(Random(seed))
        dpor, oracle = Dpor(), SleepSets()
        executions = explore(program, dpor, 3000)
        complete = [one for one in explore(program, oracle, 20_000) if one.ending != "abandoned"]
        assert dpor.finished
        assert outcomes_of(executions) == all_outcomes(program), f"seed {seed}: {program}"
        assert dpor.complete == len(complete), f"seed {seed}: {program}"


def test_the_first_execution_is_the_natural_one():
    program, _ = KNOWN["two increments"]
    (first,) = explore(program, Dpor(), 1)
    threads = [thread for thread, _ in first.choices]
    assert threads == [0, 0, 1, 1, 2, 2, 0, 0]


def test_a_search_that_was_interrupted_goes_on_where_it_was():
    program, classes = KNOWN["five philosophers"]
    dpor = Dpor()
    for _ in range(200):
        explore(program, dpor, 1)
    assert dpor.complete == classes


def test_it_is_not_finished_before_the_end():
    program, _ = KNOWN["two increments"]
    dpor = Dpor()
    assert not dpor.finished
    explore(program, dpor, 3)
    assert not dpor.finished
    explore(program, dpor, 1)
    assert dpor.finished


def test_daemons_that_the_end_cuts_off_are_tried_at_every_length():
    program = [[("start", 1), ("stop",)], [("write", "x", 1), ("write", "x", 2)]]
    executions = explore(program, Dpor(), 100)
    cells = {one.value[0] for one in executions if one.ending == "done"}
    assert cells == {(), (("x", 1),), (("x", 2),)}


def test_a_program_that_does_not_repeat_itself_is_counted_as_strayed():
    dpor = Dpor()
    assert dpor.begin()
    run(KNOWN["two increments"][0], dpor)
    assert dpor.begin()
    run([[("write", "z", 1)] * 8], dpor)
    assert dpor.strayed == 1
