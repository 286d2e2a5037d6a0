"""Hostile and careless answers: never a pass for a wrong one, nothing left running, and the grader goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boxes import exploring, inhabitants, running, seen
from channel import AT_IMPORT, AT_THE_CALL, MESSY, RIGHT, WRONG
from host import HOST
from resources import RESOURCES
from victim import Victim

from grader.box import fence
from grader.box.parent import Box
from grader.box.protocol import Limits, Preflight
from grader.errors import BoxError
from grader.results import Tier
from grader.trace import Ran

PLAIN = "def f(**given):\n    return 42\n"
QUICK = Limits(seconds=1.5, patience=1, processes=32, scratch=8 << 20, memory=256 << 20, memory_in_all=512 << 20)
PATIENT = Limits(seconds=60)
SHORT = 1.5
Verdict = Callable[[Box], bool]
in_the_tier_full = pytest.mark.parametrize("tier", ["full"], indirect=True)
"""For what is the same behind any walls: an attack by importing is run in both tiers, in the ways that differ."""
OF_ONES_OWN = os.geteuid() == 0
"""Whether the boxes have users of their own."""
RESIDUE = {"h15 leaves shared memory": ["shared memory was left"]}
"""What a box without namespaces, that has our own user, does not hold off. docs/teacher/security.md tells it."""


def is_right(value: object) -> bool:
    return type(value) is int and value == 42


def explored(box: Box) -> bool:
    """The verdict of a check that explores: every outcome is right, and there is one."""
    try:
        outcomes = seen(box, exploring())
    except BoxError:
        return False
    return bool(outcomes) and all(outcome.ending == "done" and is_right(outcome.value) for outcome in outcomes)


def run(box: Box, **given: Any) -> Ran | None:
    try:
        return box.run(running(seconds=SHORT, **given))
    except BoxError:
        return None


def ran(box: Box) -> bool:
    """The verdict of a check that runs real processes."""
    told = run(box)
    return told is not None and told.ending == "returned" and is_right(told.value)


def judged(tier: Tier, files: dict[str, str], limits: Limits, *verdicts: Verdict) -> list[bool]:
    """What each of `verdicts` says of the answer; then the box is closed, and nothing may be left of it."""
    with Box({"solution.py": PLAIN, **files}, "solution", limits, tier=tier) as box:
        boxes = [inhabitants(box)]
        said = []
        for verdict in verdicts:
            said.append(verdict(box))
            boxes.append(inhabitants(box))
    assert [pid for within in boxes for pid in within.alive()] == []
    return said


def wrong(tier: Tier, source: str, *verdicts: Verdict) -> list[bool]:
    return judged(tier, {"solution.py": source}, QUICK, *verdicts)


def test_a_right_answer_passes(tier: Tier) -> None:
    assert judged(tier, {}, PATIENT, explored, ran) == [True, True]


def test_a_wrong_answer_fails(tier: Tier) -> None:
    assert wrong(tier, WRONG, explored, ran) == [False, False]


@in_the_tier_full
@pytest.mark.parametrize("name", AT_IMPORT)
def test_an_attack_at_import_gains_nothing_by_exploring(tier: Tier, name: str) -> None:
    assert wrong(tier, AT_IMPORT[name] + WRONG, explored) == [False]


@pytest.mark.parametrize("name", AT_IMPORT)
def test_an_attack_at_import_gains_nothing_by_running(tier: Tier, name: str) -> None:
    assert wrong(tier, AT_IMPORT[name] + WRONG, ran) == [False]


@pytest.mark.parametrize("name", AT_THE_CALL)
def test_an_attack_at_the_call_gains_nothing(tier: Tier, name: str) -> None:
    assert wrong(tier, AT_THE_CALL[name], explored, ran) == [False, False]


@pytest.mark.parametrize("name", RESOURCES)
def test_whoever_takes_more_than_his_share_gains_nothing_and_leaves_nothing(tier: Tier, name: str) -> None:
    assert wrong(tier, RESOURCES[name], ran) == [False]


@pytest.mark.parametrize("name", HOST)
def test_the_machine_is_out_of_reach(tier: Tier, name: str, tmp_path: Path) -> None:
    shared = tier == "landlock" and not OF_ONES_OWN
    if shared and name.startswith("h07e") and fence.abi() < fence.SCOPE_ABI:
        pytest.skip("before Linux 6.12 nothing holds it off: it would end whatever runs on this machine")
    with Victim(tmp_path / "victim") as victim, Box({"solution.py": HOST[name]}, "solution", QUICK, tier=tier) as box:
        within = inhabitants(box)
        told = run(box, **victim.given())
        achieved = told.value if told is not None and told.ending == "returned" else []
        box.close()
        assert (achieved, victim.hurt(), within.alive()) == ([], RESIDUE.get(name, []) if shared else [], [])


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_whatever_lies_beside_it(tier: Tier, name: str) -> None:
    assert judged(tier, RIGHT[name], PATIENT, explored, ran) == [True, True]


@in_the_tier_full
@pytest.mark.parametrize("name", AT_IMPORT)
def test_a_preflight_of_any_attack_comes_to_an_end(tier: Tier, name: str) -> None:
    with Box({"solution.py": AT_IMPORT[name] + WRONG}, "solution", QUICK, tier=tier) as box:
        try:
            found = box.preflight(Preflight(required=("g",), seconds=0.5)).problem
        except BoxError:
            return
        assert found is not None


@pytest.mark.parametrize("name", MESSY)
def test_what_a_right_answer_leaves_behind_is_told_and_killed(tier: Tier, name: str) -> None:
    with Box({"solution.py": MESSY[name]}, "solution", PATIENT, tier=tier) as box:
        within = inhabitants(box)
        told = box.run(running())
        assert (told.ending, told.value) == ("returned", 42)
        assert told.leftovers
    assert within.alive() == []


def test_after_an_attack_the_next_answer_is_graded_as_ever(tier: Tier) -> None:
    with Box({"solution.py": AT_IMPORT["kills all"] + WRONG}, "solution", PATIENT, tier=tier) as box:
        assert not explored(box)
        box._files = {"solution.py": PLAIN}
        assert explored(box)
