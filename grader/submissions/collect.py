"""Everybody's answers, from whatever a teacher points at. One broken submission is a Handed with a problem."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError, SubmissionError
from grader.submissions.answer import Answer
from grader.submissions.bundles import Bundle, bundles_of, flat, read_way, whole
from grader.submissions.gathering import Gathering, Handed
from grader.submissions.intake import NOTEBOOK_BYTES
from grader.submissions.kinds import named_like_archive
from grader.submissions.lms_names import Who
from grader.submissions.lms_names import who as lms_who
from grader.submissions.people import people
from grader.submissions.reading import to_answer

__all__ = ["Handed", "collect", "read_handed"]


def read_handed(handed: Handed, module: str) -> Answer:
    """The answer that was handed in. Raises SubmissionError, also when there was a problem before."""
    if handed.problem is not None:
        raise SubmissionError(handed.problem)
    content = read_way(handed.path, handed.inside, NOTEBOOK_BYTES)
    origin = ": ".join((handed.path.name, *handed.inside)) if handed.inside != (handed.path.name,) else handed.path.name
    return to_answer(content, handed.inside[-1], module, origin=origin, notes=handed.notes)


def collect(
    paths: Iterable[Path],
    course: Course,
    *,
    exercise: str | None = None,
    pattern: re.Pattern[str] | None = None,
    without: Path | None = None,
) -> tuple[Handed, ...]:
    """One Handed for each person and exercise, sorted; of two from the same person the later one, which says so.

    A path is a folder or download archive with something of each person, or one person's file, folder or archive.
    `exercise` is the id of the only one that is wanted. `pattern` finds the person in a name, with groups like
    nbgrader's (student_id, first_name, last_name, email, timestamp). `without` is a folder beside theirs that is
    nobody's. Raises CourseError when a path does not exist.
    """
    gathering = Gathering(course, exercise)
    nobodys = Path(os.path.realpath(without)) if without else None
    for path in paths:
        if not path.exists() and not path.is_symlink():
            remedy = "check the name; `ls` shows what is there"
            raise CourseError(f"there is no file or folder {str(path)!r}", remedy=remedy, slug="submission-missing")
        with ExitStack() as stack:
            for who, bundle in _shared_out(path, gathering, pattern, stack, nobodys):
                gathering.take(who, bundle, path.name)
    return gathering.handed()


def _shared_out(
    path: Path, gathering: Gathering, pattern: re.Pattern[str] | None, stack: ExitStack, without: Path | None
) -> list[tuple[Who, Bundle]]:
    """The path's bundles, each with its person."""
    try:
        folder, bundles = _bundles(path, gathering, stack, without)
    except SubmissionError as error:
        folder, bundles = path.parent, (Bundle(path.name, path, None, problem=flat(error)),)
    return people(bundles, folder, gathering.specs, pattern)


def _bundles(
    path: Path, gathering: Gathering, stack: ExitStack, without: Path | None
) -> tuple[Path, tuple[Bundle, ...]]:
    """The bundles at `path`, and what they lie in: a lone folder in a folder is looked into."""
    own = whole(path)
    one_file = not path.is_dir() and not named_like_archive(path.name)
    if one_file or gathering.one_persons(own):
        return path.parent, (own,)
    bundles = bundles_of(path, stack, without)
    if path.is_dir() and len(bundles) == 1:
        inner = bundles[0]
        if inner.path.is_dir() and not gathering.one_persons(inner) and not lms_who(inner.label):
            deeper = bundles_of(inner.path, stack, without)
            if len(deeper) > 1:
                return inner.path, deeper
    return path, bundles
