"""A desk in a copy of the course, so that no test touches the repository's own files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from at_a_desk import Desk, copy_course

from grader import desk as at_the_desk
from grader.errors import InternalError
from grader.exercises import ExerciseOnDisk
from grader.results import ExerciseResult


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    root = copy_course(tmp_path / "course")
    monkeypatch.chdir(root)
    # Where reports of our own faults are written.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return Desk(root, capsys)


@pytest.fixture
def ungraded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the exercises that would have been graded; nothing is."""
    asked: list[str] = []

    def refuse(exercise: ExerciseOnDisk, *_: object) -> ExerciseResult:
        asked.append(exercise.spec.id)
        raise InternalError("this double grades nothing")

    monkeypatch.setattr(at_the_desk, "grade", refuse)
    return asked
