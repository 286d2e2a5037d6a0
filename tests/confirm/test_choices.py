"""Schedules chosen by the parent differ, and end when there are no others."""

from __future__ import annotations

from random import Random

import pytest

from grader.confirm.choices import AHEAD, Choices
from grader.happens_before.rows import NOBODY, Rows

SEEDS = range(20)


def schedule(choices: Choices, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """One execution of threads that do so many operations each, independent of each other."""
    left, done, rows = dict(enumerate(lengths)), [], Rows()
    rows.plan(choices.first())
    while able := [one for one, more in left.items() if more]:
        chosen = rows.next(able)
        if chosen == NOBODY:
            rows.plan(choices.choose(able, able))
            chosen = rows.next(able)
        if len(able) > 1:
            choices.goes(able, chosen)
        done.append(chosen)
        left[chosen] -= 1
    choices.end()
    return tuple(done)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_schedule_comes_once_and_then_there_are_no_more(seed: int) -> None:
    choices, seen = Choices(Random(seed)), []
    while not choices.exhausted:
        seen.append(schedule(choices, (2, 3)))
    assert len(seen) == len(set(seen)) == 10, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_of_many_schedules_twenty_differ(seed: int) -> None:
    choices = Choices(Random(seed))
    assert len({schedule(choices, (9, 9, 9)) for _ in range(20)}) == 20, f"seed {seed}"
    assert not choices.exhausted


def test_a_program_without_choices_has_one_schedule() -> None:
    choices = Choices(Random(1))
    assert schedule(choices, (4,)) == (0, 0, 0, 0)
    assert choices.exhausted


def test_several_rows_are_said_at_once() -> None:
    rows = Choices(Random(1)).choose([0, 1], [0, 1, 2])
    assert len(rows) == AHEAD > 1
    assert rows[0][0] in (0, 1)
    assert all(often >= 1 for _, often in rows)


def test_at_first_nothing_is_known_of_how_an_execution_begins() -> None:
    assert Choices(Random(1)).first() == []


@pytest.mark.parametrize("seed", SEEDS)
def test_where_an_execution_has_been_the_next_one_goes_where_something_is_left(seed: int) -> None:
    choices = Choices(Random(seed))
    seen = [schedule(choices, (1, 2))]
    while not choices.exhausted:
        (first, often), *_ = choices.first()
        seen.append(schedule(choices, (1, 2)))
        assert seen[-1][: often - 1] == (first,) * (often - 1), f"seed {seed}"
        assert seen[-1][0] == first
    assert sorted(seen) == [(0, 1, 1), (1, 0, 1), (1, 1, 0)]
