"""A small course, and ways to lay out what students hand in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course, read_course

COURSE = """\
schema: grader/course/v1
title: Concurrency
points: 13
timezone: Europe/Berlin
exercises:
  - {id: ex01, folder: ex01_bank_account, title: Bank, module: bank_account.py, points: 5}
  - {id: ex04, folder: ex04_printers, title: Printers, module: printers.py, points: 8}
"""
BANK = "class InsufficientFunds(Exception): ...\nclass Account: ...\n"
PRINTERS = "def alternate(emit, parts): ...\ndef numbers_and_letters(): ...\n"


@pytest.fixture
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    (root / "course.yaml").write_text(COURSE)
    for folder, module, stub in (
        ("ex01_bank_account", "bank_account.py", BANK),
        ("ex04_printers", "printers.py", PRINTERS),
    ):
        exercise = root / "exercises" / folder
        exercise.mkdir(parents=True)
        for name, text in ((module, stub), ("README.md", ""), (f"test_{folder[:4]}.py", "")):
            (exercise / name).write_text(text)
    return read_course(root)


@pytest.fixture
def lay(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes one file below the test's folder, and returns that folder's first child."""

    def write(name: str, content: str | bytes = PRINTERS) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / name.partition("/")[0]

    return write
