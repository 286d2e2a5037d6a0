"""Schedules chosen by the parent differ, and end when there are no others."""

from __future__ import annotations

from random import Random

import pytest

from grader.confirm.choices import Choices

SEEDS = range(20)


def schedule(choices: Choices, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """One execution of threads that do so many operations each, independent of each other."""
    left, done, row, thread = dict(enumerate(lengths)), [], 0, -1
    while able := [one for one, more in left.items() if more]:
        if len(able) > 1:
            if not row or thread not in able:
                thread, row = choices.choose(able)
            row -= 1
            choices.goes(able, thread)
            chosen = thread
        else:
            chosen = able[0]
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
