"""The file of one answer is renamed or deleted: that answer cannot be graded, and everything else works."""

from __future__ import annotations

from pathlib import Path

import pytest
from at_a_desk import Desk, Said, solution

BANK = "ex01_bank_account/bank_account.py"
RIGHT = solution("ex04_printers/printers.py")


@pytest.fixture
def bare(desk: Desk) -> Desk:
    """Where ex01 has no file of its answer, and ex04 is solved."""
    (desk.root / "exercises" / BANK).unlink()
    desk.solve("ex04_printers/printers.py", RIGHT)
    return desk


def refused(said: Said) -> str:
    assert (said.code, said.out) == (2, "")
    return said.err


def test_other_exercises_are_graded_and_shown(bare: Desk) -> None:
    assert bare("ex04", "--public").code == 0
    assert "Write into exercises/ex04_printers/printers.py" in bare("show", "ex04").out
    assert bare("hint", "ex04").code == 0


def test_it_is_told_where_one_is(bare: Desk) -> None:
    said = bare()
    assert said.code == 0
    assert "there is no file exercises/ex01_bank_account/bank_account.py" in said.out


@pytest.mark.parametrize("words", [["ex01"], ["watch", "ex01"]], ids=" ".join)
def test_its_own_exercise_says_what_to_write_or_to_mend(bare: Desk, words: list[str]) -> None:
    told = refused(bare(*words))
    assert "there is no file exercises/ex01_bank_account/bank_account.py" in told
    assert "write your answer there, or mend module: bank_account.py in course.yaml  [submission-missing]" in told


def test_where_the_stub_is_kept_the_name_in_the_course_is_right(bare: Desk) -> None:
    kept = bare.root / "exercises" / "ex01_bank_account" / ".given"
    kept.mkdir()
    (kept / "bank_account.py").write_text("# the stub\n")
    told = refused(bare("ex01"))
    assert "course.yaml" not in told
    assert "copy .given/bank_account.py, the file as it was handed out, there and write into it" in told


def test_another_file_is_graded_in_its_place(bare: Desk) -> None:
    assert bare("ex01", bare.write("mine.py", solution(BANK))).code == 0


def test_all_grades_the_others_and_tells_it_after_them(bare: Desk) -> None:
    said = bare("all")
    assert said.code == 2
    assert "ok     ex04  Ordered alternating printers" in said.out
    assert "there is no file exercises/ex01_bank_account/bank_account.py" in said.err


def test_github_is_told_of_the_one_that_is_not_there(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = bare.root / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    said = bare("all", "--format", "github")
    assert said.code == 2
    assert "the answer cannot be read::there is no file exercises/ex01_bank_account/bank_account.py" in said.out
    told = {line.partition("=")[0] for line in outputs.read_text().splitlines()}
    assert {"ex01", "ex02", "ex03", "ex04"} <= told


@pytest.mark.parametrize(
    "words", [["selfcheck", "ex04"], ["release", "../edition"], ["new", "buffer"], ["bulk", ".", "-o", "out"]], ids=str
)
def test_who_makes_the_course_is_told_at_once(bare: Desk, words: list[str]) -> None:
    told = refused(bare(*words))
    assert "course.yaml:" in told
    assert "there is no file exercises/ex01_bank_account/bank_account.py" in told
    assert "write it, or mend module: bank_account.py  [course-files]" in told
    assert not Path("out").exists()
