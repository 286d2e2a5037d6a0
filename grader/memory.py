"""What `grade` remembers between two runs at a desk: the last result of each exercise, the hints already read.

A small JSON file in `.grade/` beside course.yaml. Losing it loses no work: an unreadable file counts as none,
and a folder that cannot be written to is no reason not to grade.
"""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Struct

from grader.results import ExerciseResult, Verdict

Points: TypeAlias = Annotated[str, Meta(pattern="^[0-9]+(/[1-9][0-9]*)?$")]
"""An exact fraction: "7/2"."""


class Remembered(Struct, frozen=True):
    sha256: str
    verdict: Verdict
    points: Points
    most: Points
    """What the checks that were run are worth: less than the exercise's points where the hidden ones are not there."""
    title: str
    """What to say of it in one clause."""

    @property
    def score(self) -> Fraction:
        return Fraction(self.points)

    @property
    def max_score(self) -> Fraction:
        return Fraction(self.most)


class _Memory(Struct):
    results: dict[str, Remembered] = {}
    hints: dict[str, int] = {}


def results(root: Path) -> dict[str, Remembered]:
    return _read(root).results


def hints_seen(root: Path, exercise: str) -> int:
    return _read(root).hints.get(exercise, 0)


def remember_hint(root: Path, exercise: str, stage: int) -> None:
    memory = _read(root)
    memory.hints[exercise] = stage
    _write(root, memory)


def remember_result(root: Path, result: ExerciseResult) -> None:
    memory = _read(root)
    memory.results[result.exercise] = Remembered(
        result.submission.sha256, result.verdict, str(result.score), str(result.max_score), _clause(result)
    )
    _write(root, memory)


def _clause(result: ExerciseResult) -> str:
    if result.problem:
        return result.problem.title
    for verdict, words in (("error", "could not be run"), ("fail", "fail"), ("skip", "could not be measured here")):
        if count := sum(check.verdict == verdict for check in result.checks):
            return f"{count} of {len(result.checks)} checks {words}"
    return "done"


def _path(root: Path) -> Path:
    return root / ".grade" / "memory.json"


def _read(root: Path) -> _Memory:
    try:
        return msgspec.json.decode(_path(root).read_bytes(), type=_Memory)
    except (OSError, msgspec.MsgspecError):
        return _Memory()


def _write(root: Path, memory: Any) -> None:
    path = _path(root)
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_bytes(msgspec.json.format(msgspec.json.encode(memory)))
        scratch.replace(path)
