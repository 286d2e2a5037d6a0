"""Hostile texts, all the way: handed in, graded in the box, and in every report and gradebook (p01-p08)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
import small_course
from boxes import need
from texts import FORMULA, ORDERS, TEXTS, Text

from grader.bulk.engine import Wanted, grade_all
from grader.bulk.outputs import Graded, write_all
from grader.errors import GraderError
from grader.exercises import find_exercise
from grader.grading import Options
from grader.reports import WRITERS, Layout, Source, write
from grader.results import Tier
from grader.store import Store
from grader.submissions.collect import collect
from grader.workers import Outcome, Task

STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
FEEDBACK = "feedback/"


class AtOnce:
    """A pool that does the work in this process, where it can be seen."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []

    def submit(self, task: Task) -> None:
        self._tasks.append(task)

    def next(self) -> tuple[int, Outcome] | None:
        if not self._tasks:
            return None
        task = self._tasks.pop(0)
        try:
            return task.number, task.function(*task.arguments)
        except GraderError as error:
            return task.number, error


class NoProgress:
    def advance(self, *, fresh: bool) -> None:
        pass


class Told(NamedTuple):
    graded: Mapping[str, Graded]
    """By the name of the attack."""
    books: Mapping[str, str]
    """All that `grade bulk` wrote, by file."""
    reports: Mapping[tuple[str, str], str]
    """By attack and format."""


def lay(folder: Path, text: Text) -> None:
    (folder / text.student).mkdir(parents=True)
    (folder / text.student / small_course.MODULE).write_text(text.source)


@pytest.fixture(scope="module", params=["full", "landlock"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    tier: Tier = request.param
    need(tier)
    root = tmp_path_factory.mktemp("texts")
    course = small_course.course_in(root / "course")
    exercise = find_exercise(course, small_course.EXERCISE)
    for text in TEXTS.values():
        lay(root / "handed-in", text)
    handed = collect([root / "handed-in"], course)
    wanted = Wanted(course, {exercise.spec.id: exercise}, {exercise.spec.id: "x"}, Options(tier=tier))
    with Store(root / "store") as store:
        graded = grade_all(handed, wanted, store, AtOnce(), NoProgress())
    (root / "out").mkdir()
    write_all(root / "out", course, graded)
    written = sorted(path for path in (root / "out").rglob("*") if path.is_file())
    names = {text.student: name for name, text in TEXTS.items()}
    by_attack = {names[each.handed.path.name]: each for each in graded}
    return Told(
        by_attack,
        {str(path.relative_to(root / "out")): path.read_text(encoding="utf-8") for path in written},
        {
            (name, each): write(each, [_result(one)], _layout(one))
            for name, one in by_attack.items()
            for each in FORMATS
        },
    )


FORMATS = [name for name in WRITERS if name != "classroom50"]
"""That one wants an environment of its own, and says no more than `json`."""


def _result(graded: Graded) -> Any:
    assert graded.result is not None
    return graded.result


def _layout(graded: Graded) -> Layout:
    assert graded.answer is not None
    return Layout(student=graded.handed.student, sources={"ex01": Source(graded.answer.files)}, environment={})


@pytest.mark.parametrize("name", TEXTS)
def test_none_of_them_gets_a_point(told: Told, name: str) -> None:
    result = _result(told.graded[name])
    assert (result.verdict, result.score, told.graded[name].trouble) == ("fail", 0, "")


@pytest.mark.parametrize("name", TEXTS)
def test_no_report_holds_a_character_that_steers(told: Told, name: str) -> None:
    assert [each for each in FORMATS if STEERS.search(told.reports[name, each])] == []


def test_no_gradebook_holds_a_character_that_steers(told: Told) -> None:
    assert [name for name, text in told.books.items() if STEERS.search(text)] == []


def test_no_cell_of_the_gradebook_is_a_formula(told: Told) -> None:
    cells = [cell for row in csv.reader(io.StringIO(told.books["gradebook.csv"])) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")] == []
    assert any(FORMULA in cell for cell in cells)


@pytest.mark.parametrize("name", TEXTS)
def test_no_markup_of_theirs_is_markup_of_ours(told: Told, name: str) -> None:
    pages = [told.reports[name, "html"], *(text for name, text in told.books.items() if name.startswith(FEEDBACK))]
    assert not [page for page in pages if re.search(r"<script>hit|<img src=x|href=.?javascript", page)]
    assert not re.search(r"(?m)^# hit|^<img", told.reports[name, "markdown"])


@pytest.mark.parametrize("name", TEXTS)
def test_no_line_of_theirs_is_a_command(told: Told, name: str) -> None:
    lines = told.reports[name, "github"].splitlines() + told.reports[name, "text"].splitlines()
    assert not [line for line in lines if re.match(r"\s*::(error::hit|stop-commands|set-output)", line)]


@pytest.mark.parametrize("name", TEXTS)
def test_what_machines_read_can_be_read(told: Told, name: str) -> None:
    assert ElementTree.fromstring(told.reports[name, "junit"]).iter("testcase")
    for each in ("json", "gradescope"):
        json.loads(told.reports[name, each])


@pytest.mark.parametrize("name", TEXTS)
def test_no_report_is_longer_than_anybody_reads(told: Told, name: str) -> None:
    assert max(len(told.reports[name, each]) for each in FORMATS) < 300_000


def test_every_student_has_a_page_and_none_lies_elsewhere(told: Told) -> None:
    pages = [name for name in told.books if name.startswith(FEEDBACK)]
    assert len(pages) == len(TEXTS)
    assert not [page for page in pages if re.search(r"[^\w.@+/-]", page) or page.startswith(f"{FEEDBACK}-")]


def test_what_is_said_to_a_reader_stands_as_what_the_answer_said(told: Told) -> None:
    lines = told.reports["p08 orders for whoever reads it", "text"].splitlines()
    assert any(ORDERS[:30] in line for line in lines)
    assert not [line for line in lines if line.strip().startswith(ORDERS[:30])]
