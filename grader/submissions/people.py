"""Whose each bundle is: by the learning system's names, the clones' slug, the teacher's pattern, or plain names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from grader.course import ExerciseSpec
from grader.errors import SubmissionError
from grader.submissions import git_repo, lms_names
from grader.submissions.answer import printable
from grader.submissions.bundles import Bundle
from grader.submissions.intake import KIB, NOTEBOOK_BYTES
from grader.submissions.lms_names import Who
from grader.submissions.matching import take_apart

_METADATA = "submission_metadata.yml"
_SETTINGS = ".classroom50.yaml"
_ROSTERS = frozenset({"classroom_roster.csv", "roster.csv", "students.csv"})
_SUFFIX = re.compile(r"(\.tar)?\.[A-Za-z0-9]{1,5}$")
_NOT_WORK = re.compile(r"(.*\.(csv|ya?ml|json|md|log)|(readme|license|index)(\..*)?)", re.IGNORECASE)
"""What teachers and systems leave beside submissions."""


def people(
    bundles: Sequence[Bundle], container: Path, specs: Iterable[ExerciseSpec], pattern: re.Pattern[str] | None
) -> list[tuple[Who, Bundle]]:
    """Each bundle with the person (of a group: each person) whose it is; the systems' own files are left out."""
    groups = _gradescope(bundles)
    slug = _slug(bundles, container)
    names = _roster(bundles)
    found: list[tuple[Who, Bundle]] = []
    for bundle in bundles:
        mine = groups.get(bundle.label) or _one(bundle, slug, tuple(specs), pattern)
        found += [(replace(who, name=who.name or names.get(who.student.lower(), "")), bundle) for who in mine]
    return [(_printable(who), bundle) for who, bundle in found]


def _one(
    bundle: Bundle, slug: str, specs: tuple[ExerciseSpec, ...], pattern: re.Pattern[str] | None
) -> tuple[Who, ...]:
    if pattern is not None and (who := lms_names.by_pattern(pattern, bundle.label)):
        return (who,)
    if who := lms_names.who(bundle.label):
        return (who,)
    if settings := _settings(bundle):
        return (lms_names.classroom50(settings, bundle.label),)
    if slug and (who := lms_names.github(bundle.label, slug)):
        return (who,)
    if bundle.lone and _not_work(bundle.label):
        return ()
    return (Who(_plain_name(bundle.label, specs), order=_copy(bundle.label)),)


def _settings(bundle: Bundle) -> bytes:
    """Of a Classroom 50 repository; empty when it is none."""
    if bundle.holder is None or _SETTINGS not in bundle.names:
        return b""
    try:
        return bundle.holder.read(_SETTINGS, 64 * KIB)
    except SubmissionError:
        return b""  # the file is the student's to spoil


def _gradescope(bundles: Sequence[Bundle]) -> dict[str, tuple[Who, ...]]:
    for bundle in bundles:
        if bundle.label == _METADATA and bundle.holder:
            return lms_names.gradescope(bundle.holder.read(_METADATA, 2 * NOTEBOOK_BYTES))
    return {}


def _slug(bundles: Sequence[Bundle], container: Path) -> str:
    """The slug of a folder of clones; empty when these are no clones."""
    folders = [bundle.label for bundle in bundles if not bundle.lone]
    cloned = container.is_dir() and any(git_repo.is_checkout(bundle.path) for bundle in bundles)
    if not cloned and not container.name.endswith("-submissions"):
        return ""
    return lms_names.slug_of(container.name, folders)


def _roster(bundles: Sequence[Bundle]) -> dict[str, str]:
    """Login in lower case -> name, from a roster that lies beside the clones."""
    for bundle in bundles:
        if bundle.label in _ROSTERS and bundle.holder:
            try:
                text = bundle.holder.read(bundle.label, NOTEBOOK_BYTES).decode("utf-8-sig", "replace")
            except SubmissionError:
                return {}
            return dict(filter(None, map(_listed, csv.DictReader(io.StringIO(text)))))
    return {}


def _listed(row: dict[str, str | None]) -> tuple[str, str] | None:
    login = row.get("github_username") or row.get("username")
    both = f"{row.get('first_name') or ''} {row.get('last_name') or ''}".strip()
    name = row.get("name") or both or row.get("identifier")
    return (login.lower(), name) if login and name else None


def _not_work(label: str) -> bool:
    return _NOT_WORK.fullmatch(label) is not None and take_apart(label) is None


def _plain_name(label: str, specs: tuple[ExerciseSpec, ...]) -> str:
    """alice, of alice.py, ex04_alice.ipynb, alice_printers.py, "alice (1).zip"; the whole stem if nothing is left."""
    apart = take_apart(label)
    stem = apart.stem if apart else _SUFFIX.sub("", label)
    name = re.sub(r" ?\(\d+\)$", "", stem)
    for spec in specs:
        for word in (spec.folder, spec.module.removesuffix(".py"), rf"ex(?:ercise)?[-_ ]?0*{spec.number}"):
            # with the word goes one of the separators beside it; others are the person's own
            name = re.sub(rf"(?i)(?:^|(?<=[-_ ])){word}(?:[-_ ]|$)", "", name)
    return name.strip("-_ ") or stem


def _copy(label: str) -> int:
    apart = take_apart(label)
    found = re.search(r"\((\d+)\)$", _SUFFIX.sub("", label))
    return apart.copy if apart else int(found[1]) if found else 0


def _printable(who: Who) -> Who:
    return replace(who, student=printable(who.student), name=printable(who.name))
