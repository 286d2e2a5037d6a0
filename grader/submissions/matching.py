"""Which of the files that somebody handed in is the answer to which exercise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from grader.course import ExerciseSpec
from grader.errors import SubmissionError

_ODD_SUFFIX = re.compile(r"(\.ipynb|\.py)(\.txt|\.json|\.py|\.ipynb)*$", re.IGNORECASE)
_COPY = re.compile(r"( ?\(\d+\)|-\d{1,2}| ?-? ?copy( ?\d+)?| ?-? ?kopie)$", re.IGNORECASE)
_NOT_ANSWERS = re.compile(r"(test_.*|.*_test|conftest|setup|__init__|noxfile|sitecustomize|usercustomize)$")


class Name(Struct, frozen=True):
    """A file's name, taken apart: `printers (1).ipynb.json` is printers, copy, notebook."""

    full: str
    """Without the suffixes."""
    stem: str
    """Without the sign of a copy, too."""
    notebook: bool
    copy: int
    """0, or the number of the copy: 1 for `printers (1).py`."""


def take_apart(name: str) -> Name | None:
    """The parts of a file's name; None when it is neither Python nor a notebook."""
    match = _ODD_SUFFIX.search(name)
    if match is None:
        return None
    full = stem = name[: match.start()]
    copy = 0
    if found := _COPY.search(stem):
        digits = re.search(r"\d+", found[0])
        stem, copy = stem[: found.start()], int(digits[0]) if digits else 1
    return Name(full, stem.strip(), ".ipynb" in match[0].lower(), copy)


def mentions(text: str, spec: ExerciseSpec) -> bool:
    """Whether a file's or folder's name speaks of the exercise: ex04, ex4, Exercise-04, printers."""
    words = re.sub(r"[^a-z0-9]+", " ", text.lower())
    module, slug = spec.module.removesuffix(".py"), spec.folder.partition("_")[2]
    own = [re.sub(r"[^a-z0-9]+", " ", each.lower()) for each in (module, slug)]
    numbered = rf"\b(ex|exercise|uebung|aufgabe|task|hw) ?0*{spec.number}\b"
    return re.search(numbered, words) is not None or any(re.search(rf"\b{each}\b", words) for each in own if each)


def rank(name: str, spec: ExerciseSpec, *, only: bool) -> int | None:
    """How well a relative name fits an exercise, 0 best; None when it does not.

    0: the module's name; 1: that, mangled; 2: a name that speaks of the exercise; 3: in a folder that does;
    4: anything, when `only` one exercise is asked for.
    """
    *folders, last = name.split("/")
    if last == spec.module:
        return 0
    apart = take_apart(last)
    if apart is None or not is_answer_like(last):
        return None
    if apart.stem.lower() == spec.module.removesuffix(".py").lower():
        return 1
    if mentions(apart.full, spec):
        return 2
    if any(mentions(folder, spec) for folder in folders):
        return 3
    return 4 if only else None


def is_answer_like(name: str) -> bool:
    """Whether a file could be anybody's answer to anything: Python or a notebook, and no test."""
    apart = take_apart(name.rpartition("/")[2])
    return apart is not None and not _NOT_ANSWERS.match(apart.stem.lower())


def is_module(name: str, spec: ExerciseSpec) -> bool:
    """Whether a file has the module's name, mangled perhaps, wherever it lies."""
    return rank(name, spec, only=False) in (0, 1)


def is_near(name: str, spec: ExerciseSpec) -> bool:
    """Whether this is the exercise's module at the top or in the exercise's folder: `ex04/printers.py`."""
    *folders, last = name.split("/")
    if not is_module(last, spec):
        return False
    if folders[:1] == ["exercises"]:
        del folders[0]
    names = {spec.id, f"ex{spec.number}", spec.folder, spec.folder.partition("_")[2]}
    return not folders or (len(folders) == 1 and folders[0].lower().replace("-", "_") in names)


class Choice(Struct, frozen=True):
    """The file that was chosen, and what is to be said about it."""

    name: str
    notes: tuple[str, ...] = ()


def choose(
    names: Iterable[str], spec: ExerciseSpec, *, others: Iterable[ExerciseSpec] = (), only: bool = False
) -> Choice | None:
    """The answer to an exercise among `names`; None when there is none.

    A name that fits one of the `others` better is theirs. The best name wins, then the least deep, then Python
    over notebook, then the highest copy number; the rest is said in notes. Raises SubmissionError when two are
    equally good.
    """
    others = [other for other in others if other.id != spec.id]
    ranked = [
        (mine, name)
        for name in names
        if (mine := rank(name, spec, only=only)) is not None
        and all(theirs is None or theirs >= mine for theirs in (rank(name, other, only=False) for other in others))
    ]
    if not ranked:
        return None
    best = min(ranked)[0]
    group = sorted((name for mine, name in ranked if mine == best), key=_preference)
    if len(group) > 1 and _preference(group[0]) == _preference(group[1]):
        raise _two(group[0], group[1], spec)
    return Choice(group[0], _said(group, best, spec))


def _preference(name: str) -> tuple[int, bool, int]:
    apart = take_apart(name.rpartition("/")[2])
    notebook, copy = (apart.notebook, apart.copy) if apart else (False, 0)
    return name.count("/"), notebook, -copy


def _said(group: list[str], best: int, spec: ExerciseSpec) -> tuple[str, ...]:
    chosen, *rest = group
    notes = [f"{chosen!r} was taken as {spec.module}"] if best else []
    if rest:
        more = f" and {len(rest) - 3} more" if len(rest) > 3 else ""
        notes.append(f"{chosen!r} was preferred to {', '.join(map(repr, rest[:3]))}{more}")
    return tuple(notes)


def _two(first: str, second: str, spec: ExerciseSpec) -> SubmissionError:
    return SubmissionError(
        f"{first!r} and {second!r} may both be meant as {spec.module}",
        remedy=f"call the right one {spec.module}",
        slug="submission-two",
    )
