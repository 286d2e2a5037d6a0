from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from made_up import course_in, result_of, wanted_of
from msgspec.structs import replace

from grader.bulk import outputs
from grader.bulk.outputs import Graded
from grader.course import Course
from grader.reports import gradebook_csv
from grader.results import FOR_THE_TEACHER, Finding
from grader.submissions.answer import answer
from grader.submissions.collect import Handed


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "course")


def graded(course: Course, student: str, exercise: str = "ex01", text: str = "right", name: str = "") -> Graded:
    wanted = wanted_of(course)
    module = wanted.exercises[exercise].spec.module
    given = answer({module: text}, module)
    handed = Handed(student, name, exercise, Path(student) / module, (module,))
    return Graded(handed, result_of(wanted.exercises[exercise], given, wanted.options), answer=given)


def rows(course: Course, *all_of_them: Graded) -> list[list[str]]:
    lines = outputs.lines_of(outputs.students(all_of_them))
    return list(csv.reader(gradebook_csv.write(lines, outputs.columns_of(course)).splitlines()))


def test_one_row_a_student_one_column_an_exercise(course: Course) -> None:
    ben = replace(graded(course, "ben", "ex02"), factor=Fraction(2, 3))
    assert rows(course, ben, graded(course, "ann", "ex02", "wrong"), graded(course, "ann")) == [
        ["student", "name", "ex01", "ex02", "total", "of", "notes"],
        ["ann", "", "1", "0", "1", "3", ""],
        ["ben", "", "", "1.33", "1.33", "3", "ex02: late, 33.33 % off"],
    ]


def test_an_answer_on_which_no_check_could_run_says_why_beside_its_points(course: Course) -> None:
    ann = graded(course, "ann", text="wrong")
    assert ann.result
    problem = Finding("crash", "the file is empty", "import door.py", "nothing", "an answer")
    assert rows(course, replace(ann, result=replace(ann.result, problem=problem)))[1][-1] == "ex01: the file is empty"


def test_an_answer_that_a_teacher_should_look_at_is_named(course: Course) -> None:
    ann = graded(course, "ann")
    assert ann.result
    check, *others = ann.result.checks
    flagged = replace(check, notes=("harmless", f"{FOR_THE_TEACHER}it looks forged"))
    result = replace(ann.result, checks=(flagged, *others))
    assert rows(course, replace(ann, result=result))[1][-1] == f"ex01: {FOR_THE_TEACHER}it looks forged ({check.id})"


def test_our_fault_leaves_the_cell_empty_and_says_so(course: Course) -> None:
    ann = Graded(graded(course, "ann").handed, None, trouble="the worker process died")
    assert rows(course, ann)[1] == ["ann", "", "", "", "0", "3", "ex01: not graded, the grader's fault"]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-rf", "@sum"])
def test_no_cell_is_a_formula(course: Course, name: str) -> None:
    row = rows(course, graded(course, name, name=name))[1]
    assert row[:2] == [f"'{name}", f"'{name}"]


def test_names_of_pages_are_harmless_and_differ(course: Course) -> None:
    hostile = [
        "../../etc/passwd",
        "..",
        "-rf",
        "a/b",
        "a_b",
        "A_B",
        "x" * 500,
        "new\nline",
        "Ünal, Ann",
        ".bashrc",
        "CON:",
    ]
    by_student = outputs.students([graded(course, student) for student in hostile])
    names = outputs.file_names(by_student)
    assert len({name.lower() for name in names}) == len(hostile)
    for name in names:
        assert name.endswith(".html")
        assert len(name) < 120
        assert not name.startswith((".", "-"))
        assert not set(name) & set("/\\\n: ")


@pytest.mark.parametrize("letter", ["x", "ß", "中", "𠀀"])
def test_a_long_name_of_any_letters_has_its_page(course: Course, tmp_path: Path, letter: str) -> None:
    longest = 255 // len(letter.encode())
    outputs.write_all(tmp_path, course, [graded(course, letter * longest), graded(course, letter * (longest - 1))])
    pages = [path.name for path in (tmp_path / "feedback").iterdir()]
    assert len(pages) == 2
    assert all(name.startswith(letter * 15) and name.endswith(".html") for name in pages)


def test_a_plain_name_is_kept(course: Course) -> None:
    names = outputs.file_names(outputs.students([graded(course, "ann.b@uni.example"), graded(course, "zoë")]))
    assert names == ["ann.b@uni.example.html", "zoë.html"]


def test_all_files_are_the_same_whatever_the_order(course: Course, tmp_path: Path) -> None:
    some = [graded(course, "ben"), graded(course, "ann", "ex02"), graded(course, "ann")]
    for name, order in (("one", some), ("other", some[::-1])):
        (tmp_path / name).mkdir()
        outputs.write_all(tmp_path / name, course, order)
    files = [str(path.relative_to(tmp_path / "one")) for path in sorted((tmp_path / "one").rglob("*.*"))]
    assert files == ["feedback/ann.html", "feedback/ben.html", "gradebook.csv", "results.json"]
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()
    whole = json.loads((tmp_path / "one" / "results.json").read_text())
    assert [each["student"] for each in whole["students"]] == ["ann", "ben"]
    assert [each["exercise"] for each in whole["students"][0]["results"]] == ["ex01", "ex02"]


def test_what_a_kill_left_is_cleared_away_and_nothing_half_written_is_seen(course: Course, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "feedback").mkdir()
    for left in (f".gradebook.csv.{dead.pid}.new", f"feedback/.ben.html.{dead.pid}.new"):
        (tmp_path / left).write_text("half a fi")
    for of_others in (".new", ".mine.new", f".mine.{dead.pid}.new"):
        (tmp_path / of_others).write_text("whole")
    outputs.write_all(tmp_path, course, [graded(course, "ann")])
    assert {path.name for path in tmp_path.glob("*.new")} == {".new", ".mine.new", f".mine.{dead.pid}.new"}
    assert {path.name for path in (tmp_path / "feedback").iterdir()} == {"ann.html"}


def test_two_runs_at_once_do_not_take_each_others_files_away(course: Course, tmp_path: Path) -> None:
    """Each of the two writes while the other has written, but has not renamed yet."""
    own = [graded(course, "ann")]
    really, others = Path.replace, iter([lambda: in_another_process(outputs.write_all, tmp_path, course, own)])

    def after_the_other(fresh: Path, to: Path) -> Path:
        next(others, lambda: None)()
        return really(fresh, to)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", after_the_other)
        outputs.write_all(tmp_path, course, own)
    assert "ann" in (tmp_path / "gradebook.csv").read_text()


def in_another_process(work: Callable[..., object], *arguments: object) -> None:
    child = os.fork()
    if not child:
        ended = 1
        try:
            work(*arguments)
            ended = 0
        finally:
            os._exit(ended)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_summary_lists_what_went_wrong_by_name(course: Course, tmp_path: Path) -> None:
    fine = graded(course, "ann")
    unread = replace(graded(course, "ben"), refused="'x' is a link\n  hand in the file itself")
    ours = replace(graded(course, "cem"), result=None, trouble="the worker process died (SIGKILL), 2 times")
    text = outputs.summary(tmp_path, [fine, unread, ours])
    assert "3 submissions of 3 students" in text
    assert "  ben                  ex01   'x' is a link\n" in text + "\n"
    assert "hand in the file" not in text
    assert "  cem                  ex01   the worker process died (SIGKILL), 2 times" in text
