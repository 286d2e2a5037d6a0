"""`grade replay`: each step with its source line, a key press a step at a terminal, all at once elsewhere."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest
from mini_course import NO_LOCK, RIGHT, lay_out

from grader import stepping
from grader.course import Course, read_course
from grader.errors import CourseError
from grader.exercises import find_exercise
from grader.grading import Options, grade, replay
from grader.stepping import step_through, write_page
from grader.submissions import read
from grader.trace import Step, Trace, read_token


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("stepping")
    return read_course(lay_out(root, {"exercises/ex01_counter/counter.py": NO_LOCK}))


@pytest.fixture(scope="module")
def token(course: Course) -> str:
    exercise = find_exercise(course, "ex01")
    result = grade(exercise, read(exercise.stub, "counter.py"), Options(seed=3))
    return result.checks[1].findings[0].replay


@pytest.fixture(autouse=True)
def wide_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")


class Keys(io.StringIO):
    """A keyboard."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", Keys(keys))


def test_elsewhere_than_at_a_terminal_all_steps_are_told(
    course: Course, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step_through(course, "1", token, None, everything=False) == 0
    head, *steps = capsys.readouterr().out.splitlines()
    assert head == f"ex01 counts_both: {len(steps)} steps"
    assert [line.split()[0] for line in steps] == [str(number) for number in range(1, len(steps) + 1)]
    assert all("counter.py:11  self._count += 1  " in line for line in steps)
    assert sum("write self._count = 1" in line for line in steps) == 2


def test_at_a_terminal_each_step_waits_for_a_key(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch, "\n\nq\n")
    assert step_through(course, "ex01", token, None, everything=False) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("steps, Enter for the next one")
    assert len(told) == 4


def test_a_keyboard_that_is_gone_ends_it_quietly(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch, "")
    assert step_through(course, "ex01", token, None, everything=False) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_all_at_once_is_for_the_asking(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch, "")
    assert step_through(course, "ex01", token, None, everything=True) == 0
    assert "Enter for the next one" not in capsys.readouterr().out


TRACE = Trace(
    ("main", "worker-with-a-long-name"),
    (
        Step(0, "counter.py", 11, "read", "self._count", "0"),
        Step(0, "counter.py", 11, "read", "self._count", "0"),
        Step(0, "counter.py", 11, "read", "self._count", "1"),
        Step(1, "counter.py", 11, "read", "self._count", "1"),
        Step(1, "counter.py", 11, "change", "\x1b[2J", str(list(range(40))), "main still believes otherwise"),
    ),
    ("main waits for worker-with-a-long-name, worker-with-a-long-name waits for main, and nobody goes on",),
)


def told(course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that are printed of `TRACE`."""
    monkeypatch.setattr(stepping, "replay", lambda *_: TRACE)
    step_through(course, "ex01", token, None, everything=True)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("inside", ["\f", "\u2028"], ids=ascii)
def test_lines_of_answer_and_check_are_those_that_python_counts(course: Course, inside: str) -> None:
    exercise = find_exercise(course, "ex01")
    text = f"x = 1  # {inside}#\ny = 2\n"
    before = exercise.checks.read_text()
    exercise.checks.write_text(text)
    sources = stepping._sources(exercise, {"counter.py": text})
    exercise.checks.write_text(before)
    assert [lines[1] for lines in sources.values()] == ["y = 2", "y = 2"]


@pytest.mark.parametrize("columns", [40, 60, 80, 110])
def test_rows_fit_the_window_and_nothing_of_them_is_lost(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = told(course, token, monkeypatch, capsys)
    assert max(map(len, lines)) <= columns
    text = " ".join(" ".join(lines).split())
    assert re.search(r"read self._count = 1 5 worker-with-a-l\S+ counter.py:11 self._count \+= 1 change", text)
    assert f"= {list(range(40))} <- main still believes otherwise" in text
    assert text.endswith(TRACE.ending[0])


def test_neighbours_that_read_the_same_are_one_row(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head, *rows = told(course, token, monkeypatch, capsys)
    assert head.endswith(": 5 steps")
    assert [row.split()[0] for row in rows[:4]] == ["1-2", "3", "4", "5"]


def test_what_an_answer_named_itself_steers_no_terminal(
    course: Course, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "\x1b" not in "".join(told(course, token, monkeypatch, capsys))


def test_a_replay_is_the_same_every_time(course: Course, token: str) -> None:
    exercise = find_exercise(course, "ex01")
    answer = read(exercise.stub, "counter.py")
    assert token.startswith("counts_both~0~3~")
    first, second = (replay(exercise, answer, read_token(token), Options(seed=3)) for _ in range(2))
    assert first == second
    assert first.steps


def test_a_token_of_another_check_with_a_longer_name_is_not_taken_for_this_one(tmp_path: Path) -> None:
    course = read_course(lay_out(tmp_path, {"exercises/ex01_counter/counter.py": RIGHT}))
    with pytest.raises(CourseError, match="it has no check 'counts_bot'"):
        step_through(course, "ex01", "counts_bot~0~0~", None, everything=True)


def test_a_page_to_step_through_is_written_with_what_the_check_says(
    course: Course, token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "replay.html"
    assert write_page(course, "1", token, None, page) == 0
    assert capsys.readouterr().out == f"{page}: open it in a browser; arrow keys step through it\n"
    text = page.read_text(encoding="utf-8")
    for words in (
        "<h1>Two threads that add() count two</h1>",
        "<dd>1</dd>",
        "self._count += 1",
        f"grade replay ex01 {token}",
    ):
        assert words in text


def test_a_page_that_cannot_be_written_is_said(course: Course, token: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot write to"):
        write_page(course, "1", token, None, tmp_path / "nowhere" / "replay.html")
