from __future__ import annotations

import json
import re
from base64 import b64decode
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace
from sample_results import (
    DEADLOCK,
    EVERY,
    HOSTILE,
    LAYOUT,
    LOST_UPDATE,
    NO_REPLAY,
    OURS,
    OVERDRAWN,
    PASSING,
    PROBLEM,
    RACE,
    SYNTAX,
    check,
    result,
    step,
)

from grader.reports import Layout, Source
from grader.reports.github import SUMMARY_BYTES, annotated, command, write, write_crash, write_unreadable
from grader.results import ExerciseResult

OURS_ONLY = re.compile(r"::(error|notice)( (file|line|title)=[^,:]*(,(line|title)=[^,:]*)*)?::")


def runner(tmp_path: Path) -> Layout:
    names = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    return replace(LAYOUT, environment=names)


def outputs(tmp_path: Path) -> dict[str, str]:
    lines = (tmp_path / "output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    ("message", "properties", "line"),
    [
        ("plain", {}, "::error::plain"),
        ("100%\r\nnext", {}, r"::error::100%25%0Anext"),
        ("m", {"file": "a,b:c.py", "line": "3", "title": ""}, "::error file=a%2Cb%3Ac.py,line=3::m"),
    ],
)
def test_command_is_escaped_as_the_toolkit_does(message: str, properties: dict[str, str], line: str) -> None:
    assert command("error", message, **properties) == line


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_no_line_begins_a_command_but_ours(sample: ExerciseResult) -> None:
    for line in write([sample], LAYOUT).split("\n"):
        assert "##[" not in line
        assert not line.lstrip().startswith("::") or OURS_ONLY.match(line)
        assert line == "" or line.startswith(("| ", "|", "::error", "::notice"))


def test_forged_command_would_be_seen_by_these_tests() -> None:
    assert not OURS_ONLY.match("::add-mask::x")
    assert not OURS_ONLY.match("::error file=x::forged\n".replace("error", "set-output"))


def test_annotation_points_at_the_students_line() -> None:
    (line,) = annotated([RACE], LAYOUT)
    assert line.startswith("::error file=exercises/ex01_bank_account/bank_account.py,line=14,title=ex01%3A ")
    assert "%0Ahint: Two threads" in line


def test_race_without_a_line_of_its_own_points_where_the_interleaving_turns() -> None:
    steps = (step(0, 14, "read", "x"), step(0, 16, "read", "x"), step(1, 14, "read", "x"), step(0, 17, "write", "x"))
    finding = replace(OVERDRAWN, file="", line=0, trace=replace(LOST_UPDATE, steps=steps))
    (line,) = annotated([result("fail", check("a", "A", "fail", 0, findings=(finding,)))], LAYOUT)
    assert "bank_account.py,line=16,title" in line


def test_finding_without_any_place_has_no_line() -> None:
    (line,) = annotated([result("fail", check("a", "A", "fail", 0, findings=(NO_REPLAY,)))], LAYOUT)
    assert ",line=" not in line


def test_path_is_relative_to_the_repository_not_to_the_course() -> None:
    source = Source(path=Path("/repo/course/exercises/ex01_bank_account/bank_account.py"))
    layout = Layout(root=Path("/repo/course"), sources={"ex01": source}, environment={"GITHUB_WORKSPACE": "/repo"})
    (line,) = annotated([RACE], layout)
    assert "file=course/exercises/ex01_bank_account/bank_account.py,line=14," in line


def test_file_outside_of_the_repository_is_not_named() -> None:
    layout = replace(LAYOUT, root=Path("/repo"), sources={"ex01": Source(path=Path("/tmp/bank_account.py"))})
    (line,) = annotated([RACE], layout)
    assert "file=" not in line


def test_notebook_is_pointed_at_by_cell() -> None:
    source = Source(path=Path("/repo/my.ipynb"), cells={14: ("cell 3", 2)})
    (line,) = annotated([RACE], replace(LAYOUT, root=Path("/repo"), sources={"ex01": source}))
    assert "file=my.ipynb,title=" in line
    assert "cell 3, line 2" in line


def test_line_of_another_file_is_not_put_into_the_answer() -> None:
    finding = replace(NO_REPLAY, file="test_ex01.py", line=31)
    (line,) = annotated([result("fail", check("a", "A", "fail", 0, findings=(finding,)))], LAYOUT)
    assert "line=31" not in line.split("::")[1]
    assert "test_ex01.py, line 31" in line


def test_ten_errors_then_one_notice_the_dearest_first() -> None:
    checks = [check(f"c{n}", f"C{n}", "fail", 0, n, findings=(NO_REPLAY,)) for n in range(1, 14)]
    lines = list(annotated([result("fail", *checks), PROBLEM], LAYOUT))
    assert len(lines) == 11
    assert SYNTAX.title in lines[0]
    assert "C13 (0/13)" in lines[1]
    assert lines[-1].startswith("::notice title=grader::and 4 more")


def test_one_result_is_put_out_under_both_names(tmp_path: Path) -> None:
    write([RACE], runner(tmp_path))
    assert set(outputs(tmp_path)) == {"ex01", "result"}
    assert json.loads(b64decode(outputs(tmp_path)["result"]))["max_score"] == 4


def test_several_results_are_put_out_by_exercise(tmp_path: Path) -> None:
    write([RACE, DEADLOCK], runner(tmp_path))
    assert set(outputs(tmp_path)) == {"ex01", "ex04"}


def test_output_and_summary_are_appended_not_overwritten(tmp_path: Path) -> None:
    layout = runner(tmp_path)
    (tmp_path / "output").write_text("before=1\n")
    write([RACE], layout)
    assert outputs(tmp_path)["before"] == "1"


def test_without_a_runner_nothing_is_written_and_nothing_fails() -> None:
    assert "::error" in write([RACE], LAYOUT)


def test_passing_run_has_no_annotation() -> None:
    assert "::" not in write([PASSING], LAYOUT)


def test_what_could_not_be_measured_is_no_error() -> None:
    assert len(list(annotated([OURS], LAYOUT))) == 1


def test_summary_is_never_so_long_that_it_would_be_dropped(tmp_path: Path) -> None:
    long = result(
        "fail", *(check(f"c{n}", "T", "fail", 0, findings=(replace(NO_REPLAY, saw="`" * 4000),)) for n in range(90))
    )
    write([long, RACE, long], runner(tmp_path))
    text = (tmp_path / "summary.md").read_text()
    assert len(text.encode()) < SUMMARY_BYTES + 1000
    assert "more exercises" in text


def test_crash_gives_no_points_and_says_whose_fault_it_is(tmp_path: Path) -> None:
    text = write_crash("ex01", Fraction(4), f"KeyError{HOSTILE}", runner(tmp_path))
    assert text.count("\n") == 1
    assert "not the answer's fault" in text
    assert json.loads(b64decode(outputs(tmp_path)["ex01"]))["status"] == "error"


def test_answer_that_cannot_be_read_fails_and_says_why(tmp_path: Path) -> None:
    text = write_unreadable("ex01", Fraction(4), f"'a.py' is saved as UTF-16{HOSTILE}", runner(tmp_path))
    assert text.count("\n") == 1
    assert text.startswith("::error title=ex01%3A the answer cannot be read::'a.py' is saved as UTF-16")
    whole = json.loads(b64decode(outputs(tmp_path)["ex01"]))
    assert (whole["status"], whole["max_score"]) == ("fail", 4)
    assert whole["tests"][0]["name"].startswith("the answer cannot be read: 'a.py' is saved as UTF-16")
