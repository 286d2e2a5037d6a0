"""One submission from load to grade: the whole pipeline on one screen.

answer -> box (started first, so that it warms up while pytest is imported)
       -> pytest on the exercise's check modules, in this process, with nothing of the answer's beside them
       -> results, points, verdict
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from grader.checks.session import Session
from grader.errors import CourseError, InternalError
from grader.exercises import ExerciseOnDisk
from grader.results import ExerciseResult, Rerun, Submitted, Tier
from grader.scoring import maximum, total, verdict_of
from grader.submissions.answer import Answer
from grader.trace import Token, Trace
from grader.version import VERSION

_UNUSED = (
    "cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "pastebin",
    "recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminal", "threadexception", "unittest",
    "unraisableexception", "warnings",
)  # fmt: skip
"""Plugins of pytest's own that checks have no use for. Importing them takes longer than many a check."""
PYTEST = (
    "-c", "/dev/null", "--noconftest", "--import-mode=importlib", "--assert=plain",
    *(word for name in _UNUSED for word in ("-p", f"no:{name}")),
    "-p", "grader.checks.plugin", "-p", "pytest_timeout",
)  # fmt: skip
"""pytest without anything that a folder or an environment could slip in, and without what costs start-up time."""

CHECKS = 60
"""More checks than any exercise has: so many time limits one grading may take before its worker is killed."""


class Options(Struct, frozen=True):
    seed: int = 0
    hidden: bool = True
    """Whether hidden checks count too, where the course has them."""
    tier: Tier | None = None
    """The tier to use; None takes the strongest that works here."""
    confirm: bool = False
    """Whether passes are confirmed from outside the box: for marks that are recorded (docs/decisions/0014)."""


def grade(exercise: ExerciseOnDisk, answer: Answer, options: Options) -> ExerciseResult:
    """Grade one answer. Raises CourseError or InternalError where the marks would not be the answer's."""
    session = Session(exercise, answer.files, seed=options.seed, tier=options.tier, confirm=options.confirm)
    try:
        _run_checks(session, _modules(exercise, options.hidden))
        return _result(session, exercise, answer)
    finally:
        session.close()


def replay(exercise: ExerciseOnDisk, answer: Answer, token: Token, options: Options) -> Trace:
    """Every step of one schedule, run again. Raises CourseError when the token does not fit."""
    return rerun(exercise, answer, token, options).trace


def rerun(exercise: ExerciseOnDisk, answer: Answer, token: Token, options: Options) -> Rerun:
    """Run one schedule again, with what its check says about it. Raises CourseError when the token does not fit."""
    session = Session(exercise, answer.files, seed=token.seed, tier=options.tier, replay=token)
    try:
        told = _run_checks(session, _modules(exercise, options.hidden), only=token.check)
        problem = session.problem
    finally:
        session.close()
    if told is not None:
        return told
    message = f"it has no check {token.check!r} that explores so often"
    if problem is not None:
        message = f"{answer.origin} cannot be run at all: {problem.title}"
    raise CourseError(
        f"the token {token} does not fit {exercise.spec.id}: {message}",
        remedy=f"copy the token from the newest report of `grade {exercise.spec.id}`, and name the same file after it",
        slug="replay-token",
    )


def _modules(exercise: ExerciseOnDisk, hidden: bool) -> list[Path]:
    return [exercise.checks] + ([exercise.hidden] if hidden and exercise.hidden else [])


def _run_checks(session: Session, modules: list[Path], only: str = "") -> Rerun | None:
    """Run the check modules with pytest in this process; what comes of them lies in the session.

    Returns what was replayed when the session has a token and the check came to it. Raises KeyboardInterrupt at Ctrl-C.
    """
    with _clean_environment():
        session.prepare(modules)
        import pytest

        from grader.checks.plugin import Sessions

        sessions = Sessions(session)
        keep = ["-k", f"test_{only}"] if only else []
        try:
            pytest.main([*PYTEST, *keep, *_places(modules)], plugins=[sessions])
        finally:
            _forget(modules)
    if sessions.broken:
        raise CourseError(
            f"the checks of {session.exercise.spec.id} cannot be run:\n{sessions.broken}",
            remedy=f"mend the check module, then try `grade selfcheck {session.exercise.spec.id}`",
            slug="check-module",
        )
    if sessions.failed:
        raise InternalError(sessions.failed)
    if sessions.stopped:
        raise KeyboardInterrupt
    return sessions.replayed


def _places(modules: list[Path]) -> list[str]:
    """Where the check modules lie, as pytest's arguments.

    Seen from the current folder, which is the course's or in it: what the course's folder is called does not come in.
    Pytest takes what follows a `[` or `::` in an argument for the name of a check, and `$HOME` for a variable.
    """
    folder = os.path.relpath(modules[0].parent)
    # Without the second, pytest lists every folder from here up to the root of the file system.
    return [f"--rootdir={folder}", f"--confcutdir={folder}", *map(os.path.relpath, modules)]


def _forget(modules: list[Path]) -> None:
    """Pytest takes a module of the same name that it has imported before; each grading shall have its own."""
    files = set(map(str, modules))
    for name in [name for name, module in sys.modules.items() if getattr(module, "__file__", None) in files]:
        del sys.modules[name]


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Nothing in the environment may change which plug-ins or options pytest runs with."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PYTEST_")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(kept)


def _result(session: Session, exercise: ExerciseOnDisk, answer: Answer) -> ExerciseResult:
    checks = tuple(session.results)
    if not checks:
        raise InternalError(f"not one check of {exercise.spec.id} was run: that is never a pass")
    return ExerciseResult(
        exercise=exercise.spec.id,
        title=exercise.spec.title,
        verdict=verdict_of(checks),
        score=total(checks),
        max_score=maximum(checks),
        seed=session.seed,
        tier=session.tier,
        python=".".join(map(str, sys.version_info[:3])),
        grader=VERSION,
        submission=Submitted(answer.origin, answer.sha256, (*answer.notes, *session.notes)),
        checks=checks,
        problem=session.problem,
    )
