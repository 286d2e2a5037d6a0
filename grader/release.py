"""`grade release DIR`: the student's edition of the course, which works on its own and holds no solution.

What goes in is listed here, file by file; what is not listed stays out. Afterwards a proof, which does not know
that list, looks for the text of solutions/ in all that was written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Template

from grader.course import FILE, Course, read_course
from grader.errors import EXIT_PASSED, CourseError, InternalError
from grader.exercises import ExerciseOnDisk, find_exercises

KIT = ("grade", "LICENSE", ".gitignore")
GUIDE = "docs/student"
WORKFLOW = "classroom.yml"
SECTIONS = ("build-system", "project", "project.scripts", "tool.hatch", "tool.pytest")
"""The sections of pyproject.toml that a student's edition needs; the others are about developing the grader."""
RUN = 4
"""So many lines in a row, the same as in a solution and not given to students, are a leak."""
RUN_LENGTH = 60
"""Characters that such lines have together at least: four closing brackets prove nothing."""


def release(course: Course, folder: Path) -> int:
    """Write the student's edition into `folder`, which must be empty or not there. Returns 0. Raises CourseError."""
    _must_be_free(course, folder)
    exercises = find_exercises(course)
    _must_be_whole(course)
    for exercise in exercises:
        _copy_exercise(exercise, folder / "exercises" / exercise.folder.name)
    _copy_kit(course.root, folder)
    _write(folder / FILE, student_course(course))
    _write(folder / "pyproject.toml", student_project((course.root / "pyproject.toml").read_text(encoding="utf-8")))
    _write(folder / "README.md", _readme(course))
    _write(folder / ".github" / "workflows" / WORKFLOW, workflow([exercise.spec.id for exercise in exercises]))
    _prove(course, exercises, folder)
    print(f"wrote {folder}: {len(exercises)} exercises, no text of solutions/ in it")
    print(f"  try it: cd {folder} && ./grade")
    return EXIT_PASSED


def _must_be_free(course: Course, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{str(folder)!r} is not empty"
        raise CourseError(message, remedy="name a folder that is not there yet", slug="release-folder")
    if folder.resolve().is_relative_to(course.root) and folder.resolve().parent != course.root:
        message = f"{str(folder)!r} lies inside the course"
        raise CourseError(message, remedy="name a folder beside the course", slug="release-folder")


def _must_be_whole(course: Course) -> None:
    """The edition needs the grader's own files, which a grader installed by pip alone does not have."""
    wanted = (*KIT, "pyproject.toml", "grader/requirements.lock", GUIDE)
    missing = [name for name in wanted if not (course.root / name).exists()]
    if missing:
        raise CourseError(
            f"the course's folder lacks {', '.join(missing)}",
            remedy="release from a copy of the course's repository, which holds the grader, too",
            slug="release-kit",
        )


def _copy_exercise(exercise: ExerciseOnDisk, to: Path) -> None:
    to.mkdir(parents=True)
    for path in (exercise.readme, exercise.stub, exercise.checks, exercise.folder / "hints.md"):
        if path.exists():
            shutil.copy(path, to / path.name)


def _copy_kit(root: Path, to: Path) -> None:
    for name in KIT:
        shutil.copy(root / name, to / name)
    no_cache = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(root / "grader", to / "grader", ignore=no_cache)
    shutil.copytree(root / GUIDE, to / GUIDE, ignore=no_cache)


def student_course(course: Course) -> str:
    """course.yaml for students: the same entries, without the teacher's comments."""
    import yaml

    written = yaml.safe_load((course.root / FILE).read_text(encoding="utf-8-sig"))
    body = yaml.safe_dump(written, sort_keys=False, allow_unicode=True)
    return "# The student's edition. Points count the checks that only the course team has, too.\n" + body


def student_project(text: str) -> str:
    """pyproject.toml for students: what installs the grader and lets plain pytest run the checks."""
    parts = re.split(r"(?m)^(?=\[)", text)
    kept = [part for part in parts if _section(part).startswith(SECTIONS) and part.strip()]
    return "".join(kept).replace('testpaths = ["tests"]', 'testpaths = ["exercises"]')


def _section(part: str) -> str:
    return part.partition("]")[0].lstrip("[")


def _readme(course: Course) -> str:
    guide = (course.root / GUIDE / "README.md").read_text(encoding="utf-8")
    body = guide.split("\n", 1)[1] if guide.startswith("# ") else guide
    return f"# {course.title}\n{body}"


def workflow(exercises: Iterable[str]) -> str:
    """The GitHub workflow of a student's repository, with one reporter entry for each of the ids."""
    ids = list(exercises)
    template = (Path(__file__).parent / "template" / "release" / WORKFLOW).read_text(encoding="utf-8")
    results = "\n".join(f"          {name.upper()}_RESULTS: ${{{{ steps.grade.outputs.{name} }}}}" for name in ids)
    return _WorkflowTemplate(template).substitute(results=results, runners=",".join(ids))


class _WorkflowTemplate(Template):
    delimiter = "@@"  # a workflow is full of dollars


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _prove(course: Course, exercises: Iterable[ExerciseOnDisk], folder: Path) -> None:
    """Raises CourseError naming every leak, and takes the edition away again; InternalError when it is not a course."""
    leaks = sorted(set(_leaks(exercises, folder)))
    if leaks:
        shutil.rmtree(folder)
        raise CourseError(
            "the student's edition would hold text of solutions/:\n" + "\n".join(f"    {leak}" for leak in leaks),
            remedy="take it out of exercises/; nothing was written",
            slug="release-leak",
        )
    if read_course(folder).exercises != course.exercises:
        raise InternalError("the student's course.yaml does not say what the course's says")


def _leaks(exercises: Iterable[ExerciseOnDisk], folder: Path) -> Iterator[str]:
    released = {path: runs(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    for path in released:
        if path.name.endswith("_hidden.py") or {"solutions", "right", "wrong"} & set(
            path.relative_to(folder).parts[:2]
        ):
            yield f"{path.relative_to(folder)} is a teacher's file"
    for exercise in exercises:
        if "NotImplementedError" not in exercise.stub.read_text(encoding="utf-8"):
            yield f"exercises/{exercise.folder.name}/{exercise.stub.name} is no stub: nothing in it is left to write"
        for secret in _secrets(exercise):
            # what the hidden checks share with the public ones is public
            own = runs(secret) - runs(exercise.checks if secret == exercise.hidden else exercise.stub)
            for path, there in released.items():
                if own & there:
                    at = f"{secret.parent.parent.name}/{secret.parent.name}/{secret.name}"
                    yield f"{path.relative_to(folder)} has lines of {at}: {min(own & there)[0]!r} ..."


def _secrets(exercise: ExerciseOnDisk) -> tuple[Path, ...]:
    some = (exercise.hidden, exercise.solution, *exercise.right, *exercise.wrong)
    return tuple(path for path in some if path is not None)


def runs(path: Path) -> set[tuple[str, ...]]:
    """All runs of RUN lines of a text, without indentation and empty lines, that are long enough to tell something."""
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = (tuple(lines[start : start + RUN]) for start in range(len(lines) - RUN + 1))
    return {run for run in found if sum(map(len, run)) >= RUN_LENGTH}
