"""Plain `pytest exercises/ex04_printers`: the same verdicts as `grade`, and no frame of the grader's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_desk import FRAMES, ROOT, Desk, solution, stub
from mini_course import CHECKS, NO_LOCK, RIGHT, lay_out

PRINTERS = "ex04_printers/printers.py"
LINE = re.compile(r"^(PASSED|FAILED|ERROR) \S+::test_(\w+)", re.MULTILINE)
VERDICT = {"PASSED": "pass", "FAILED": "fail", "ERROR": "error"}


def plain_pytest(root: Path, *words: str) -> tuple[int, str]:
    """The exit code and all that is printed of `pytest words` typed in `root`, as a process of its own."""
    shutil.copy(ROOT / "pyproject.toml", root)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("answer", ["right", "wrong", "stub"])
def test_the_verdicts_are_those_of_grade(desk: Desk, answer: str) -> None:
    text = {
        "right": solution(PRINTERS),
        "wrong": solution("ex04_printers/wrong/exhausted_keeps_the_turn.py"),
        "stub": stub(PRINTERS),
    }[answer]
    desk.solve(PRINTERS, text)
    said = desk("ex04", "--public", "--format", "json")
    code, shown = plain_pytest(desk.root, "exercises/ex04_printers")
    assert code == said.code
    assert {name: VERDICT[word] for word, name in LINE.findall(shown)} == {
        check["id"]: check["verdict"] for check in said.document["checks"]
    }
    assert not FRAMES.search(shown)
    for check in said.document["checks"]:
        for finding in check["findings"]:
            assert finding["title"] in shown
            assert f"  saw       {finding['saw']}" in shown
            assert finding["replay"] in shown


def test_a_byte_order_mark_changes_no_verdict(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"exercises/ex01_counter/counter.py": "\ufeff" + RIGHT.replace("\n", "\r\n")})
    assert plain_pytest(root, "exercises")[0] == 0


UNREADABLE = {
    "Latin-1": (RIGHT.encode() + b"# \xfc\n", "'counter.py' is not utf-8: byte 0xfc in line 15"),
    "NUL": (RIGHT.encode() + b"#\0\n", "'counter.py' has a NUL byte in line 15"),
    "too long": (RIGHT.encode() + b"#" * 300_000, "'counter.py' is larger than 256 KiB"),
    "LFS": (b"version https://git-lfs.github.com/spec/v1\n", "'counter.py' is a Git LFS pointer"),
}


@pytest.mark.parametrize(("content", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_grade_does_not_read_passes_no_check(tmp_path: Path, content: bytes, told: str) -> None:
    root = lay_out(tmp_path)
    (root / "exercises/ex01_counter/counter.py").write_bytes(content)
    code, shown = plain_pytest(root, "exercises")
    assert code == 1
    assert told in shown
    assert {word for word, _ in LINE.findall(shown)} == {"FAILED"}
    assert not FRAMES.search(shown)


def test_an_answer_that_is_a_link_passes_no_check(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"mine.py": RIGHT})
    (root / "exercises/ex01_counter/counter.py").unlink()
    (root / "exercises/ex01_counter/counter.py").symlink_to(root / "mine.py")
    code, shown = plain_pytest(root, "exercises")
    assert (code, "'counter.py' is a link" in shown) == (1, True)


def test_an_answer_in_the_encoding_that_it_names_is_read_as_grade_reads_it(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    text = f"# coding: latin-1\n{RIGHT}# \xfc\n"
    (root / "exercises/ex01_counter/counter.py").write_bytes(text.encode("latin-1"))
    assert plain_pytest(root, "exercises")[0] == 0


def test_an_answer_that_is_not_there_fails_its_own_checks_and_no_others(desk: Desk) -> None:
    desk.solve(PRINTERS, solution(PRINTERS))
    (desk.root / "exercises/ex01_bank_account/bank_account.py").unlink()
    code, shown = plain_pytest(desk.root, "exercises/ex01_bank_account", "exercises/ex04_printers")
    assert code == 1
    assert "there is no file exercises/ex01_bank_account/bank_account.py" in shown
    assert re.findall(r"^FAILED (?!exercises/ex01_bank_account/)", shown, re.MULTILINE) == []
    assert re.search(r"^PASSED exercises/ex04_printers/", shown, re.MULTILINE)
    assert not FRAMES.search(shown)


def test_a_failure_shows_the_interleaving_and_how_to_replay_it(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"exercises/ex01_counter/counter.py": NO_LOCK})
    code, shown = plain_pytest(root, "exercises", "-k", "both")
    assert code == 1
    assert re.search(r"^      A +line 11 +read self\._count = 0", shown, re.MULTILINE)
    assert "  hint      Lock." in shown
    assert "  replay    grade replay ex01 counts_both~0~0~" in shown


def test_a_broken_course_is_told_in_its_own_words(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    (root / "course.yaml").write_text((root / "course.yaml").read_text().replace("points: 2\ne", "points: 7\ne"))
    code, shown = plain_pytest(root, "exercises")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "course.yaml:3: points: 7 is not the sum of the exercises' points, which is 2" in shown
    assert not FRAMES.search(shown)


def test_a_check_that_skips_is_skipped_with_its_reason(tmp_path: Path) -> None:
    skips = "import pytest\n\n" + CHECKS.replace("    box.call(", "    pytest.skip('one core')\n    box.call(")
    root = lay_out(tmp_path, {"exercises/ex01_counter/counter.py": RIGHT, "exercises/ex01_counter/test_ex01.py": skips})
    code, shown = plain_pytest(root, "exercises")
    assert code == 0
    assert "1 passed, 1 skipped" in shown
    assert ": one core" in shown


def test_a_check_that_fails_by_its_own_fault_is_no_fault_of_the_answer(tmp_path: Path) -> None:
    faulty = CHECKS.replace("    box.call(one_add, expected=1)", "    box.call(one_add, expected=no_such_name)")
    root = lay_out(
        tmp_path, {"exercises/ex01_counter/counter.py": RIGHT, "exercises/ex01_counter/test_ex01.py": faulty}
    )
    code, shown = plain_pytest(root, "exercises", "-k", "test_counts and not both")
    assert code == 1
    assert "NameError: name 'no_such_name' is not defined\n(this check itself failed; it costs no points)" in shown
