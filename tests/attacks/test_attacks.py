"""Hostile and careless answers: never a pass for a wrong one, nothing left running, and the grader goes on.

Rows of other graders that passed wrong answers, hung, or left processes behind are among them: see docs/developer.
"""

from __future__ import annotations

import pytest
from answers import AT_IMPORT, AT_THE_CALL, HARMLESS_BUT_MESSY, PLAIN, RUNS
from boxes import exploring, namespace_of, running, seen

from grader.box.parent import Box
from grader.box.protocol import Limits, Preflight
from grader.errors import BoxError
from grader.trace import Ran

RIGHT = "def f():\n    return 42\n"
QUICK = Limits(seconds=4, processes=32, scratch=8 << 20, memory=256 << 20, memory_in_all=512 << 20)


def is_right(value: object) -> bool:
    return type(value) is int and value == 42


def explored(box: Box) -> bool:
    """The verdict of a check that explores: every outcome is right, and there is one."""
    try:
        outcomes = seen(box, exploring())
    except BoxError:
        return False
    return bool(outcomes) and all(outcome.ending == "done" and is_right(outcome.value) for outcome in outcomes)


def run(box: Box) -> Ran | None:
    try:
        return box.run(running())
    except BoxError:
        return None


def ran(box: Box) -> bool:
    """The verdict of a check that runs real processes."""
    told = run(box)
    return told is not None and told.ending == "returned" and is_right(told.value)


def judged(source: str, *verdicts: object) -> list[bool]:
    """What each of `verdicts` says of `source`; then the box is closed, and nothing may be left of it."""
    with Box({"solution.py": source}, "solution", QUICK, tier="full") as box:
        namespaces = [namespace_of(box)]
        said = []
        for verdict in verdicts:
            said.append(verdict(box))  # type: ignore[operator]
            namespaces.append(namespace_of(box))
    assert [pid for namespace in namespaces for pid in namespace.alive()] == []
    return said


def test_a_right_answer_passes() -> None:
    assert judged(RIGHT, explored, ran) == [True, True]


def test_a_wrong_answer_fails() -> None:
    assert judged(PLAIN, explored, ran) == [False, False]


@pytest.mark.parametrize("name", AT_IMPORT)
def test_an_attack_at_import_gains_nothing_by_exploring(name: str) -> None:
    assert judged(AT_IMPORT[name] + PLAIN, explored) == [False]


@pytest.mark.parametrize("name", AT_IMPORT)
def test_an_attack_at_import_gains_nothing_by_running(name: str) -> None:
    assert judged(AT_IMPORT[name] + PLAIN, ran) == [False]


@pytest.mark.parametrize("name", AT_THE_CALL)
def test_an_attack_at_the_call_gains_nothing(name: str) -> None:
    assert judged(AT_THE_CALL[name], explored, ran) == [False, False]


@pytest.mark.parametrize("name", RUNS)
def test_an_attack_with_real_processes_gains_nothing_and_leaves_nothing(name: str) -> None:
    assert judged(RUNS[name], ran) == [False]


@pytest.mark.parametrize("name", AT_IMPORT)
def test_a_preflight_of_any_attack_comes_to_an_end(name: str) -> None:
    with Box({"solution.py": AT_IMPORT[name] + PLAIN}, "solution", QUICK, tier="full") as box:
        try:
            found = box.preflight(Preflight(required=("g",), seconds=1.0)).problem
        except BoxError:
            return
        assert found is not None


@pytest.mark.parametrize("name", HARMLESS_BUT_MESSY)
def test_what_a_right_answer_leaves_behind_is_told_and_killed(name: str) -> None:
    with Box({"solution.py": HARMLESS_BUT_MESSY[name]}, "solution", QUICK, tier="full") as box:
        namespace = namespace_of(box)
        told = run(box)
        assert told is not None
        assert (told.ending, told.value) == ("returned", 42)
        assert told.leftovers
    assert namespace.alive() == []


def test_after_an_attack_the_next_answer_is_graded_as_ever() -> None:
    with Box({"solution.py": AT_IMPORT["kill all"] + PLAIN}, "solution", QUICK, tier="full") as box:
        assert not explored(box)
        box._files = {"solution.py": RIGHT}
        assert explored(box)
