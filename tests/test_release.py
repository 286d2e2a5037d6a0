"""`grade release`: what students get works, and holds nothing that only teachers may see."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from grader.course import Course, read_course
from grader.errors import CourseError
from grader.exercises import find_exercises
from grader.release import KIT, release, runs, student_project, workflow

ROOT = Path(__file__).resolve().parent.parent
COURSE = """\
# what the teacher notes here stays here
schema: grader/course/v1
title: Threads
points: 1
exercises:
  - {id: ex01, folder: ex01_door, title: A door, module: door.py, points: 1, due: 2026-12-01}
"""
STUB = '''"""A door that two threads may open."""


class Door:
    def open(self):
        # TODO
        raise NotImplementedError("write Door.open")
'''
REFERENCE = '''"""A door that two threads may open."""

import threading


class Door:
    def __init__(self):
        self._lock = threading.Lock()
        self._opened = 0

    def open(self):
        with self._lock:
            self._opened += 1
            return self._opened
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    files = {
        "course.yaml": COURSE,
        "exercises/ex01_door/README.md": "Open the door.\n",
        "exercises/ex01_door/hints.md": "# Hints\n\n## 1\n\nThink.\n",
        "exercises/ex01_door/door.py": STUB,
        "exercises/ex01_door/test_ex01.py": "def test_opens(box):\n    pass\n",
        "exercises/ex01_door/notes_of_the_author.txt": "a stray file\n",
        "solutions/ex01_door/door.py": REFERENCE,
        "solutions/ex01_door/test_ex01_hidden.py": "def test_opens_twice(box):\n    pass\n",
        "grader/__init__.py": "",
        "grader/requirements.lock": "",
        "grader/template/exercise/README.md": "",
        "docs/student/README.md": "# For students\n\nType ./grade.\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name in (*KIT, "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    return read_course(root)


def test_students_get_what_they_need_and_nothing_else(course: Course, tmp_path: Path) -> None:
    assert release(course, tmp_path / "out") == 0
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {
        ".github/workflows/classroom.yml",
        ".gitignore",
        "LICENSE",
        "README.md",
        "course.yaml",
        "docs/student/README.md",
        "exercises/ex01_door/.given/door.py",
        "exercises/ex01_door/README.md",
        "exercises/ex01_door/door.py",
        "exercises/ex01_door/hints.md",
        "exercises/ex01_door/test_ex01.py",
        "grade",
        "grader/__init__.py",
        "grader/requirements.lock",
        "pyproject.toml",
    }


def test_the_course_reads_the_same_without_the_teachers_comments(course: Course, tmp_path: Path) -> None:
    release(course, tmp_path / "out")
    assert read_course(tmp_path / "out").exercises == course.exercises
    assert "what the teacher notes" not in (tmp_path / "out" / "course.yaml").read_text()
    (exercise,) = find_exercises(read_course(tmp_path / "out"))
    assert exercise.solution is None
    assert exercise.hidden is None


def test_the_stub_is_kept_as_it_was_given_when_the_student_writes_in_it(course: Course, tmp_path: Path) -> None:
    release(course, tmp_path / "out")
    (tmp_path / "out" / "exercises" / "ex01_door" / "door.py").write_text(REFERENCE)
    (exercise,) = find_exercises(read_course(tmp_path / "out"))
    assert exercise.given is not None
    assert exercise.given.read_text() == STUB


def test_the_readme_has_the_courses_title_and_the_script_runs(course: Course, tmp_path: Path) -> None:
    release(course, tmp_path / "out")
    assert (tmp_path / "out" / "README.md").read_text() == "# Threads\n\nType ./grade.\n"
    assert (tmp_path / "out" / "grade").stat().st_mode & 0o111


def test_a_folder_with_something_in_it_is_refused_and_left_alone(course: Course, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="is not empty"):
        release(course, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("place", ["README.md", "hints.md", "test_ex01.py"])
def test_a_solution_that_slipped_into_the_exercise_is_found(course: Course, tmp_path: Path, place: str) -> None:
    with open(course.root / "exercises" / "ex01_door" / place, "a") as file:
        file.write("\n" + "\n".join(f"    {line}" for line in REFERENCE.splitlines()[-7:]) + "\n")
    with pytest.raises(CourseError) as refused:
        release(course, tmp_path / "out")
    assert f"exercises/ex01_door/{place} has lines of solutions/ex01_door/door.py" in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_an_author_who_solved_the_stub_in_place_is_stopped(course: Course, tmp_path: Path) -> None:
    shutil.copy(
        course.root / "solutions" / "ex01_door" / "door.py", course.root / "exercises" / "ex01_door" / "door.py"
    )
    with pytest.raises(CourseError, match=r"door\.py is no stub"):
        release(course, tmp_path / "out")


def test_a_course_without_the_graders_files_is_refused(course: Course, tmp_path: Path) -> None:
    (course.root / "grade").unlink()
    with pytest.raises(CourseError, match="lacks grade"):
        release(course, tmp_path / "out")


def test_what_stub_and_solution_share_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("a = 1\n\n)\n]\n}\n")
    (tmp_path / "long.py").write_text("\n".join(f"    this_is_line_number_{n} = {n}" for n in range(6)))
    assert runs(tmp_path / "short.py") == set()
    assert len(runs(tmp_path / "long.py")) == 3


STARTS_AND_JOINS = """
    workers = [Thread(target=work, args=(number,)) for number in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results
"""


def test_how_threads_are_started_and_joined_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "loops.py").write_text(STARTS_AND_JOINS)
    assert runs(tmp_path / "loops.py") == set()


def test_the_course_itself_can_be_given_to_students(tmp_path: Path) -> None:
    assert release(read_course(ROOT), tmp_path / "out") == 0
    students = read_course(tmp_path / "out")
    assert [each.id for each in students.exercises] == [each.id for each in read_course(ROOT).exercises]


def test_pytest_finds_the_exercises_and_nothing_of_ours_is_left_in_the_project() -> None:
    project = tomllib.loads(student_project((ROOT / "pyproject.toml").read_text()))
    assert set(project["tool"]) == {"hatch", "pytest"}
    assert project["tool"]["pytest"]["ini_options"]["testpaths"] == ["exercises"]
    assert "dependency-groups" not in project


def test_the_workflow_reports_every_exercise() -> None:
    text = workflow(["ex01", "ex04"])
    reporter = yaml.safe_load(text)["jobs"]["run-autograding-tests"]["steps"][-1]
    assert reporter["with"]["runners"] == "ex01,ex04"
    assert reporter["env"] == {
        "EX01_RESULTS": "${{ steps.grade.outputs.ex01 }}",
        "EX04_RESULTS": "${{ steps.grade.outputs.ex04 }}",
    }


def problems_of_workflow(path: Path) -> str:
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", "vendor.github-workflows", str(path)])
    return "" if done.exit_code == 0 else done.output


def test_workflows_fit_githubs_schema(tmp_path: Path) -> None:
    (tmp_path / "classroom.yml").write_text(workflow(["ex01", "ex04"]))
    for path in (tmp_path / "classroom.yml", *(ROOT / ".github" / "workflows").glob("*.yml")):
        assert problems_of_workflow(path) == ""


def test_a_wrong_workflow_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text(workflow(["ex01"]).replace("runs-on:", "runs_on:"))
    assert "runs_on" in problems_of_workflow(tmp_path / "wrong.yml")
