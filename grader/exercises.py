"""Which exercises are on disk, and where their stub, checks and solutions are."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.course import FILE, Course, ExerciseSpec
from grader.errors import CourseError

GIVEN = ".given"
"""The folder in an exercise's folder, in the student's edition, that keeps the stub as it was handed out."""


class ExerciseOnDisk(Struct, frozen=True):
    """One exercise and its files. What only a teacher has is None or empty in the student's edition."""

    spec: ExerciseSpec
    folder: Path
    stub: Path
    """exercises/ex04_printers/printers.py: the stub as given to students; in their edition, their answer."""
    readme: Path
    checks: Path
    hidden: Path | None
    solution: Path | None
    right: tuple[Path, ...]
    wrong: tuple[Path, ...]

    @property
    def given(self) -> Path | None:
        """The stub as handed out: the copy that `grade release` keeps, else the teacher's stub, if it is there."""
        return _there(self.folder / GIVEN / self.stub.name) or (_there(self.stub) if self.solution else None)

    @property
    def names(self) -> tuple[str, ...]:
        """What a person may call it: ex04, ex4, 04, 4, ex04_printers, printers."""
        spec, number = self.spec, self.spec.number
        slug = spec.folder.partition("_")[2]
        names = (spec.id, f"ex{number}", spec.id[2:], str(number), spec.folder, slug, spec.module.removesuffix(".py"))
        return tuple(dict.fromkeys(name.lower() for name in names))


def find_root(start: Path) -> Path:
    """The course's folder: `start`, or the nearest one above it, that has a course.yaml. Raises CourseError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return _nameable(folder)
    raise CourseError(
        f"there is no {FILE} in {str(start)!r} or in a folder above it",
        remedy="go into the course's folder, then type it again",
        slug="course-file",
    )


def _nameable(root: Path) -> Path:
    """The same folder. Raises CourseError where reports and JSON, which are UTF-8, could not name it."""
    try:
        str(root).encode()
    except UnicodeEncodeError:
        spelled = os.fsencode(root).decode("utf-8", "backslashreplace")
        raise CourseError(
            f"the course's folder, '{spelled}', has a name that is not UTF-8",
            remedy="rename that folder, or move the course to another one",
            slug="course-folder",
        ) from None
    return root


def find_exercises(course: Course) -> tuple[ExerciseOnDisk, ...]:
    """All exercises in the order of the course."""
    return tuple(_on_disk(course, spec) for spec in course.exercises)


def find_exercise(course: Course, name: str) -> ExerciseOnDisk:
    """The exercise that a person calls `name`: ex04, ex4, 4, printers, ex04_printers, or a path to it.

    Raises CourseError with the nearest names.
    """
    exercises = find_exercises(course)
    spoken = [part.removesuffix(".py").lower() for part in reversed(name.replace("\\", "/").split("/")) if part]
    for part in spoken:
        for exercise in exercises:
            if part in exercise.names:
                return exercise
    raise _unknown(name, spoken[0] if spoken else "", exercises)


def fingerprint(exercise: ExerciseOnDisk, *, hidden: bool) -> str:
    """A hash of all that decides a grading besides the answer: entry, checks, stub, right answers. 64 hex digits."""
    digest = hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(exercise.spec, due=None), order="sorted"))
    files = [exercise.checks, exercise.given, exercise.solution, exercise.hidden if hidden else None, *exercise.right]
    for path in files:
        content = path.read_bytes() if path else b""
        digest.update(f"\n{path.name if path else '-'} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _on_disk(course: Course, spec: ExerciseSpec) -> ExerciseOnDisk:
    folder = course.root / "exercises" / spec.folder
    twin = course.root / "solutions" / spec.folder
    return ExerciseOnDisk(
        spec=spec,
        folder=folder,
        stub=folder / spec.module,
        readme=folder / "README.md",
        checks=folder / f"test_{spec.id}.py",
        hidden=_there(twin / f"test_{spec.id}_hidden.py"),
        solution=_there(twin / spec.module),
        right=tuple(sorted((twin / "right").glob("*.py"))),
        wrong=tuple(sorted((twin / "wrong").glob("*.py"))),
    )


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _unknown(name: str, spoken: str, exercises: tuple[ExerciseOnDisk, ...]) -> CourseError:
    from difflib import get_close_matches  # only ever needed for a message

    by_name = {each: exercise.spec for exercise in exercises for each in exercise.names}
    close = get_close_matches(spoken, by_name, n=1)
    known = ", ".join(f"{exercise.spec.id} ({exercise.names[-1]})" for exercise in exercises)
    guess = f"did you mean {by_name[close[0]].id} ({close[0]})? " if close else ""
    return CourseError(f"there is no exercise {name!r}", remedy=f"{guess}There are: {known}", slug="exercise-unknown")
