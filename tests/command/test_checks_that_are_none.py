"""What an author can get wrong in a check module: nothing is left out in silence, nothing costs a student points."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_desk import ROOT
from mini_course import CHECKS, RIGHT, lay_out

from grader.course import read_course
from grader.errors import CourseError, InternalError
from grader.exercises import find_exercise
from grader.grading import Options, grade
from grader.results import ExerciseResult
from grader.submissions import read

FINE = '@check(kind="EDGE")\n'


def graded(root: Path, checks: str, hidden: str | None = None) -> ExerciseResult:
    """The result of the right answer, judged by these checks."""
    files = {"exercises/ex01_counter/test_ex01.py": checks, "solutions/ex01_counter/test_ex01_hidden.py": hidden}
    lay_out(root, files)  # type: ignore[arg-type]
    exercise = find_exercise(read_course(root), "ex01")
    return grade(exercise, read(root / "solutions/ex01_counter/counter.py", "counter.py"), Options())


def test_sound_checks_pass_the_right_answer(tmp_path: Path) -> None:
    result = graded(tmp_path, CHECKS)
    assert [(check.id, check.verdict, check.hidden) for check in result.checks] == [
        ("counts", "pass", False),
        ("counts_both", "pass", False),
    ]


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("def test_more(box):\n    box.call(one_add, expected=1)\n", r"test_more takes `box` but is not declared"),
        (FINE + "def test_More(box):\n    box.call(one_add, expected=1)\n", r"'test_More' is no name for a check"),
        (
            f'import pytest\n\n@pytest.mark.parametrize("n", [1, 2])\n{FINE}def test_more(box, n):\n    pass\n',
            r"'test_more\[1\]' is no name for a check",
        ),
        ('@check(kind="SAVE")\ndef test_more(box):\n    pass\n', r"there is no such kind"),
        ('@check(kind="SAFE", points="x")\ndef test_more(box):\n    pass\n', r"points are a number from 0 up"),
        ('@check(kind="SAFE", points=-1)\ndef test_more(box):\n    pass\n', r"points are a number from 0 up"),
        ("import no_such_module\n", r"No module named 'no_such_module'"),
        ("def (\n", r"SyntaxError"),
    ],
)
def test_what_is_no_check_is_told_to_its_author(tmp_path: Path, added: str, told: str) -> None:
    with pytest.raises(CourseError, match=told) as refused:
        graded(tmp_path, f"{CHECKS}\n\n{added}")
    assert refused.value.slug == "check-module"


def test_two_checks_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="'test_counts' is taken by another check"):
        graded(tmp_path, CHECKS, hidden=CHECKS.partition('@check(kind="SAFE"')[0])


def test_a_check_that_asks_nothing_judges_nothing(tmp_path: Path) -> None:
    result = graded(tmp_path, f"{CHECKS}\n\n{FINE}def test_more(box):\n    assert True\n")
    assert result.verdict == "error"
    assert "asks the box nothing" in result.checks[-1].findings[0].saw


def test_a_check_that_raises_is_our_error_and_the_others_count(tmp_path: Path) -> None:
    result = graded(tmp_path, f"{CHECKS}\n\n{FINE}def test_more(box):\n    raise KeyError('x')\n")
    assert [check.verdict for check in result.checks] == ["pass", "pass", "error"]
    assert result.checks[-1].findings[0].saw == "KeyError: 'x'"


SKIPS = {
    "in its body": f"{FINE}def test_more(box):\n    pytest.skip('one core')\n",
    "after a question": f"{FINE}def test_more(box):\n    box.call(one_add, expected=1)\n    pytest.skip('one core')\n",
    "by a mark": f"@pytest.mark.skip('one core')\n{FINE}def test_more(box):\n    pass\n",
}


@pytest.mark.parametrize("skipping", SKIPS.values(), ids=SKIPS)
def test_a_check_that_skips_gives_no_points_and_says_why(tmp_path: Path, skipping: str) -> None:
    result = graded(tmp_path, f"{CHECKS}\n\nimport pytest\n\n{skipping}")
    assert [check.verdict for check in result.checks] == ["pass", "pass", "skip"]
    skipped = result.checks[-1]
    assert (skipped.score, skipped.max_score, skipped.findings) == (0, 1, ())
    assert skipped.notes == ("not measured here, so no points: one core",)
    assert (result.score, result.max_score) == (2, 3)


def test_a_module_that_is_skipped_whole_is_refused_for_its_points_would_vanish(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"test_ex01_hidden\.py is skipped whole \(Skipped: not today\)"):
        graded(tmp_path, CHECKS, hidden="import pytest\n\npytest.skip('not today', allow_module_level=True)\n")


@pytest.mark.parametrize("place", ["", f"{FINE}def test_more(box):\n    "], ids=["at once", "in a check"])
def test_checks_that_end_pytest_are_refused_for_the_points_of_the_others_would_vanish(
    tmp_path: Path, place: str
) -> None:
    head, mark, tail = CHECKS.rpartition("@check(")
    ends = f"import pytest\n{head}{place}pytest.exit('enough', returncode=0)\n\n\n{mark}{tail}"
    with pytest.raises(CourseError, match="Exit: enough") as refused:
        graded(tmp_path, ends)
    assert refused.value.slug == "check-module"


@pytest.mark.parametrize("place", ["", f"{FINE}def test_more(box):\n    "], ids=["at once", "in a check"])
def test_ctrl_c_stops_the_grading_and_what_was_done_by_then_is_no_grade(tmp_path: Path, place: str) -> None:
    head, mark, tail = CHECKS.rpartition("@check(")
    stop = "import os, signal; os.kill(os.getpid(), signal.SIGINT)\n\n\n"
    with pytest.raises(KeyboardInterrupt):
        graded(tmp_path, f"{head}{place}{stop}{mark}{tail}")


def test_a_scenario_that_raises_by_itself_is_not_a_pass(tmp_path: Path) -> None:
    result = graded(tmp_path, CHECKS.replace("return counter.value()", "return no_such_name"))
    assert {check.verdict for check in result.checks} == {"fail"}


def test_a_module_without_checks_is_never_a_pass(tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="not one check of ex01 was run"):
        graded(tmp_path, "def test_nothing():\n    pass\n")


def test_checks_that_were_edited_are_read_anew(tmp_path: Path) -> None:
    assert graded(tmp_path, CHECKS).verdict == "pass"
    assert graded(tmp_path, CHECKS.replace("expected=1", "expected=7")).verdict == "fail"


def test_what_a_check_leaves_in_its_module_is_gone_at_the_next_grading(tmp_path: Path) -> None:
    more = "def test_more(box):\n    box.call(one_add, expected=len(LEFT))\n    LEFT.append(1)\n"
    grows = f"{CHECKS}\nLEFT = [1]\n\n\n{FINE}{more}"
    assert [graded(tmp_path, grows).verdict for _ in range(2)] == ["pass", "pass"]


def test_neither_a_conftest_nor_the_environment_of_the_course_has_a_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "conftest.py").write_text("raise SystemExit(0)\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PYTEST_TIMEOUT", "soon")
    monkeypatch.setenv("PYTEST_ADDOPTS_OF_TOMORROW", "--collect-only")
    before = dict(os.environ)
    assert graded(tmp_path, CHECKS).verdict == "pass"
    assert {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"} == {
        name: value for name, value in before.items() if name != "PYTEST_VERSION"
    }


@pytest.mark.parametrize("level", ["1", "2"])
def test_without_assert_or_docstrings_nothing_is_graded(tmp_path: Path, level: str) -> None:
    lay_out(tmp_path, {"exercises/ex01_counter/counter.py": RIGHT})
    environment = os.environ | {"PYTHONOPTIMIZE": level, "PYTHONPATH": str(ROOT)}
    for words in (["ex01"], ["all", "--format", "json"], ["bulk", "exercises", "-o", "out"]):
        command = [sys.executable, "-P", "-m", "grader", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Python was started with -O or PYTHONOPTIMIZE" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_seed_decides_what_a_check_draws(tmp_path: Path) -> None:
    drawn = CHECKS.replace("box.call(one_add, expected=1)", "box.call(one_add, expected=box.random.random())")
    lay_out(tmp_path, {"exercises/ex01_counter/test_ex01.py": drawn})
    exercise = find_exercise(read_course(tmp_path), "ex01")
    answer = read(tmp_path / "solutions/ex01_counter/counter.py", "counter.py")

    def expected(seed: int) -> str:
        return grade(exercise, answer, Options(seed=seed)).checks[0].findings[0].expected

    assert expected(1) == expected(1) != expected(2)
    assert RIGHT in answer.files.values()
