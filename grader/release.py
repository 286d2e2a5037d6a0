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
from tempfile import TemporaryDirectory

from grader.course import FILE, Course, read_course
from grader.errors import EXIT_PASSED, CourseError, InternalError
from grader.exercises import GIVEN, ExerciseOnDisk, find_exercises

KIT = ("grade", "LICENSE", ".gitignore")
GUIDE = "docs/student"
WORKFLOW = "classroom.yml"
TEMPLATES = "template"
"""The part of the grader that stays behind: it holds the reference of the exercise that `grade new` begins with."""
SECTIONS = ("build-system", "project", "project.scripts", "tool.hatch", "tool.pytest")
"""The sections of pyproject.toml that a student's edition needs; the others are about developing the grader."""
RUN = 4
"""So many lines in a row, the same as in a solution and not given to students, are a leak."""
TELLS_NOTHING = re.compile(r"|[\])}]+,?|for \w+ in \w+:|\w+\.(start|join)\(\)")
"""How threads and processes are started and joined stands in checks and in answers."""
KIT_RUN = 8
"""The same for the grader's own files, which nobody writes solutions into: how to join threads is no secret."""
RUN_LENGTH = 60
"""Characters that such lines have together at least: four closing brackets prove nothing."""


def release(course: Course, folder: Path) -> int:
    """Write the student's edition into `folder`, which must be empty or not there. Returns 0. Raises CourseError."""
    _must_be_free(course, folder)
    _must_be_whole(course)
    exercises = find_exercises(course)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".release-", dir=folder.parent) as scratch:
        edition = Path(scratch) / folder.name
        _fill(edition, course, exercises)
        _prove(course, exercises, edition)
        edition.rename(folder)
    print(f"wrote {folder}: {len(exercises)} exercises, no text of solutions/ in it")
    print(f"  try it: cd {folder} && ./grade")
    return EXIT_PASSED


def _fill(edition: Path, course: Course, exercises: Iterable[ExerciseOnDisk]) -> None:
    for exercise in exercises:
        _copy_exercise(exercise, edition / "exercises" / exercise.folder.name)
    _copy_kit(course.root, edition)
    project = (course.root / "pyproject.toml").read_text(encoding="utf-8")
    ids = [exercise.spec.id for exercise in exercises]
    _write(edition / FILE, student_course(course))
    _write(edition / "pyproject.toml", student_project(project))
    _write(edition / "README.md", _readme(course))
    _write(edition / ".github" / "workflows" / WORKFLOW, workflow(ids))


def _must_be_free(course: Course, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{str(folder)!r} is not empty"
        raise CourseError(message, remedy="name a folder that is not there yet", slug="release-folder")
    if folder.resolve().is_relative_to(course.root) and folder.resolve().parent != course.root:
        message = f"{str(folder)!r} lies inside the course"
        raise CourseError(message, remedy="name a folder beside the course", slug="release-folder")


def _must_be_whole(course: Course) -> None:
    """The edition needs the grader's own files, which a grader installed by pip alone does not have."""
    wanted = (*KIT, "pyproject.toml", "grader/requirements.lock", f"grader/{TEMPLATES}", GUIDE)
    missing = [name for name in wanted if not (course.root / name).exists()]
    if missing:
        raise CourseError(
            f"the course's folder lacks {', '.join(missing)}",
            remedy="release from a copy of the course's repository, which holds the grader, too",
            slug="release-kit",
        )


def _copy_exercise(exercise: ExerciseOnDisk, to: Path) -> None:
    (to / GIVEN).mkdir(parents=True)
    shutil.copy(exercise.stub, to / GIVEN / exercise.stub.name)
    for path in (exercise.readme, exercise.stub, exercise.checks, exercise.folder / "hints.md"):
        if path.exists():
            shutil.copy(path, to / path.name)


def _copy_kit(root: Path, to: Path) -> None:
    for name in KIT:
        shutil.copy(root / name, to / name)
    shutil.copytree(root / "grader", to / "grader", ignore=shutil.ignore_patterns("__pycache__", "*.pyc", TEMPLATES))
    shutil.copytree(root / GUIDE, to / GUIDE)


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
    template = (Path(__file__).parent / TEMPLATES / "release" / WORKFLOW).read_text(encoding="utf-8")
    results = "\n".join(f"          {name.upper()}_RESULTS: ${{{{ steps.grade.outputs.{name} }}}}" for name in ids)
    return _WorkflowTemplate(template).substitute(results=results, runners=",".join(ids))


class _WorkflowTemplate(Template):
    delimiter = "@@"  # a workflow is full of dollars


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _prove(course: Course, exercises: Iterable[ExerciseOnDisk], folder: Path) -> None:
    """Raises CourseError naming every leak; InternalError when what was written is not the course."""
    leaks = sorted(set(_leaks(exercises, folder)))
    if leaks:
        raise CourseError(
            "the student's edition would hold text of solutions/:\n" + "\n".join(f"    {leak}" for leak in leaks),
            remedy="take it out of exercises/; nothing was written",
            slug="release-leak",
        )
    if read_course(folder).exercises != course.exercises:
        raise InternalError("the student's course.yaml does not say what the course's says")


def _leaks(exercises: Iterable[ExerciseOnDisk], folder: Path) -> Iterator[str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        if path.name.endswith("_hidden.py") or {"solutions", "right", "wrong"} & set(
            path.relative_to(folder).parts[:3]
        ):
            yield f"{path.relative_to(folder)} is a teacher's file"
    for exercise in exercises:
        if "NotImplementedError" not in exercise.stub.read_text(encoding="utf-8"):
            yield f"exercises/{exercise.folder.name}/{exercise.stub.name} is no stub: nothing in it is left to write"
    for length, some in ((RUN, _of_course(files, folder)), (KIT_RUN, set(files) - _of_course(files, folder))):
        secret = {run: path for exercise in exercises for run, path in _secret_runs(exercise, length)}
        for path in some:
            for run in sorted(runs(path, length) & secret.keys())[:1]:
                yield f"{path.relative_to(folder)} has lines of {_short(secret[run])}: {run[0]!r} ..."


def _of_course(files: Iterable[Path], folder: Path) -> set[Path]:
    return {path for path in files if path.relative_to(folder).parts[0] != "grader"}


def _secret_runs(exercise: ExerciseOnDisk, length: int) -> Iterator[tuple[tuple[str, ...], Path]]:
    """The runs of lines that only the teacher's files have: what they share with the student's is public."""
    for path in _secrets(exercise):
        given = exercise.checks if path == exercise.hidden else exercise.stub
        yield from ((run, path) for run in runs(path, length) - runs(given, length))


def _short(path: Path) -> str:
    """From solutions/ on."""
    return "/".join(path.parts[path.parts.index("solutions") :])


def _secrets(exercise: ExerciseOnDisk) -> tuple[Path, ...]:
    some = (exercise.hidden, exercise.solution, *exercise.right, *exercise.wrong)
    return tuple(path for path in some if path is not None)


def runs(path: Path, length: int = RUN) -> set[tuple[str, ...]]:
    """All runs of so many lines that tell something, without indentation, that are long enough together."""
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in map(str.strip, text.splitlines()) if not TELLS_NOTHING.fullmatch(line)]
    found = (tuple(lines[start : start + length]) for start in range(len(lines) - length + 1))
    return {run for run in found if sum(map(len, run)) >= RUN_LENGTH}
