"""A pass that nothing confirms is none."""

from __future__ import annotations

from random import Random
from typing import Any, cast

import pytest
from fake_box import Executed, FakeBox, done

from grader.box.parent import Box
from grader.checks import scenario, together
from grader.checks.case import CheckFailed
from grader.checks.confirming import runs_coroutines, threads_in
from grader.checks.judging import Judge
from grader.happens_before.events import ANEW, ANNOUNCED, DONE, ENDED, KINDS, SPAWNED, Event
from grader.results import FOR_THE_TEACHER

SITES = ((0, "answer.py", 7, "self.n"), (1, "test_x.py", 3, "thread"))
N, THREADS = 2, (1, 2)


@scenario
def meeting(answer):
    """two threads count"""
    return together(answer.count, answer.count)


@scenario
def alone(answer):
    """one call"""
    return answer.count()


def says(thread: int, kind: str, key: int, site: int = 0) -> Event:
    return ANNOUNCED, thread, KINDS.index(kind), key, site


def counting(*orders: tuple[int, str]) -> list[Event]:
    """Threads of the scenario, one after the other, each with the operations given."""
    events: list[Event] = [(ANEW, 0, 0, 0, 0)]
    for thread in THREADS:
        events.append((SPAWNED, 0, thread, 0, 1))
        kinds = [kind for number, kind in orders if number == thread]
        for kind in [*kinds, "end"]:
            events.append(says(thread, kind, 2 * thread + 1 if kind == "end" else N))
            if kind == kinds[0]:
                events.append(says(0, "join", 2 * thread + 1, 1))
            events.append((DONE, thread, 0, 0, 0))
        events.append((ENDED, thread, 0, 0, 0))
        events.append((DONE, 0, 0, 0, 0))
    return events


MET = counting((1, "write"), (2, "write"))
APART = counting((1, "read"), (2, "read"))


def executed(events: list[Event], value: Any = 1) -> Executed:
    return tuple(events), SITES, done(value)


def judged(*driven: Executed, what: Any = meeting, **how: Any) -> Judge:
    box = FakeBox([done(1)], driven=driven)
    judge = Judge(cast(Box, box), check="counts", hint="", seed=0, races="warn", confirm=Random(20))
    judge.explore(what, allowed=lambda seen: seen in (1, 3), expected="1 or 3", **how)
    return judge


def failure(*driven: Executed, **how: Any) -> str:
    with pytest.raises(CheckFailed) as failed:
        judged(*driven, **how)
    return failed.value.finding.saw


def test_threads_that_meet_and_a_result_that_was_explored_confirm_a_pass() -> None:
    assert judged(executed(MET)).notes == []


def test_a_result_that_is_not_allowed_fails() -> None:
    assert failure(executed(MET, 2)) == "2"


def test_a_result_that_no_explored_schedule_had_fails() -> None:
    box = FakeBox([done(1)], driven=[executed(MET, 3)])
    box.replay = lambda job, schedule: type("Told", (), {"outcome": done(3)})  # type: ignore[method-assign]
    judge = Judge(cast(Box, box), check="counts", hint="", seed=0, races="warn", confirm=Random(20))
    with pytest.raises(CheckFailed, match="fit together"):
        judge.explore(meeting, allowed=lambda seen: seen in (1, 3), expected="1 or 3")
    assert judge.notes[0].startswith(FOR_THE_TEACHER)


def test_a_result_that_differs_each_time_is_no_contradiction() -> None:
    # The replay in this box has no outcome: it tells of another one than was driven.
    assert judged(executed(MET, 3)).notes == []


def test_a_scenario_whose_threads_were_not_started_fails() -> None:
    assert failure(executed([])) == "the scenario starts 2 threads at least, and was said to have started 0"


def test_threads_that_never_meet_fail() -> None:
    assert "never touched anything" in failure(executed(APART))


def test_threads_that_may_have_nothing_to_do_with_each_other_need_not_meet() -> None:
    assert judged(executed(APART), apart=True).notes == []


def test_a_scenario_without_threads_of_its_own_need_not_show_any() -> None:
    assert judged(executed([]), what=alone).notes == []


def test_what_cannot_have_happened_fails_with_a_flag() -> None:
    assert "does not live" in failure(executed([(DONE, 3, 0, 0, 0)]))


def test_no_execution_at_all_is_no_confirmation() -> None:
    assert failure() == "not one execution that was driven came to its end"


def test_nothing_is_driven_where_nothing_is_to_be_confirmed() -> None:
    judge = Judge(cast(Box, FakeBox([done(1)])), check="counts", hint="", seed=0, races="warn")
    judge.explore(meeting, allowed=lambda seen: seen == 1, expected="1")


@pytest.mark.parametrize(
    ("source", "threads"),
    [
        ("together(a, b, c)", 3),
        ("together(*(f(x) for x in xs))", 1),
        ("together(a, *rest)", 1),
        ("threading.Thread(target=f).start()", 1),
        ("answer.start()", 0),
        ("together(a)\n    together(a, b)", 2),
        ("helped()", 1),
        ("unhelped()", 0),
    ],
)
def test_threads_that_a_scenario_starts_are_counted_in_its_source(source: str, threads: int) -> None:
    helpers = "def helped():\n    Thread()\n\ndef unhelped():\n    pass\n\ndef other():\n    together(a, b)\n"
    assert threads_in(f"{helpers}\ndef run(answer):\n    {source}\n", "run") == threads


@pytest.mark.parametrize(
    ("helpers", "coroutines"),
    [("def go(answer):\n    asyncio.run(answer.f())", True), ("def go(answer):\n    answer.f()", False)],
)
def test_a_scenario_that_runs_coroutines_is_known_by_its_own_source(helpers: str, coroutines: bool) -> None:
    source = f"import asyncio\n{helpers}\ndef run(answer):\n    go(answer)\n"
    assert runs_coroutines(source, "run") is coroutines
