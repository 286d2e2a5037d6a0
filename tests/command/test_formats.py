"""What `--format` writes, and what is said when the fault is ours."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from at_a_desk import Desk, Said, copy_course

from grader import cli
from grader import desk as at_the_desk
from grader.course import read_course
from grader.exercises import find_exercise
from grader.grading import Options, grade
from grader.reports.classroom50 import NAMES
from grader.results import ExerciseResult
from grader.submissions import read

WRONG = "ex01_bank_account/wrong/negative_deposit.py"
Report: TypeAlias = Callable[..., Said]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> ExerciseResult:
    """A wrong answer's result, of which there is a report in each format."""
    root = copy_course(tmp_path_factory.mktemp("graded") / "course")
    path = root / "solutions" / WRONG
    return grade(find_exercise(read_course(root), "ex01"), read(path, "bank_account.py"), Options(hidden=False))


@pytest.fixture
def report(desk: Desk, graded: ExerciseResult, monkeypatch: pytest.MonkeyPatch) -> Report:
    def told(form: str, *more: str) -> Said:
        monkeypatch.setattr(at_the_desk, "grade", lambda *_: graded)
        said = desk("ex01", "--public", "--format", form, *more)
        assert said.code == 1
        return said

    return told


def test_text_has_no_colour_where_there_is_no_terminal(report: Report) -> None:
    assert "\x1b" not in report("text").out


def test_json_is_one_document(report: Report) -> None:
    document = report("json").document
    assert (document["schema"], document["exercise"], document["verdict"]) == ("grader/result/v1", "ex01", "fail")
    assert sum(check["score"] for check in document["checks"]) == document["score"]


def test_junit_is_xml(report: Report) -> None:
    suites = ElementTree.fromstring(report("junit").out)
    assert suites.tag == "testsuites"
    suite = suites.find("testsuite")
    assert suite is not None
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) != "0"


def test_github_has_annotations_and_the_runners_files(
    desk: Desk, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(desk.root / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(desk.root / "summary"))
    assert "\n::error " in report("github").out
    assert "ex01=" in (desk.root / "output").read_text()
    assert "ex01 Lock" in (desk.root / "summary").read_text()


def test_gradescope_is_json(report: Report) -> None:
    assert report("gradescope").document["tests"]


def test_classroom50_is_json_with_the_names_of_the_run(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES.values():
        monkeypatch.setenv(name, name.lower())
    assert report("classroom50").document["classroom"] == "classroom"


def test_classroom50_elsewhere_says_what_is_missing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLASSROOM", raising=False)
    said = desk("ex01", "--public", "--format", "classroom50")
    assert said.code == 2
    assert "the environment has no CLASSROOM" in said.err


@pytest.mark.parametrize(("form", "begins"), [("html", "<!doctype html>"), ("markdown", "#")])
def test_pages_are_pages(report: Report, form: str, begins: str) -> None:
    assert report(form).out.lower().startswith(begins)


def test_every_format_of_the_command_is_written(desk: Desk) -> None:
    from grader.reports import WRITERS

    assert set(cli.FORMATS) == set(WRITERS)


def test_a_report_goes_into_a_file_when_asked(desk: Desk, report: Report) -> None:
    said = report("json", "--output", "report.json")
    assert said.out == ""
    assert json.loads((desk.root / "report.json").read_text())["exercise"] == "ex01"


def test_a_report_that_cannot_be_written_is_told(desk: Desk) -> None:
    said = desk("ex01", "--public", "--output", "no/such/folder/report.txt")
    assert said.code == 2
    assert "cannot write to 'no/such/folder/report.txt': No such file or directory" in said.err


# ---- our own faults


def test_our_own_fault_ends_with_3_and_a_file_to_send(desk: Desk, ungraded: list[str]) -> None:
    said = desk("ex01")
    assert said.code == 3
    assert "The grader itself failed (this costs no points)." in said.err
    assert "this double grades nothing" in said.err
    log = Path(said.err.split("Please send ")[1].split(" to the course team")[0])
    assert "Traceback" in log.read_text()
    log.unlink()


def test_our_own_fault_is_written_down_whatever_its_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a file named\n\udcff")

    monkeypatch.setattr(at_the_desk, "grade", fail)
    said = desk("ex01")
    assert said.code == 3
    log = Path(said.err.split("Please send ")[1].split(" to the course team")[0])
    assert r"\udcff" in log.read_text()
    log.unlink()


def test_our_own_fault_is_told_to_github(desk: Desk, ungraded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(desk.root / "output"))
    said = desk("ex01", "--format", "github")
    assert said.code == 3
    assert said.out.startswith("::error title=ex01%3A the grader itself failed")
    assert "this double grades nothing" in said.out
    assert (desk.root / "output").read_text().startswith("result=")
    Path(said.err.split("Please send ")[1].split(" to the course team")[0]).unlink()
