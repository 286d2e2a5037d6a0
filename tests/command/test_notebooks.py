"""A notebook at the command line, from its cells to the report, as a process of its own and in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from at_a_desk import FRAMES, ROOT, Desk, solution

PIPES = "ex03_pipe_talk/pipe_talk.py"
BROKEN = (
    "class Account:\n    def __init__(self, balance=0):\n        self._history = []\n        1 / 0\n"
    + "".join(
        f"\n    def {name}(self, *_):\n        return []\n" for name in ("deposit", "withdraw", "balance", "history")
    ),
)
BANK = "ex01_bank_account/bank_account.py"


def notebook(path: Path, *cells: str) -> Path:
    """A notebook with a cell of text, then these cells of code."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Mine"), *code]), path)
    return path


def in_two(text: str, at: str) -> tuple[str, str]:
    """The text up to the line that begins with `at`, and the rest."""
    head, tail = text.split(f"\n{at}", 1)
    return head, at + tail


def test_a_right_notebook_gets_full_marks_as_a_whole_process(desk: Desk) -> None:
    head, tail = in_two(solution(PIPES), "def ")
    path = notebook(desk.root / "my.ipynb", f"%matplotlib inline\n!pip install numpy\n{head}", f"%%time\n{tail}")
    command = [sys.executable, "-m", "grader", "ex03", str(path), "--public"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=desk.root, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "7 of 7 points" in done.stdout
    assert "cell 1, line 1: '%matplotlib inline' is left out" in done.stdout
    assert "cell 1, line 2: '!pip install numpy' is left out" in done.stdout
    assert "cell 2, line 1: '%%time' is left out" in done.stdout
    assert not FRAMES.search(done.stdout + done.stderr)


def test_a_failure_names_the_cell_and_the_line_in_it(desk: Desk) -> None:
    text = solution("ex01_bank_account/wrong/no_lock.py")
    head, tail = in_two(text, "class Account")
    path = notebook(desk.root / "my.ipynb", "!ls", head, tail)
    said = desk("ex01", path, "--public")
    assert said.code == 1
    assert "cell 1, line 1: '!ls' is left out" in said.out
    line = 1 + next(n for n, line in enumerate(tail.splitlines()) if "self._balance -= amount" in line)
    assert f"cell 3:{line} self._balance -= amount" in said.out


def test_what_was_seen_names_the_cell_too(desk: Desk) -> None:
    path = notebook(desk.root / "my.ipynb", "import threading", "class InsufficientFunds(Exception): ...", *BROKEN)
    said = desk("ex01", path, "--public")
    assert "ZeroDivisionError: division by zero at bank_account.py, cell 3, line 4" in said.words
    assert "at bank_account.py, cell 3, line 4" in said.words


def test_the_same_verdicts_as_those_of_the_python_file(desk: Desk) -> None:
    text = solution("ex01_bank_account/wrong/negative_deposit.py")
    documents = [
        desk("ex01", path, "--public", "--format", "json").document
        for path in (desk.write("mine.py", text), notebook(desk.root / "my.ipynb", *in_two(text, "class Account")))
    ]
    verdicts = [[(check["id"], check["verdict"]) for check in document["checks"]] for document in documents]
    assert verdicts[0] == verdicts[1]
    assert "fail" in dict(verdicts[0]).values()


def test_a_syntax_error_names_its_cell(desk: Desk) -> None:
    path = notebook(desk.root / "my.ipynb", "x = 1", "y = 2\nprint\uff081)", solution(BANK))
    said = desk("ex01", path)
    assert said.code == 1
    assert "(FULLWIDTH LEFT PARENTHESIS) only looks like the plain (" in said.words
    assert "at bank_account.py, cell 2, line 2" in said.words


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"cells": [', "is not a notebook (line 1: Expecting value)"),
        ("not even JSON", "is not a notebook"),
        ("{}", "is not a notebook: it has no cells"),
        (json.dumps({"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5}), "is not a valid notebook"),
        (json.dumps({"cells": [], "metadata": {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
                     "nbformat": 4, "nbformat_minor": 5}), "is a notebook of r"),
    ],
)  # fmt: skip
def test_a_broken_notebook_is_told_in_one_sentence(desk: Desk, content: str, reason: str) -> None:
    said = desk("ex01", desk.write("my.ipynb", content))
    assert (said.code, said.out) == (2, "")
    assert f"'my.ipynb' {reason}" in said.err


def test_a_notebook_without_code_is_an_empty_answer(desk: Desk) -> None:
    said = desk("ex01", notebook(desk.root / "my.ipynb"))
    assert said.code == 1
    assert "the file is empty" in said.out
