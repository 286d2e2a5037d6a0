"""Schedules: texts that lead to the same execution again."""

from __future__ import annotations

import re
from random import Random

import pytest
from abstract_machine import explore, generate, run

from grader.errors import CourseError
from grader.interleave.schedule import SLICE, NaturalOrder, Replay, deviations, preemptions, read, write
from grader.interleave.strategies.random_walk import RandomWalk


def test_the_natural_order_is_the_empty_text():
    choices = [(0, (0,)), (0, (0, 1, 2)), (1, (1, 2)), (2, (2,))]
    assert write(deviations(choices)) == ""


def test_a_deviation_names_the_thread_that_moved_last_and_how_often_it_had():
    choices = [(0, (0,)), (1, (0, 1)), (1, (0, 1)), (0, (0, 1))]
    assert write(deviations(choices)) == "0.1-1_1.2-0"


def test_a_text_is_read_as_it_was_written():
    assert read("0.1-1_12.34-0") == {(0, 1): 1, (12, 34): 0}
    assert read("") == {}


@pytest.mark.parametrize("text", ["1", "1.2", "1.2-", "a.1-2", "1.2-3_", "_", "1.2-3 ", "1-2.3"])
def test_what_is_no_schedule_is_refused_by_name(text):
    with pytest.raises(CourseError, match=re.escape(repr(text))):
        read(text)


@pytest.mark.parametrize("seed", range(40))
def test_each_execution_is_replayed_from_its_text(seed):
    program = generate(Random(seed))
    for execution in explore(program, RandomWalk(Random(seed)), 5):
        text = write(deviations(execution.choices))
        replay = Replay(read(text))
        assert replay.begin()
        again = run(program, replay)
        assert (again.choices, again.value) == (execution.choices, execution.value)
        assert not replay.unmet
        assert re.fullmatch(r"[0-9A-Za-z._-]*", text)


def test_a_schedule_of_another_program_is_followed_as_far_as_it_goes():
    replay = Replay({(0, 1): 7, (0, 99): 1})
    assert replay.begin()
    assert run([[("write", "x", 1), ("write", "x", 2)]], replay).ending == "done"
    assert replay.unmet == {(0, 1), (0, 99)}


def test_a_replay_is_one_execution():
    replay = Replay({})
    assert replay.begin()
    assert not replay.begin()


def test_the_natural_order_lets_no_thread_run_for_ever_while_others_could():
    order, threads = NaturalOrder(), []
    for _ in range(SLICE + 1):
        threads.append(order.default((1, 2), threads[-1] if threads else -1))
        order.moved(threads[-1])
    assert threads == [1] * SLICE + [2]


def test_only_a_thread_that_could_go_on_is_preempted():
    assert preemptions([(0, (0,)), (1, (1, 2)), (2, (1, 2)), (1, (1,))]) == 1
    assert preemptions([(0, (0,)), (1, (0, 1)), (0, (0, 1))]) == 2
