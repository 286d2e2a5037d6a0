"""Whose turn it is: the same rule for the box and for the parent."""

from __future__ import annotations

from grader.happens_before.rows import NOBODY, Row, Rows


def rows(*said: Row) -> Rows:
    made = Rows()
    made.plan(said)
    return made


def turns(made: Rows, *able: list[int]) -> list[int]:
    return [made.next(each) for each in able]


BOTH = [1, 2]


def test_at_first_somebody_must_ask() -> None:
    assert Rows().next(BOTH) == NOBODY


def test_who_can_go_on_alone_is_no_choice_and_counts_for_nothing() -> None:
    made = rows((1, 2))
    assert turns(made, [1], BOTH, [1], BOTH, BOTH) == [1, 1, 1, 1, NOBODY]
    assert Rows().next([3]) == 3


def test_one_row_comes_after_the_other() -> None:
    assert turns(rows((1, 2), (2, 1)), *[BOTH] * 4) == [1, 1, 2, NOBODY]


def test_a_row_ends_when_its_thread_cannot_go_on() -> None:
    assert turns(rows((1, 5), (2, 1)), BOTH, [2, 3], [2, 3]) == [1, 2, NOBODY]
    assert turns(rows((1, 5), (2, 1)), BOTH, [2], BOTH, BOTH) == [1, 2, 2, NOBODY], "who had to wait has lost its row"
    assert turns(rows((1, 5)), BOTH, [2], BOTH) == [1, 2, NOBODY]


def test_rows_of_threads_that_cannot_go_on_are_left_out() -> None:
    assert turns(rows((3, 1), (4, 9), (2, 1)), BOTH, BOTH) == [2, NOBODY]


def test_a_new_plan_replaces_what_is_left_of_the_old_one() -> None:
    made = rows((1, 5), (2, 5))
    assert made.next(BOTH) == 1
    made.plan([(2, 1)])
    assert turns(made, BOTH, BOTH) == [2, NOBODY]
