"""Generated programs: what is seen from outside was explored inside, and never contradicts itself."""

from __future__ import annotations

from random import Random

import pytest
from generated_sources import generate
from running import program

from grader.confirm.witness import Witness
from grader.interleave.explorer import Plan, drive, explore
from grader.trace import Outcome

STEPS = 5_000


def driven(body: str, seed: int) -> list[Outcome]:
    witness = Witness(Random(seed), ["answer.py"], STEPS)
    drive(
        program(body),
        "s",
        {},
        Plan(steps=STEPS),
        lambda events, sites: witness.turn(tuple(events), tuple(sites)),
        lambda events, sites, outcome: witness.ended(tuple(events), tuple(sites), outcome),
    )
    return witness.outcomes


@pytest.mark.parametrize("seed", range(25))
def test_what_is_driven_was_explored(seed: int) -> None:
    body, explored = generate(Random(seed)), []

    def report(outcome: Outcome) -> bool:
        explored.append((outcome.ending, outcome.value))
        return True

    coverage = explore(program(body), "s", {}, Plan(), report)
    seen = driven(body, seed)
    assert seen != []
    if coverage.exhausted:
        assert [outcome for outcome in seen if (outcome.ending, outcome.value) not in explored] == [], body
