"""Programs driven from outside: nothing of a right one is contradicted, and of a wrong one something is seen."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from corpus import Case, cases

from grader.confirm.threads import Contradiction
from grader.confirm.witness import Witness
from grader.happens_before.events import ANNOUNCED, DONE, Event, SiteTold
from grader.happens_before.rows import Row
from grader.interleave.driven import LARGEST
from grader.interleave.explorer import Plan, drive
from grader.interleave.program import load
from grader.trace import Outcome

SEED = 20
STEPS = 5_000
CORRECT, BUGGY = ({case.name: case for case in cases(kind)} for kind in ("correct", "buggy"))
LONG = """\
import threading


class Counter:
    def __init__(self):
        self.value, self.lock = 0, threading.Lock()

    def count(self):
        with self.lock:
            for _ in range(1500):
                self.value += 1


def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.count) for _ in range(2)]
    counter.lock.acquire()
    for thread in threads:
        thread.start()
    counter.lock.release()
    for thread in threads:
        thread.join()
    return counter.value
"""
"""Most of the time one thread has the lock and all others wait."""
LOST = ("lost_update", "ctrace", "lock_for_each_call", "semaphore_of_two", "wronglock-2")
"""Buggy programs in which a number is computed from an old one."""


def driven(case: Case, witness: Witness | None = None) -> Witness:
    witness = witness or Witness(Random(SEED), [case.file.name], STEPS)
    drive(
        case.program(),
        "run",
        case.arguments,
        Plan(steps=STEPS),
        lambda events, sites: witness.turn(tuple(events), tuple(sites)),
        lambda events, sites, outcome: witness.ended(tuple(events), tuple(sites), outcome),
    )
    return witness


@pytest.mark.parametrize("name", CORRECT)
def test_nothing_speaks_against_a_right_program(name: str) -> None:
    witness = driven(CORRECT[name])
    assert [outcome for outcome in witness.outcomes if CORRECT[name].is_bad(outcome)] == []
    assert witness.overwritten is None
    assert witness.met is (name not in ("nothing_shared", "daemon_cut_off", "daemon_joined"))


@pytest.mark.parametrize("name", LOST)
def test_a_lost_update_is_seen_whatever_the_result_says(name: str) -> None:
    witness = driven(BUGGY[name])
    assert witness.overwritten is not None
    assert witness.overwritten[0].pattern == "read-modify-write"


def test_no_two_executions_are_alike() -> None:
    schedules = [outcome.schedule for outcome in driven(CORRECT["locked_counter"]).outcomes]
    assert len(schedules) == len(set(schedules)) == 20


class Silent(Witness):
    """Is not told of the ends of threads."""

    def ended(self, events: tuple, sites: tuple, outcome: Outcome) -> Sequence[Row] | None:
        self._awaited = {1}
        return super().ended((), sites, outcome)


def test_a_scenario_s_thread_that_never_ended_is_missed() -> None:
    case = CORRECT["locked_counter"]
    with pytest.raises(Contradiction, match="not all of them had ended"):
        driven(case, Silent(Random(SEED), [case.file.name], STEPS))


def test_a_place_that_was_not_described_is_refused() -> None:
    witness = Witness(Random(SEED), ["answer.py"], STEPS)
    with pytest.raises(Contradiction, match="which was not described"):
        witness.turn(((ANNOUNCED, 0, 0, 2, 7), (DONE, 0, 0, 0, 0)), ())


def test_an_execution_without_an_end_is_ended() -> None:
    witness = Witness(Random(SEED), ["answer.py"], 3)
    with pytest.raises(Contradiction, match="after 3 steps"):
        witness.turn(((ANNOUNCED, 0, 0, 2, -1), (DONE, 0, 0, 0, 0)) * 4, ())


def test_what_can_go_on_alone_for_long_is_told_in_pieces() -> None:
    told: list[int] = []
    witness = Witness(Random(SEED), ["answer.py"], 20_000)

    def turn(events: list[Event], sites: list[SiteTold]) -> Sequence[Row]:
        told.append(len(events))
        return witness.turn(tuple(events), tuple(sites))

    scenario = "def run(answer):\n    return answer.main()\n"
    drive(
        load({"answer.py": LONG}, "answer", scenario, "scenario.py"),
        "run",
        {},
        Plan(),
        turn,
        lambda events, sites, outcome: witness.ended(tuple(events), tuple(sites), outcome),
    )
    assert {outcome.value for outcome in witness.outcomes} == {3000}
    assert LARGEST <= max(told) < 2 * LARGEST
