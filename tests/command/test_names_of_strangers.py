"""Names that students chose may hold anything; what `grade bulk` prints of them steers no terminal."""

from __future__ import annotations

from pathlib import Path

from grader.bulk.outputs import Graded, summary
from grader.submissions.collect import Handed


def test_the_list_of_refused_submissions_is_inert() -> None:
    handed = Handed(student="eve\x1b[2J\u202e", name="", exercise="ex04", path=Path("x.py"))
    graded = [Graded(handed, None, refused="no\x07 answer"), Graded(handed, None, trouble="\x9b31m")]
    told = summary(Path("out"), graded)
    assert r"eve\x1b[2J\u202e" in told
    assert r"no\x07 answer" in told
    assert all(line.isprintable() for line in told.splitlines())
