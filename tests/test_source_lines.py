"""A line of a source is what Python counts as one, whatever else ends a line elsewhere."""

from __future__ import annotations

import ast
import linecache
from pathlib import Path

import pytest

from grader.source_lines import source_lines

NO_ENDS = ("\f", "\v", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
ENDS = ("\n", "\r\n", "\r")


@pytest.mark.parametrize("inside", [*NO_ENDS, *ENDS], ids=ascii)
def test_lines_are_those_of_pythons_own_count(tmp_path: Path, inside: str) -> None:
    source = f"first = 1  # {inside}#\n\n\nlast = 2\n"
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8", newline="")
    last = ast.parse(source).body[-1].lineno
    assert source_lines(source)[last - 1] == "last = 2"
    assert [f"{line}\n" for line in source_lines(source)] == linecache.getlines(str(path))


@pytest.mark.parametrize(
    ("source", "lines"), [("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""])]
)
def test_the_last_line_may_lack_its_end(source: str, lines: list[str]) -> None:
    assert source_lines(source) == lines
