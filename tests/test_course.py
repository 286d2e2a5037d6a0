"""course.yaml: what is right is read, and everything wrong is named with its line, its value and the way out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from grader import marked_yaml
from grader.course import CourseErrors, json_schema, read_course
from grader.errors import CourseError

ROOT = Path(__file__).parent.parent
GOOD = """\
schema: grader/course/v1
title: Concurrency
points: 13
timezone: Europe/Berlin
late:
  grace_minutes: 15
  percent_per_day: 10
exercises:
  - id: ex01
    folder: ex01_bank_account
    title: Bank account
    module: bank_account.py
    points: 5
  - id: ex04
    folder: ex04_printers
    title: Printers
    module: printers.py
    points: 8
    difficulty: 2
    needs: [ex01]
    time_limit: 5
    races: fail
    speedup: 1.5
    forbidden_imports: [multiprocessing]
    due: 2026-12-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, module in (("ex01_bank_account", "bank_account.py"), ("ex04_printers", "printers.py")):
        exercise = tmp_path / "exercises" / name
        exercise.mkdir(parents=True)
        for file in (module, "README.md", f"test_{name[:4]}.py"):
            (exercise / file).write_text("")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    return folder


def errors_of(folder: Path, text: str) -> tuple[CourseError, ...]:
    with pytest.raises(CourseError) as caught:
        read_course(write(folder, text))
    return caught.value.errors if isinstance(caught.value, CourseErrors) else (caught.value,)


def test_a_right_course_is_read_with_all_its_values(folder: Path) -> None:
    course = read_course(write(folder, GOOD))
    first, second = course.exercises
    assert (course.title, course.points, course.root) == ("Concurrency", 13, folder.resolve())
    assert (course.late.grace_minutes, course.late.percent_per_day, course.late.at_most_percent) == (15, 10, 100)
    assert (first.time_limit, first.races, first.needs, first.due) == (10.0, "warn", (), None)
    assert (second.time_limit, second.races, second.needs, second.speedup) == (5.0, "fail", ("ex01",), 1.5)
    assert second.forbidden_imports == ("multiprocessing",)


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home / "threadmark"


def no_yaml(*_: object) -> None:
    raise AssertionError("it is parsed again")


