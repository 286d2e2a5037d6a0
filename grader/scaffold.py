"""`grade new SLUG`: a tiny complete exercise, made from `template/`, that passes `grade selfcheck` from the start."""

from __future__ import annotations

import keyword
import os
import re
from fractions import Fraction
from pathlib import Path
from string import Template

from grader.course import FILE, Course, ExerciseSpec, read_course
from grader.errors import EXIT_PASSED, CourseError
from grader.exercises import find_exercise

TEMPLATE = Path(__file__).parent / "template" / "exercise"
LAST_NUMBER = 99


def new_exercise(course: Course, slug: str, *, after: str | None = None, points: int = 5) -> int:
    """Write both folders and the entry in course.yaml; print every path. Returns 0. Raises CourseError."""
    if not TEMPLATE.exists():
        message = "this is the student's edition: it has no template of an exercise"
        raise CourseError(message, remedy="make new exercises in the course's own repository", slug="new-template")
    before = find_exercise(course, after).spec if after else course.exercises[-1]
    spec = _spec(course, slug, before, points)
    texts = dict(_files(course.root, spec))
    _check_free(course, spec, texts)
    entry = _with_entry((course.root / FILE).read_text(encoding="utf-8"), before, spec, course.points)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _write_course(course.root, entry)
    for path in (*texts, course.root / FILE):
        print(f"wrote {path.relative_to(course.root)}")
    print(f"\nIt is complete: try `grade selfcheck {spec.id}`, then change it in the order of CONTRIBUTING.md.")
    return EXIT_PASSED


def _spec(course: Course, slug: str, before: ExerciseSpec, points: int) -> ExerciseSpec:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", slug) or keyword.iskeyword(slug):
        remedy = "write small letters, digits and underscores, like bounded_buffer"
        raise CourseError(f"{slug!r} cannot be the name of an exercise", remedy=remedy, slug="new-slug")
    if points < 1:
        raise CourseError(f"--points {points}: an exercise is worth 1 point or more", slug="new-points")
    number = _free_number(course, before)
    name = f"ex{number:02}"
    title = slug.replace("_", " ").capitalize()
    return ExerciseSpec(id=name, folder=f"{name}_{slug}", title=title, module=f"{slug}.py", points=points)


def _free_number(course: Course, before: ExerciseSpec) -> int:
    """The number after `before`'s. Raises CourseError when it is taken: file names hold numbers, so none is changed."""
    taken = {spec.number for spec in course.exercises}
    number = before.number + 1
    if number in taken or number > LAST_NUMBER:
        last = course.exercises[-1].id
        raise CourseError(
            f"there is no free number between {before.id} and ex{number:02}",
            remedy=f"put it at the end: --after {last}; then move its entry in {FILE} by hand if you like",
            slug="new-number",
        )
    return number


def _check_free(course: Course, spec: ExerciseSpec, texts: dict[Path, str]) -> None:
    for other in course.exercises:
        if other.module == spec.module:
            message = f"{other.id} already has a module {spec.module}"
            raise CourseError(message, remedy="choose another name", slug="new-taken")
    for path in texts:
        if path.exists():
            message = f"{path.relative_to(course.root)} is there already"
            raise CourseError(message, remedy="remove it, or choose another name", slug="new-taken")


def _files(root: Path, spec: ExerciseSpec) -> list[tuple[Path, str]]:
    """Every file of the template with its place in the course and its text."""
    names = {"module.py.txt": spec.module, "test.py.txt": f"test_{spec.id}.py"}
    words = {
        "id": spec.id,
        "title": spec.title,
        "points": str(spec.points),
        "half": str(Fraction(spec.points, 2)),
        "stars": "★" * spec.difficulty,
        "module": spec.module,
        "Name": "".join(part.capitalize() for part in spec.module.removesuffix(".py").split("_")),
    }
    found = []
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
        tree, *folders, name = source.relative_to(TEMPLATE).parts
        place = root.joinpath(tree, spec.folder, *folders, names.get(name, name.removesuffix(".txt")))
        found.append((place, Template(source.read_text(encoding="utf-8")).substitute(words)))
    return found


def _with_entry(text: str, before: ExerciseSpec, spec: ExerciseSpec, points: int) -> str:
    """course.yaml with the new entry after `before`'s and the new sum; all other lines stay as they were."""
    lines = text.rstrip("\n").split("\n")
    begin = re.compile(rf"\s*-\s+{{?\s*id:\s*[\"']?{before.id}\b")
    start = next((number for number, line in enumerate(lines) if begin.match(line)), None)
    if start is None:
        message = f"the entry of {before.id} does not begin with a line `- id: {before.id}`"
        raise CourseError(message, remedy="write id first, on the line of the dash", where=FILE, slug="new-entry")
    dash = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > dash):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    pairs = [f"id: {spec.id}", f"folder: {spec.folder}", f"title: {spec.title}", f"module: {spec.module}"]
    pairs += [f"points: {spec.points}", f"difficulty: {spec.difficulty}"]
    entry = [" " * dash + ("- " if n == 0 else "  ") + pair for n, pair in enumerate(pairs)]
    whole = "\n".join([*lines[:end], "", *entry, *lines[end:]]) + "\n"
    return re.sub(r"(?m)^points:\s*\d+", f"points: {points + spec.points}", whole, count=1)


def _write_course(root: Path, text: str) -> None:
    """Replace course.yaml, unless the new text does not read: then the old one stays."""
    path = root / FILE
    old = path.read_text(encoding="utf-8")
    _replace(path, text)
    try:
        read_course(root)
    except CourseError:
        _replace(path, old)
        raise


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
