"""The corpus `tests/programs/`: every buggy program is found, every correct one is left in peace."""

from __future__ import annotations

import pytest
from corpus import Case, Explored, cases

from grader.interleave.explorer import Plan, explain, replay

PLAN = Plan(executions=1000)
LARGE = 20
"""Threads from which on a program is found, and not explained as well: that takes hundreds of executions more."""


def named(kind: str, sizes: range = range(LARGE)) -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases(kind) if case.arguments.get("size", 0) in sizes]


@pytest.mark.parametrize("kind", ["buggy", "correct"])
def test_there_are_sixty_of_each(kind: str):
    assert len({case.file for case in cases(kind)}) >= 60


@pytest.mark.parametrize("case", named("buggy"))
def test_a_buggy_program_is_found_explained_and_replayed(case: Case):
    explored = Explored(case, PLAN, case.is_wanted)
    assert explored.bad, f"nothing bad in {explored.coverage}"
    assert case.is_wanted(explored.outcomes[-1])
    program, size, schedule = explored.program, case.arguments, explored.outcomes[-1].schedule
    shown = explain(program, "run", size, schedule, PLAN)
    assert shown == explain(program, "run", size, schedule, PLAN)
    assert 0 < len(shown.steps) <= 12
    assert shown.idiom == case.says["IDIOM"]
    assert shown.preemptions <= case.says["PREEMPTIONS"]
    assert shown.ending or case.says["ENDING"] == "done"
    again = replay(program, "run", size, shown.schedule, PLAN)
    assert again == replay(program, "run", size, shown.schedule, PLAN)
    assert again.ending == shown.ending
    assert again.outcome is not None
    assert case.is_wanted(again.outcome)


@pytest.mark.parametrize("case", named("buggy", range(LARGE, 1000)))
def test_a_buggy_program_of_many_threads_is_found(case: Case):
    explored = Explored(case, PLAN, case.is_wanted)
    assert explored.bad
    assert case.is_wanted(explored.outcomes[-1])


@pytest.mark.parametrize("case", named("correct"))
def test_a_correct_program_is_left_in_peace(case: Case):
    explored = Explored(case, PLAN)
    assert explored.bad == []
    assert [race for race in explored.coverage.races if race.pattern != "single access"] == []
    assert explored.coverage.exhausted is case.says["EXHAUSTED"]


ORDERED_BY_A_COUNT = {"readers_and_writer"}
"""Told, though a variable keeps the two orders apart: a note that costs no points, where not all could be tried."""


@pytest.mark.parametrize("case", named("correct"))
def test_a_correct_program_has_no_lock_orders_however_little_is_tried(case: Case):
    orders = Explored(case, Plan(executions=3)).coverage.lock_orders
    assert (orders == ()) is (case.name not in ORDERED_BY_A_COUNT)


@pytest.mark.parametrize(("name", "threads"), [("lock_order", 2), ("philosophers", 4)])
def test_the_natural_order_alone_shows_the_lock_order(name: str, threads: int):
    (case,) = [case for case in cases("buggy") if case.name == name]
    (order,) = Explored(case, Plan(executions=1)).coverage.lock_orders
    assert len(order.nestings) == threads


@pytest.mark.parametrize("case", named("buggy", range(1)))
def test_a_search_is_the_same_every_time(case: Case):
    plan = Plan(executions=200, seed=5)
    one, other = Explored(case, plan), Explored(case, plan)
    assert one.outcomes == other.outcomes
    assert one.coverage == other.coverage
