"""Hostile submissions, in the tiers full and landlock: the right verdict, nothing done, nothing left, the grader alive.

They are graded by three processes of the pool that `grade bulk` uses, since most of them only wait for their end; a
process goes on to the next when it has one behind it, and none may be lost.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from attack import NUMBERS, number_of
from boxes import exploring, inhabitants, need, running, seen
from channel import AT_IMPORT, MESSY, WRONG
from submissions import ATTACKS
from texts import TEXTS
from trial import Came, is_right, trial

from grader.box import fence
from grader.box.parent import Box
from grader.box.protocol import Limits
from grader.box.sandbox import canary
from grader.box.sandbox.interpreter import this_interpreter
from grader.errors import BoxError
from grader.results import Tier
from grader.workers import LocalPool, Task

SHARED = os.geteuid() != 0
"""Whether a box of the tier landlock has our own user."""
WORKERS = 3
SECONDS = 120.0
"""The backstop for one trial."""
TIERS: tuple[Tier, ...] = ("full", "landlock")
Outcomes = Callable[[str, Tier], Came]


@functools.cache
def works(tier: Tier) -> bool:
    why_not = canary.why_not_full if tier == "full" else canary.why_not_landlock
    return not why_not(this_interpreter())


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """What came of the trials that were asked for: all of them run from the first question on."""
    wanted = [each.callspec.params for each in request.session.items if getattr(each, "callspec", None)]
    asked = [(params["name"], params["tier"]) for params in wanted if {"name", "tier"} <= params.keys()]
    cases = [(name, tier) for name, tier in asked if name in ATTACKS and works(tier)]
    heard: dict[int, object] = {}
    with LocalPool(WORKERS) as pool:
        for number, (name, tier) in enumerate(cases):
            pool.submit(Task(number, trial, (name, tier), SECONDS))

        def came(name: str, tier: Tier) -> Came:
            number = cases.index((name, tier))
            while number not in heard:
                told = pool.next()
                assert told is not None
                heard[told[0]] = told[1]
            outcome = heard[number]
            assert isinstance(outcome, Came), outcome
            return outcome

        yield came


def test_every_class_of_the_catalogue_is_there() -> None:
    there = {number_of(name) for name in (*ATTACKS, *TEXTS)}
    assert NUMBERS - there == set()
    assert len(NUMBERS) == 137
    assert len(ATTACKS) + len(TEXTS) >= 130


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("tier", TIERS)
def test_the_verdict_is_right_and_nothing_is_left(outcomes: Outcomes, name: str, tier: Tier) -> None:
    need(tier)
    shared = tier == "landlock" and SHARED
    if shared and name.startswith("h07e") and fence.abi() < fence.SCOPE_ABI:
        pytest.skip("before Linux 6.12 nothing holds it off: it would end whatever runs on this machine")
    attack, came = ATTACKS[name], outcomes(name, tier)
    assert bool(came.refused) == attack.refused, came
    verdicts = [asked.passed for asked in came.asked if asked.way != "preflight"]
    assert verdicts == [attack.passes] * len(verdicts), came
    assert [each for each in (*came.did, *came.left) if not each.startswith("-")] == []


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("messy", MESSY)
def test_what_a_right_answer_leaves_behind_is_told_and_killed(tier: Tier, messy: str) -> None:
    need(tier)
    with Box({"solution.py": MESSY[messy]}, "solution", Limits(seconds=60), tier=tier) as box:
        within = inhabitants(box)
        told = box.run(running())
        assert (told.ending, told.value) == ("returned", 42)
        assert told.leftovers
    assert within.alive() == []


@pytest.mark.parametrize("tier", TIERS)
def test_after_an_attack_the_next_answer_is_graded_as_ever(tier: Tier) -> None:
    need(tier)
    with Box({"solution.py": AT_IMPORT["kills all"] + WRONG}, "solution", Limits(seconds=60), tier=tier) as box:
        with suppress(BoxError):
            assert not [outcome for outcome in seen(box, exploring()) if is_right(outcome.value)]
        box._files = {"solution.py": "def f():\n    return 42\n"}
        assert [is_right(outcome.value) for outcome in seen(box, exploring())] == [True]
