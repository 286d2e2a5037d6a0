"""The corpus `tests/programs/`: every buggy program is found, every correct one is left in peace.

A program's `main()` returns a value; `ALLOWED` lists the values that are right. A buggy one says which other `ENDING`
and which `IDIOM` must be found, a correct one whether its schedules are few enough to be `EXHAUSTED`.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.interleave.explorer import Plan, explain, explore, replay
from grader.interleave.program import load

PROGRAMS = Path(__file__).parents[1] / "programs"
BUGGY = sorted(path.stem for path in (PROGRAMS / "buggy").glob("*.py"))
CORRECT = sorted(path.stem for path in (PROGRAMS / "correct").glob("*.py"))
SCENARIO = "def run(answer):\n    return answer.main()\n"
PLAN = Plan(executions=1000)


class Explored:
    def __init__(self, kind, name, plan=PLAN):
        source = (PROGRAMS / kind / f"{name}.py").read_text()
        self.says = {
            target.id: ast.literal_eval(node.value)
            for node in ast.parse(source).body
            if isinstance(node, ast.Assign)
            for target in node.targets
        }
        self.program = load({f"{name}.py": source}, name, SCENARIO, "scenario.py")
        self.outcomes = []
        self.coverage = explore(self.program, "run", {}, plan, self.heard)

    def heard(self, outcome):
        self.outcomes.append(outcome)
        return True

    @property
    def bad(self):
        allowed = self.says["ALLOWED"]
        return [one for one in self.outcomes if one.ending != "done" or one.value not in allowed]


@pytest.mark.parametrize("name", BUGGY)
def test_a_buggy_program_is_found_explained_and_replayed(name):
    explored = Explored("buggy", name)
    endings = {one.ending for one in explored.bad}
    assert endings, f"nothing bad in {explored.coverage}"
    assert explored.says["ENDING"] in endings
    witness = next(one for one in explored.bad if one.ending == explored.says["ENDING"])
    shown = explain(explored.program, "run", {}, witness.schedule, PLAN)
    assert shown == explain(explored.program, "run", {}, witness.schedule, PLAN)
    assert 0 < len(shown.steps) <= 12
    assert shown.idiom == explored.says["IDIOM"]
    assert shown.ending or witness.ending == "done"
    again = replay(explored.program, "run", {}, shown.schedule, PLAN)
    assert again == replay(explored.program, "run", {}, shown.schedule, PLAN)
    assert again.ending == shown.ending


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_program_is_left_in_peace(name):
    explored = Explored("correct", name)
    assert explored.bad == []
    assert [race for race in explored.coverage.races if race.pattern != "single access"] == []
    assert explored.coverage.exhausted is explored.says["EXHAUSTED"]


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_program_has_no_lock_orders_however_little_is_tried(name):
    assert Explored("correct", name, Plan(executions=3)).coverage.lock_orders == ()


@pytest.mark.parametrize(("name", "threads"), [("lock_order", 2), ("philosophers", 4)])
def test_the_natural_order_alone_shows_the_lock_order(name, threads):
    (order,) = Explored("buggy", name, Plan(executions=1)).coverage.lock_orders
    assert len(order.nestings) == threads


@pytest.mark.parametrize("name", BUGGY)
def test_a_search_is_the_same_every_time(name):
    plan = Plan(executions=200, seed=5)
    one, other = Explored("buggy", name, plan), Explored("buggy", name, plan)
    assert one.outcomes == other.outcomes
    assert one.coverage == other.coverage
