from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace
from sample_results import DEADLOCK, EVERY, LAYOUT, OVERDRAWN, PASSING, PROBLEM, RACE, SAVAGE, check, result

from grader.reports import terminal
from grader.reports.safe_text import width, wrap
from grader.results import ExerciseResult
from grader.trace import Step, Trace


def test_failure_has_its_five_lines_and_the_interleaving_in_this_order() -> None:
    text = terminal.write([RACE], LAYOUT)
    marks = ["\n  ran ", "\n  saw ", "\n  expected ", "withdraw-1", "=> both", "\n  hint ", "\n  replay "]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_long_word_is_broken_where_a_reader_would_break_it() -> None:
    assert wrap("self._condition.notify_all()", 20) == ["self._condition.", "notify_all()"]
    assert wrap("a.bbbbbbbbbbbb", 8) == ["a.bbbbbb", "bbbbbb"]


def test_replay_line_can_be_typed_as_it_stands() -> None:
    assert "grade replay ex01 never_overdraws~0~7~1.0-2\n" in terminal.write([RACE], LAYOUT)


def test_replay_line_names_an_answer_that_is_not_in_its_place() -> None:
    layout = replace(LAYOUT, root=Path("/course"))
    moved = replace(RACE, submission=replace(RACE.submission, path="my work.py"))
    placed = replace(
        RACE, submission=replace(RACE.submission, path="/course/exercises/ex01_bank_account/bank_account.py")
    )
    assert "grade replay ex01 never_overdraws~0~7~1.0-2 'my work.py'\n" in terminal.write([moved], layout)
    assert "grade replay ex01 never_overdraws~0~7~1.0-2\n" in terminal.write([placed], layout)


def test_problem_is_told_once_however_many_checks_it_kept_from_running() -> None:
    assert terminal.write([PROBLEM], LAYOUT).count("this is not Python yet") == 1


def test_a_place_is_named_only_with_its_line() -> None:
    assert PROBLEM.problem is not None
    known = terminal.write([PROBLEM], LAYOUT)
    unknown = terminal.write([replace(PROBLEM, problem=replace(PROBLEM.problem, line=0), checks=())], LAYOUT)
    assert known.count("\n  at ") == 1
    assert unknown.count("\n  at ") == 0


def test_a_place_that_was_seen_already_is_not_told_twice() -> None:
    assert PROBLEM.problem is not None
    place = f"{PROBLEM.problem.file}, line {PROBLEM.problem.line}"
    said = replace(PROBLEM, problem=replace(PROBLEM.problem, saw=f"EOFError ({place})"), checks=())
    assert terminal.write([said], LAYOUT).count(place) == 1


def test_weak_box_is_said_and_a_full_one_is_not() -> None:
    assert "not marks" in terminal.write([DEADLOCK], LAYOUT)
    assert "tier" not in terminal.write([PASSING], LAYOUT)


def test_what_next_is_said_only_where_something_is_left_to_do() -> None:
    assert "next: grade hint ex01" in terminal.write([RACE], LAYOUT)
    assert "next" not in terminal.write([PASSING], LAYOUT)


@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_colour_changes_nothing_but_colour(result: ExerciseResult) -> None:
    in_colour = terminal.write([result], replace(LAYOUT, color=True))
    assert re.sub(r"\x1b\[[\d;]*m", "", in_colour) == terminal.write([result], LAYOUT)
    assert in_colour != terminal.write([result], LAYOUT)


def test_plain_text_has_no_escape_even_from_an_answer() -> None:
    assert "\x1b" not in terminal.write([SAVAGE], LAYOUT)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_no_line_but_the_replay_line_is_longer_than_the_window(result: ExerciseResult, columns: int) -> None:
    lines = terminal.write([result], replace(LAYOUT, width=columns)).splitlines()
    assert not [line for line in lines if width(line) > columns and not line.startswith("  replay")]


def test_several_exercises_end_with_the_total() -> None:
    assert terminal.write([RACE, DEADLOCK], LAYOUT).endswith("6 of 12 points\n")


def test_points_are_rounded_and_not_cut() -> None:
    result = replace(PASSING, score=Fraction(2, 3), max_score=Fraction(8))
    assert "0.67 of 8 points" in terminal.write([result], LAYOUT)


def test_four_threads_stand_side_by_side_at_an_ordinary_terminal() -> None:
    steps = tuple(Step(number, "printers.py", 14, "read", "self._turn", "0") for number in range(4))
    trace = Trace(("printer-0", "printer-1", "printer-2", "printer-3"), steps, ())
    finding = replace(OVERDRAWN, trace=trace)
    text = terminal.write([result("fail", check("a", "A", "fail", 0, findings=(finding,)))], LAYOUT)
    assert re.search(r"printer-0 +\| printer-1 +\| printer-2 +\| printer-3", text)


def test_path_is_told_from_the_courses_folder() -> None:
    moved = replace(RACE, submission=replace(RACE.submission, path="/home/ann/course/exercises/x.py"))
    assert "\nanswer exercises/x.py  (seed" in terminal.write([moved], replace(LAYOUT, root=Path("/home/ann/course")))
