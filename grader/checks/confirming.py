"""Confirming: a pass that is to be recorded must hold on schedules that the parent drives, and nothing contradict it.

The exploration is the box's word, and an answer shares its process; `grader.confirm` says what is seen from outside.
Each function here raises CheckFailed, by way of the case, where the pass does not hold.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

from grader.checks import wording
from grader.confirm.threads import Contradiction
from grader.confirm.witness import Witness
from grader.happens_before.races import in_words
from grader.trace import Outcome, Race

if TYPE_CHECKING:
    from grader.checks.case import Case
    from grader.checks.judging import Seen

STARTS = frozenset({"together", "Thread", "Timer", "start_new_thread"})
"""Functions whose mention in a scenario means that it starts threads itself."""


def confirm(
    case: Case, seen: Seen, fits: Callable[[Outcome], bool], random: Random, *, races: bool, apart: bool
) -> None:
    """Drive the scenario of `case` through schedules drawn from `random`, and compare with what was explored.

    Not where it runs coroutines: the turns of tasks are told as nothing that could be checked from outside.
    """
    if runs_coroutines(case.source, case.job.scenario):
        return
    witness = Witness(random, case.files, case.job.steps)
    try:
        case.drive(witness)
    except Contradiction as contradiction:
        case.contradict(str(contradiction))
    if not witness.outcomes:
        case.contradict("not one execution that was driven came to its end")
    for outcome in witness.outcomes:
        if not fits(outcome):
            if seen.coverage.exhausted:
                case.flag("it said that every schedule had been tried and ends well; one chosen from outside does not")
            case.fail_outcome([*witness.outcomes[:1], outcome], lambda _: True)
        _must_have_been_explored(case, seen, outcome)
    _threads_must_meet(case, witness, apart)
    if races and witness.overwritten is not None:
        found, schedule = witness.overwritten
        _lost_update(case, seen, in_words(found, witness.sites, {}, schedule, lost=True))


def _must_have_been_explored(case: Case, seen: Seen, outcome: Outcome) -> None:
    """Where all was explored there is nothing new. An answer that asks the system for random numbers may differ."""
    if not seen.coverage.exhausted or seen.has(outcome.value):
        return
    again = case.replay(outcome.schedule)
    if again is not None and not seen.has(again.value):
        case.contradict("a result came out that no explored schedule had, though all were said to be explored")


def _threads_must_meet(case: Case, witness: Witness, apart: bool) -> None:
    fewest = min(witness.started)
    if fewest < (wanted := threads_in(case.source, case.job.scenario)):
        case.contradict(f"the scenario starts {wanted} threads at least, and was said to have started {fewest}")
    if fewest > 1 and not witness.met and not apart:
        case.contradict("the threads of the scenario never touched anything that they share")


def _lost_update(case: Case, seen: Seen, race: Race) -> None:
    if not any(_same_places(race, told) for told in seen.coverage.races):
        case.flag(f"it did not tell of a race in line {race.second.line}")
    case.fail_race(race, wording.LOST_UPDATE)


def _same_places(one: Race, other: Race) -> bool:
    return {one.first.line, one.second.line} == {other.first.line, other.second.line}


@lru_cache(maxsize=64)
def threads_in(source: str, scenario: str) -> int:
    """How many threads at least the scenario starts itself, by the calls in it and in functions that it mentions."""
    calls = [node for node in _nodes_of(source, scenario) if isinstance(node, ast.Call)]
    return max((_starts(call) for call in calls), default=0)


@lru_cache(maxsize=64)
def runs_coroutines(source: str, scenario: str) -> bool:
    """Whether the scenario, or a function that it mentions, speaks of `asyncio`."""
    return any(isinstance(node, ast.Name) and node.id == "asyncio" for node in _nodes_of(source, scenario))


def _nodes_of(source: str, scenario: str) -> list[ast.AST]:
    """What the scenario consists of, and the functions and classes of its module that it mentions."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, kinds)}
    reached: set[str] = set()
    names = [scenario]
    while names:
        if (name := names.pop()) in functions and name not in reached:
            reached.add(name)
            names += [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
    return [node for name in reached for node in ast.walk(functions[name])]


def _starts(call: ast.Call) -> int:
    name: Any = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in STARTS:
        return 0
    given = sum(not isinstance(argument, ast.Starred) for argument in call.args) if name == "together" else 1
    return max(given, 1)
