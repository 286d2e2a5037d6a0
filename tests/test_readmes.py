"""The tasks of the exercises as a student reads them in a terminal, which folds prose, but no pictures or commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.reports.safe_text import width

ROOT = Path(__file__).resolve().parent.parent
READMES = sorted((ROOT / "exercises").glob("*/README.md"))
COLUMNS = 76


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line that nobody folds: between fences, and indented code."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.match("```|~~~", line):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield number, line


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_pictures_and_commands_fit_a_window(readme: Path) -> None:
    lines = unfolded(readme.read_text(encoding="utf-8"))
    assert [f"line {number}: {line}" for number, line in lines if width(line) > COLUMNS] == []


def test_every_exercise_is_looked_at() -> None:
    assert len(READMES) == len([path for path in (ROOT / "exercises").iterdir() if path.is_dir()])


def test_the_look_at_pictures_would_notice() -> None:
    text = f"{'prose ' * 40}\n```\n{'═' * 77}\n```\n\n    {'x' * 73}\n"
    assert [number for number, line in unfolded(text) if width(line) > COLUMNS] == [3, 6]
