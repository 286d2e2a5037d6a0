from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from made_up import MadeUpPool, NoProgress, course_in, wanted_of
from msgspec.structs import replace

from grader.bulk import engine
from grader.bulk.engine import bulk, grade_all
from grader.bulk.outputs import Graded
from grader.course import Course
from grader.errors import CourseError, InternalError
from grader.grading import Options
from grader.store import Store
from grader.submissions.collect import Handed, collect


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "course")


def handed_in(course: Course, tmp_path: Path, texts: Mapping[str, str]) -> tuple[Handed, ...]:
    for name, text in texts.items():
        path = tmp_path / "handed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return collect([tmp_path / "handed"], course)


def run(
    course: Course, handed: tuple[Handed, ...], store: Path, pool: MadeUpPool, progress: NoProgress | None = None
) -> tuple[Graded, ...]:
    with Store(store) as opened:
        return grade_all(handed, wanted_of(course), opened, pool, progress or NoProgress())


CLASS = {
    "ann/door.py": "right",
    "ann/window.py": "wrong",
    "ben/door.py": "right",
    "cem/door.py": "wrong",
    "dia/door.py": "right # mine",
}


def points(graded: tuple[Graded, ...]) -> dict[tuple[str, str], Fraction | None]:
    return {(each.handed.student, each.handed.exercise): each.points for each in graded}


def test_everyone_gets_their_points(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, CLASS)
    assert points(run(course, handed, tmp_path / "store", MadeUpPool())) == {
        ("ann", "ex01"): 1,
        ("ann", "ex02"): 0,
        ("ben", "ex01"): 1,
        ("cem", "ex01"): 0,
        ("dia", "ex01"): 1,
    }


def test_identical_work_is_graded_once(course: Course, tmp_path: Path) -> None:
    pool = MadeUpPool()
    graded = run(course, handed_in(course, tmp_path, CLASS), tmp_path / "store", pool)
    assert sorted(pool.graded) == ["right", "right # mine", "wrong", "wrong"]  # of two exercises
    mine = {each.handed.student: each for each in graded if each.handed.exercise == "ex01"}
    assert mine["ben"].result
    assert mine["ben"].result.submission.path == "ben: door.py"
    assert mine["ben"].result.submission.notes == ("a note of the box",)


@pytest.mark.parametrize("take", [0, -1])
def test_the_order_in_which_work_ends_changes_nothing(course: Course, tmp_path: Path, take: int) -> None:
    handed = handed_in(course, tmp_path, CLASS)
    first = run(course, handed, tmp_path / "one", MadeUpPool(0))
    assert run(course, handed, tmp_path / "other", MadeUpPool(take)) == first
    assert [each.handed for each in first] == list(handed)


def test_a_second_run_grades_nothing_and_says_the_same(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, CLASS)
    first = run(course, handed, tmp_path / "store", MadeUpPool())
    pool, progress = MadeUpPool(), NoProgress()
    assert run(course, handed, tmp_path / "store", pool, progress) == first
    assert pool.graded == []
    assert progress.fresh == [False] * 5


def test_a_run_that_was_stopped_goes_on_where_it_was(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, CLASS)
    whole = run(course, handed, tmp_path / "whole", MadeUpPool())
    for done in range(4):
        store = tmp_path / f"store{done}"
        with pytest.raises(KeyboardInterrupt):
            run(course, handed, store, MadeUpPool(dies_after=done))
        rest = MadeUpPool()
        assert run(course, handed, store, rest) == whole
        assert len(rest.graded) == 4 - done


def test_a_change_of_the_checks_grades_anew(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, {"ann/door.py": "right"})
    run(course, handed, tmp_path / "store", MadeUpPool())
    (course.root / "exercises" / "ex01_door" / "test_ex01.py").write_text("# stricter")
    pool = MadeUpPool()
    run(course, handed, tmp_path / "store", pool)
    assert pool.graded == ["right"]


def test_a_lost_worker_costs_nobody_points_and_is_tried_again_next_time(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, CLASS)
    pool = MadeUpPool()
    pool.instead["right"] = lambda: InternalError("the worker process died (SIGKILL), 2 times")
    graded = run(course, handed, tmp_path / "store", pool)
    assert {each.handed.student for each in graded if each.trouble} == {"ann", "ben"}
    assert points(graded)["ben", "ex01"] is None
    again = run(course, handed, tmp_path / "store", MadeUpPool())
    assert points(again)["ben", "ex01"] == 1


def test_a_check_that_failed_by_our_fault_is_not_kept(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, {"ann/door.py": "trouble"})
    for _ in range(2):
        pool = MadeUpPool()
        (graded,) = run(course, handed, tmp_path / "store", pool)
        assert graded.trouble == "the grader failed in opens"
        assert graded.points is None
        assert pool.graded == ["trouble"]


def test_what_cannot_be_read_costs_its_own_points_and_says_why(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, {"ann/door.ipynb": "{not a notebook", "ben/door.py": "right"})
    progress = NoProgress()
    ann, ben = run(course, handed, tmp_path / "store", MadeUpPool(), progress)
    assert progress.fresh == [False, True]  # or the time left would be too short
    assert ann.points == 0
    assert ann.refused
    assert ann.result
    assert ann.result.problem
    assert ann.result.problem.title == "the submission cannot be read"
    assert ben.points == 1


def test_a_submission_of_no_known_exercise_is_said_and_enters_no_points(course: Course, tmp_path: Path) -> None:
    (handed,) = handed_in(course, tmp_path, {"ann/door.py": "right"})
    lost = replace(handed, exercise="", inside=(), problem="nothing in it looks like an answer")
    (graded,) = run(course, (lost,), tmp_path / "store", MadeUpPool())
    assert graded.refused == "nothing in it looks like an answer"
    assert graded.points is None


def test_a_broken_course_stops_the_run(course: Course, tmp_path: Path) -> None:
    handed = handed_in(course, tmp_path, {"ann/door.py": "right"})
    pool = MadeUpPool()
    pool.instead["right"] = lambda: CourseError("the checks of ex01 cannot be run")
    with pytest.raises(CourseError, match="cannot be run"):
        run(course, handed, tmp_path / "store", pool)


def test_each_day_late_costs_what_the_course_says(course: Course, tmp_path: Path) -> None:
    (handed,) = handed_in(course, tmp_path, {"ann/door.py": "right"})
    late = replace(handed, at=datetime(2026, 11, 22, 12, tzinfo=UTC))
    (graded,) = run(course, (late,), tmp_path / "store", MadeUpPool())
    assert graded.factor < 1
    assert graded.points == graded.factor


def test_a_path_that_is_not_there_is_told(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no file or folder"):
        bulk(course, [tmp_path / "nothing"], tmp_path / "out", Options(tier="full"))


def test_what_came_out_among_the_submissions_is_none_of_them(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(course, tmp_path, {"ann/door.py": "right", "ben/door.py": "right", "results/door.py": "right"})
    seen: list[set[str]] = []

    def grade_nobody(handed: tuple[Handed, ...], *_: object) -> tuple[Graded, ...]:
        seen.append({each.student for each in handed})
        return ()

    monkeypatch.setattr(engine, "grade_all", grade_nobody)
    for _ in range(2):
        bulk(course, [tmp_path / "handed"], tmp_path / "handed" / "results", Options(tier="full"), jobs=1)
    # a folder of that name that is not ours yet may be somebody's
    assert seen == [{"ann", "ben", "results"}, {"ann", "ben"}]
