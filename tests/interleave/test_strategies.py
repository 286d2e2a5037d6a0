"""The samplers and the bounded search, on abstract programs."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from abstract_machine import all_outcomes, explore, generate, outcomes_of, run
from running import program

from grader.interleave.schedule import deviations, preemptions
from grader.interleave.strategies.bursts import Bursts
from grader.interleave.strategies.context_bounded import ContextBounded
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.pct import Pct
from grader.interleave.strategies.pos import PartialOrderSampling
from grader.interleave.strategies.random_walk import RandomWalk
from grader.interleave.strategies.site_pairs import SitePairs
from grader.interleave.strategies.surw import SelectivelyUniform
from grader.interleave.strategies.twice import Twice

SAMPLERS = {
    "bursts": Bursts,
    "pct": lambda random: Pct(random, 3),
    "pos": PartialOrderSampling,
    "walk": RandomWalk,
    "surw": SelectivelyUniform,
}
LOST_UPDATE = [
    [("start", 1), ("start", 2), ("join", 1), ("join", 2)],
    [("read", "x", "a"), ("write_sum", "x", "a", 1)],
    [("read", "x", "a"), ("write_sum", "x", "a", 1)],
]


def is_lost(execution):
    return dict(execution.value[0])["x"] == 1


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("seed", range(5))
def test_each_sampler_finds_the_lost_update(name, seed):
    executions = explore(LOST_UPDATE, SAMPLERS[name](Random(seed)), 60)
    assert len(executions) == 60
    assert any(map(is_lost, executions))
    assert not all(map(is_lost, executions))


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_sampler_draws_everything_from_its_seed(name):
    def choices(seed):
        return [one.choices for one in explore(LOST_UPDATE, SAMPLERS[name](Random(seed)), 20)]

    assert choices(1) == choices(1)
    assert choices(1) != choices(2)


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_sampler_runs_any_program_to_its_end(name):
    for seed in range(60):
        program = generate(Random(seed))
        executions = explore(program, SAMPLERS[name](Random(seed)), 5)
        assert outcomes_of(executions) <= all_outcomes(program)
        assert all(one.ending != "abandoned" for one in executions)


def test_the_weighted_walk_visits_orders_evenly_where_a_plain_one_does_not():
    """One write against nine: where it falls among them is the outcome."""
    long = [("write_sum", "x", "none", n) for n in range(1, 10)]
    program = [[("start", 1), ("start", 2)], long, [("read", "x", "a")]]

    def rarest(strategy):
        seen = Counter(one.value[1] for one in explore(program, strategy, 2000))
        return min(seen.values())

    assert rarest(SelectivelyUniform(Random(0))) > 4 * rarest(RandomWalk(Random(0)))


def test_the_natural_order_preempts_nobody():
    assert preemptions(explore(LOST_UPDATE, Natural(), 1)[0].choices) == 0


@pytest.mark.parametrize("bound", [0, 1, 2])
def test_a_bound_is_kept(bound):
    executions = explore(LOST_UPDATE, ContextBounded(bound), 1000)
    assert max(preemptions(one.choices) for one in executions) == bound
    assert any(map(is_lost, executions)) is (bound > 0)


def test_each_pair_of_places_gets_one_departure_from_the_natural_order():
    executions = explore(LOST_UPDATE, SitePairs(), 1000)
    departures = [deviations([(thread, runnable) for thread, runnable in one.choices]) for one in executions]
    assert [len(one) for one in departures[:-1]] == [1] * (len(executions) - 1)
    assert departures[-1] == {}
    assert any(map(is_lost, executions))


def test_without_a_bound_every_outcome_is_found():
    for seed in range(60):
        program, strategy = generate(Random(seed)), ContextBounded(1000)
        executions = explore(program, strategy, 4000)
        if strategy.finished:
            assert outcomes_of(executions) == all_outcomes(program), f"seed {seed}: {program}"


def test_bounded_searches_pass_on_what_they_learn():
    shared: set[int] = set()
    explore(LOST_UPDATE, ContextBounded(0, shared), 1000)
    assert shared == {100, 101, 200, 201}


def test_twice_runs_each_schedule_again_and_agrees():
    twice = Twice(RandomWalk(Random(3)))
    executions = explore(LOST_UPDATE, twice, 20)
    assert [one.choices for one in executions[::2]] == [one.choices for one in executions[1::2]]
    assert len({tuple(one.choices) for one in executions}) > 1
    assert twice.differed == 0


@pytest.mark.parametrize(
    "second", [[[("write", "x", 1)]], [[("write", "x", 1)] * 3], [[("write", "y", 1), ("read", "x", "a")]]]
)
def test_twice_notices_a_program_that_does_something_else(second):
    twice = Twice(Natural())
    assert twice.begin()
    run([[("write", "x", 1), ("write", "x", 1)]], twice)
    assert twice.begin()
    run(second, twice)
    assert twice.differed == 1


def test_threads_that_do_the_same_need_not_be_tried_in_every_order():
    body = """
    def s(answer):
        seen = []
        return together(*[lambda: seen.append(1)] * 4)
    """
    made, counts = program(body), []
    main = made.execution("s", {})
    for strategy in (ContextBounded(0), ContextBounded(0, representatives=True)):
        counts.append(0)
        while strategy.begin():
            made.engine.run(main, strategy)
            counts[-1] += 1
    assert counts[0] >= 24
    assert counts[1] < counts[0] / 1.5
