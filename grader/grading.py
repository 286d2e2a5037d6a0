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
from grader.results import ExerciseResult, Submitted, Tier
from grader.scoring import maximum, total, verdict_of
from grader.submissions.answer import Answer
from grader.trace import Token, Trace
from grader.version import VERSION

PYTEST = (
    "-c", "/dev/null", "--noconftest", "--import-mode=importlib", "--assert=plain",
    "-p", "no:cacheprovider", "-p", "no:doctest", "-p", "no:unittest", "-p", "no:junitxml", "-p", "no:pastebin",
    "-p", "no:debugging", "-p", "no:faulthandler", "-p", "no:logging", "-p", "no:terminal", "-p", "no:capture",
    "-p", "grader.checks.plugin", "-p", "pytest_timeout",
)  # fmt: skip
"""pytest without anything that a folder or an environment could slip in, and without what costs start-up time."""


class Options(Struct, frozen=True):
    seed: int = 0
    hidden: bool = True
    """Whether hidden checks count too, where the course has them."""
    tier: Tier | None = None
    """The tier to use; None takes the strongest that works here."""


def grade(exercise: ExerciseOnDisk, answer: Answer, options: Options) -> ExerciseResult:
    """Grade one answer. Raises CourseError or InternalError where the marks would not be the answer's."""
    session = Session(exercise, answer.files, seed=options.seed, tier=options.tier)
    try:
        _run_checks(session, _modules(exercise, options.hidden))
        return _result(session, exercise, answer)
    finally:
        session.close()


def replay(exercise: ExerciseOnDisk, answer: Answer, token: Token, options: Options) -> Trace:
    """Run one schedule again, step by step. Raises CourseError when the token does not fit."""
    session = Session(exercise, answer.files, seed=token.seed, tier=options.tier, replay=token)
    try:
        trace = _run_checks(session, _modules(exercise, options.hidden), only=token.check)
    finally:
        session.close()
    if trace is not None:
        return trace
    raise CourseError(
        f"the token {token} does not fit {exercise.spec.id}: it has no check {token.check!r} that explores so often",
        remedy=f"copy the token from the newest report of `grade {exercise.spec.id}`",
        slug="replay-token",
    )


def _modules(exercise: ExerciseOnDisk, hidden: bool) -> list[Path]:
    return [exercise.checks] + ([exercise.hidden] if hidden and exercise.hidden else [])


def _run_checks(session: Session, modules: list[Path], only: str = "") -> Trace | None:
    """Run the check modules with pytest in this process; what comes of them lies in the session.

    Returns the trace when the session replays a token and the check came to it.
    """
    with _clean_environment():
        session.prepare(modules)
        import pytest

        from grader.checks.plugin import Sessions

        sessions = Sessions(session)
        keep = ["-k", f"test_{only}"] if only else []
        pytest.main([*PYTEST, f"--rootdir={modules[0].parent}", *keep, *map(str, modules)], plugins=[sessions])
    if sessions.broken:
        raise CourseError(
            f"the checks of {session.exercise.spec.id} cannot be run:\n{sessions.broken}",
            remedy=f"mend the check module, then try `grade selfcheck {session.exercise.spec.id}`",
            slug="check-module",
        )
    if sessions.failed:
        raise InternalError(sessions.failed)
    return sessions.replayed


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Nothing in the environment may change which plug-ins or options pytest runs with."""
    kept = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
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
