"""A semaphore's methods are one operation each, or none, and leave no outcome out."""

from __future__ import annotations

import pytest
from running import program

from grader.interleave import explorer

HANDED_ON = """
    def s(answer):
        turns, seen = [threading.Semaphore(1), threading.Semaphore(0)], []
        def speak(me):
            for _ in range(3):
                turns[me].acquire()
                seen.append(me)
                turns[1 - me].release()
        together(lambda: speak(0), lambda: speak(1))
        return seen
"""


def explored(body: str):
    outcomes = []
    coverage = explorer.explore(
        program(body), "s", {}, explorer.Plan(), lambda outcome: outcomes.append(outcome) or True
    )
    return coverage, outcomes


def test_a_turn_that_semaphores_hand_on_has_one_interleaving():
    coverage, outcomes = explored(HANDED_ON)
    assert coverage.exhausted
    assert coverage.schedules == 1
    assert [outcome.value for outcome in outcomes] == [[0, 1] * 3]


def test_whoever_waits_may_be_the_one_that_goes_on():
    body = """
        def s(answer):
            gate, seen = threading.Semaphore(0), []
            def work(me):
                gate.acquire()
                seen.append(me)
                gate.release()
            together(lambda: work(1), lambda: work(2), gate.release)
            return seen
    """
    coverage, outcomes = explored(body)
    assert coverage.exhausted
    assert sorted(outcome.value for outcome in outcomes) == [[1, 2], [2, 1]]


def test_a_semaphore_of_two_lets_two_in_and_not_three():
    body = """
        def s(answer):
            inside, gate = Inside(), threading.Semaphore(2)
            def work():
                with gate, inside:
                    pause()
            together(work, work, work)
            return inside.most
    """
    coverage, outcomes = explored(body)
    assert coverage.exhausted
    assert sorted(outcome.value for outcome in outcomes) == [1, 2]


def test_giving_back_too_often_depends_on_who_has_taken():
    body = """
        def s(answer):
            gate, seen = threading.BoundedSemaphore(1), []
            def gives():
                try:
                    gate.release()
                except ValueError:
                    seen.append("too often")
            together(gate.acquire, gives)
            return seen
    """
    _, outcomes = explored(body)
    assert sorted(outcome.value for outcome in outcomes) == [[], ["too often"]]


@pytest.mark.parametrize("take", ["gate.acquire(False)", "gate.acquire(timeout=1)", "gate.acquire(timeout=-1)"])
def test_a_try_may_fail_and_may_not(take):
    body = f"""
        def s(answer):
            gate, seen = threading.Semaphore(0), []
            def gives():
                pause()
                gate.release()
            together(gives, lambda: seen.append({take}))
            return seen
    """
    _, outcomes = explored(body)
    assert sorted(outcome.value for outcome in outcomes) == [[False], [True]]


def test_one_that_nobody_gives_back_is_a_deadlock():
    body = """
        def s(answer):
            gate = threading.Semaphore(1)
            def work():
                gate.acquire()
            together(work, work)
    """
    _, outcomes = explored(body)
    assert {outcome.ending for outcome in outcomes} == {"deadlock"}
    assert "B waits at test_it.py:6 (gate) for somebody to release it" in outcomes[0].detail


def test_one_that_is_taken_reads_so_and_giving_it_back_says_whom_it_lets_go_on():
    body = """
        def s(answer):
            gate = threading.Semaphore(1)
            def work():
                gate.acquire()
                pause()
                gate.release()
            together(work, work)
    """
    trace = explorer.replay(program(body), "s", {}, "1.1-2_2.0-1", explorer.Plan())
    told = [(step.thread, step.operation, step.target, step.wakes) for step in trace.steps]
    assert told[:2] == [(1, "acquire", "gate", ()), (1, "release", "gate", (2,))]
    assert told[2:] == [(2, "acquire", "gate", ()), (2, "release", "gate", ())]