def test_a_course_that_did_not_change_is_not_parsed_again(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = read_course(write(folder, GOOD))
    monkeypatch.setattr(marked_yaml, "Marked", no_yaml)
    assert read_course(folder) == course
    with pytest.raises(AssertionError, match="parsed again"):
        read_course(write(folder, GOOD.replace("Concurrency", "Parallelism")))


@pytest.mark.parametrize(("name", "value"), [("VERSION", "the next"), ("__file__", marked_yaml.__file__)])
def test_a_course_whose_reader_changed_is_parsed_again(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    read_course(write(folder, GOOD))
    monkeypatch.setattr(f"grader.course.{name}", value)
    monkeypatch.setattr(marked_yaml, "Marked", no_yaml)
    with pytest.raises(AssertionError, match="parsed again"):
        read_course(folder)


@pytest.mark.parametrize("spoil", ["{}", "[", "\xff", ""])
def test_a_cache_that_is_spoiled_is_none(folder: Path, cache: Path, spoil: str) -> None:
    course = read_course(write(folder, GOOD))
    (file,) = cache.iterdir()
    key = file.read_text().partition("\n")[0]
    file.write_text(f"{key}\n{spoil}", encoding="latin-1")
    assert read_course(folder) == course


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(write(folder, GOOD) / "course.yaml"))
    assert read_course(folder) == read_course(folder)


def test_without_a_folder_of_the_users_own_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.chdir(write(folder, GOOD))
    read_course(folder)
    assert not (folder / "here").exists()


def test_two_courses_do_not_forget_each_other(
    folder: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other") / "course"
    shutil.copytree(write(folder, GOOD), other)
    courses = [read_course(folder), read_course(other)]
    monkeypatch.setattr(marked_yaml, "Marked", no_yaml)
    assert [read_course(folder), read_course(other)] == courses


def test_what_json_cannot_say_is_read_the_same_again(folder: Path, cache: Path) -> None:
    write(folder, GOOD.replace("speedup: 1.5", "speedup: .inf"))
    assert read_course(folder) == read_course(folder)


def test_a_file_that_is_gone_is_missed_in_a_course_that_did_not_change(folder: Path, cache: Path) -> None:
    read_course(write(folder, GOOD))
    (folder / "exercises" / "ex04_printers" / "README.md").unlink()
    assert [each.where for each in errors_of(folder, GOOD)] == ["course.yaml:15"]


def test_a_due_date_without_a_time_is_the_end_of_that_day_in_the_courses_zone(folder: Path) -> None:
    due = read_course(write(folder, GOOD)).exercises[1].due
    assert due is not None
    assert due.replace(tzinfo=None) == datetime(2026, 12, 1, 23, 59, 59)
    assert due.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("written", ["2026-12-01 18:00:00", "2026-12-01T17:00:00Z", "2026-12-01 18:00:00 +01:00"])
def test_a_due_date_may_have_a_time_and_an_offset(folder: Path, written: str) -> None:
    due = read_course(write(folder, GOOD.replace("due: 2026-12-01", f"due: {written}"))).exercises[1].due
    assert due is not None
    assert due.timestamp() == datetime.fromisoformat("2026-12-01T18:00:00+01:00").timestamp()


WRONG: dict[str, tuple[str, str, int, str, str, str]] = {
    # what: (in the good file, instead, line, slug, said in the message, said in the remedy)
    "unknown key": ("difficulty: 2", "dificulty: 2", 19, "course-key", "'dificulty'", "did you mean 'difficulty'?"),
    "unknown key at the top": ("title: Con", "colour: red\ntitle: Con", 2, "course-key", "'colour'", "allowed here: "),
    "wrong type": ("points: 5", "points: five", 13, "course-value", "'five' is not a whole number", "points: 5"),
    "half points": ("points: 5", "points: 2.5", 13, "course-value", "2.5", "points: 5"),
    "negative points": ("points: 5", "points: -2", 13, "course-value", "-2", "points: 5"),
    "too many stars": (
        "difficulty: 2",
        "difficulty: 5",
        19,
        "course-value",
        "5 is not a whole number from 1 to 4",
        "2",
    ),
    "a number for a title": ("title: Printers", "title: 2026", 16, "course-value", "2026", 'title: "2026"'),
    "a choice": ("races: fail", "races: maybe", 22, "course-value", "'maybe'", "leave the line out"),
    "a list wanted": ("needs: [ex01]", "needs: ex01", 20, "course-value", "'ex01'", "needs: [ex01]"),
    "no group": ("  - id: ex01\n", "  - nothing\n  - id: ex01\n", 9, "course-value", "'nothing'", "keys and values"),
    "missing key": ("    module: printers.py\n", "", 14, "course-missing", "ex04 has no key 'module'", "module: "),
    "missing at the top": ("points: 13\n", "", 1, "course-missing", "'points'", "points: "),
    "key twice": ("difficulty: 2", "difficulty: 2\n    points: 8", 20, "course-twice", "'points'", "line 18"),
    "missing folder": ("folder: ex04_printers", "folder: ex04_x", 15, "course-files", "exercises/ex04_x", "make it"),
    "missing file": ("module: printers.py", "module: p.py", 17, "course-files", "ex04_printers/p.py", "write it"),
    "a module without .py": (
        "module: printers.py",
        "module: printers",
        17,
        "course-value",
        "'printers'",
        "printers.py",
    ),
    "a module elsewhere": ("module: printers.py", "module: ../p.py", 17, "course-value", "'../p.py'", "printers.py"),
    "a file of checks": (
        "module: printers.py",
        "module: test_ex04.py",
        17,
        "course-module",
        "'test_ex04.py'",
        "another",
    ),
    "a file of pytest": ("module: printers.py", "module: conftest.py", 17, "course-module", "'conftest.py'", "another"),
    "points do not add up": ("points: 13", "points: 14", 3, "course-points", "14", "points: 13"),
    "unknown need": ("needs: [ex01]", "needs: [ex02]", 20, "course-needs", "'ex02'", "ex01, ex04"),
    "needs itself": ("needs: [ex01]", "needs: [ex04]", 20, "course-ring", "ex04 needs ex04", "take 'ex04' out"),
    "needs a later one": (
        "    points: 5\n",
        "    points: 5\n    needs: [ex04]\n",
        14,
        "course-ring",
        "ex01 needs ex04",
        "",
    ),
    "bad date": ("due: 2026-12-01", "due: tomorrow", 25, "course-value", "'tomorrow'", "2026-12-01"),
    "no such date": ("due: 2026-12-01", "due: 2026-02-30", 25, "course-value", "'2026-02-30'", "2026-12-01"),
    "unknown zone": ("Europe/Berlin", "Europe/Belin", 4, "course-due", "'Europe/Belin'", "Europe/Berlin"),
    "zone as a path": ("Europe/Berlin", "../../etc/passwd", 4, "course-due", "'../../etc/passwd'", "Europe/Berlin"),
    "another schema": ("course/v1", "course/v9", 1, "course-value", "'grader/course/v9'", "grader/course/v1"),
    "bad indentation": ("    points: 5", "     points: 5", 13, "course-yaml", "this is not YAML", "indentation"),
    "not YAML": (
        "title: Concurrency",
        "title: 'Concurrency",
        2,
        "course-yaml",
        "this is not YAML",
        "look at this line",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_line_value_and_remedy(
    folder: Path, case: tuple[str, str, int, str, str, str]
) -> None:
    old, new, line, slug, said, remedy = case
    assert old in GOOD
    errors = errors_of(folder, GOOD.replace(old, new, 1))
    error = next(each for each in errors if each.slug == slug)
    assert said in error.message
    assert remedy in error.remedy
    assert error.where == f"course.yaml:{line}"


def test_all_errors_are_named_at_once_in_the_order_of_the_file(folder: Path) -> None:
    text = GOOD.replace("difficulty: 2", "dificulty: 2").replace("points: 5", "points: five").replace("fail", "maybe")
    errors = errors_of(folder, text)
    assert [each.where for each in errors] == ["course.yaml:13", "course.yaml:19", "course.yaml:22"]
    with pytest.raises(CourseErrors) as caught:
        read_course(folder)
    assert str(caught.value).endswith("3 things to mend in course.yaml")
    assert all(str(each) in str(caught.value) for each in errors)


def test_a_missing_file_is_named_beside_points_that_do_not_add_up(folder: Path) -> None:
    errors = errors_of(folder, GOOD.replace("points: 13", "points: 14").replace("module: printers", "module: p"))
    assert [each.slug for each in errors] == ["course-points", "course-files"]


def test_the_file_that_a_student_writes_need_not_be_there_where_students_work(folder: Path) -> None:
    course = read_course(write(folder, GOOD))
    (folder / "exercises/ex01_bank_account/bank_account.py").unlink()
    assert read_course(folder, stubs=False) == course
    with pytest.raises(CourseError, match=r"there is no file exercises/ex01_bank_account/bank_account\.py"):
        read_course(folder)


@pytest.mark.parametrize("key", ["id", "folder", "module"])
def test_what_tells_exercises_apart_is_not_given_twice(folder: Path, key: str) -> None:
    values = {"id": ("ex01", "ex04"), "folder": ("ex01_bank_account", "ex04_printers")}
    old, new = values.get(key, ("bank_account.py", "printers.py"))
    errors = errors_of(folder, GOOD.replace(f"{key}: {new}", f"{key}: {old}"))
    assert f"{key}: {old!r} is already taken by 'Bank account'" in [each.message for each in errors]


def test_exercises_out_of_order_are_named(folder: Path) -> None:
    first, second = GOOD.index("  - id: ex01"), GOOD.index("  - id: ex04")
    errors = errors_of(folder, GOOD[:first] + GOOD[second:] + GOOD[first:second])
    assert "id: 'ex01' comes after 'ex04'" in [each.message for each in errors]


def test_a_need_that_comes_later_without_a_ring_is_out_of_order(folder: Path) -> None:
    text = GOOD.replace("    needs: [ex01]\n", "").replace("    points: 5\n", "    points: 5\n    needs: [ex04]\n")
    assert [each.message for each in errors_of(folder, text)] == ["needs: 'ex01' needs 'ex04', which comes later"]


def test_an_empty_file_and_a_missing_one_say_what_to_do(folder: Path) -> None:
    assert "begin with `schema: grader/course/v1`" in errors_of(folder, "")[0].remedy
    (folder / "course.yaml").unlink()
    with pytest.raises(CourseError, match=r"there is no course.yaml"):
        read_course(folder)


def test_bytes_that_are_not_utf8_are_named_with_their_line(folder: Path) -> None:
    (folder / "course.yaml").write_bytes(b"schema: grader/course/v1\ntitle: \xff\n")
    with pytest.raises(CourseError, match="0xff") as caught:
        read_course(folder)
    assert caught.value.where == "course.yaml:2"


def test_the_schema_for_editors_allows_the_good_file_and_forbids_what_its_form_forbids() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    # an editor reads dates as text
    document: dict[str, Any] = yaml.load(GOOD, yaml.BaseLoader)
    for exercise in document["exercises"]:
        exercise.update(points=int(exercise["points"]), difficulty=2, time_limit=5, speedup=1.5)
    document.update(points=13, late={"grace_minutes": 15})
    assert list(validator.iter_errors(document)) == []
    for key, value in (("dificulty", 2), ("points", -1), ("id", "ex4"), ("races", "maybe"), ("module", "p")):
        broken = {**document, "exercises": [{**document["exercises"][0], key: value}]}
        assert list(validator.iter_errors(broken)), key


def test_the_real_course_holds_together() -> None:
    course = read_course(ROOT)
    assert [spec.id for spec in course.exercises[:4]] == ["ex01", "ex02", "ex03", "ex04"]


def test_reading_a_course_again_imports_nothing_heavy(cache: Path) -> None:
    read_course(ROOT)
    program = "import sys, pathlib, grader.course as c; c.read_course(pathlib.Path()); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"jsonschema", "rich", "nbformat", "jinja2", "zoneinfo", "pytest", "yaml"} & set(run.stdout.split())
