"""course.yaml -> Course, ExerciseSpec, Late: the only place that knows its schema.

The Structs are the schema: `json_schema` writes them out for editors, `read_course` reads with them, strictly,
and names every error of the file at once.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from grader import user_cache
from grader.errors import CourseError
from grader.version import VERSION

if TYPE_CHECKING:
    from grader.marked_yaml import Marked

FILE = "course.yaml"
KEPT = frozenset({"conftest.py", "__init__.py", "__main__.py"})
"""File names that Python and pytest give a meaning."""

Races: TypeAlias = Literal["ignore", "warn", "fail"]
"""What an access without order costs when no outcome was wrong: nothing, a note, the check's points."""

Text = Annotated[str, Meta(min_length=1, title="text")]
ExerciseId = Annotated[str, Meta(pattern="^ex[0-9]{2}$", title="an id like ex04", examples=["ex04"])]
Percent = Annotated[int, Meta(ge=0, le=100, examples=[10])]
Moment = Annotated[
    datetime,
    Meta(
        title="a date like 2026-12-01, or with a time 2026-12-01 18:00:00",
        description="When the exercise is due, in the course's time zone. A date alone means the end of that day.",
        examples=["2026-12-01"],
    ),
]
Module = Annotated[str, Meta(min_length=1, title="the name of a module, like threading", examples=["threading"])]


class Late(Struct, frozen=True, forbid_unknown_fields=True):
    """What a late submission loses."""

    grace_minutes: Annotated[int, Meta(ge=0, description="So late costs nothing.", examples=[15])] = 0
    percent_per_day: Annotated[Percent, Meta(description="Lost for each day begun after the due date.")] = 0
    at_most_percent: Annotated[Percent, Meta(description="No more than this is ever lost.")] = 100


class ExerciseSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise's entry in course.yaml."""

    id: ExerciseId
    folder: Annotated[
        str,
        Meta(
            pattern="^ex[0-9]{2}_[a-z0-9_]+$",
            title="a folder's name like ex04_printers",
            description="Its folder under exercises/, and its twin's under solutions/.",
            examples=["ex04_printers"],
        ),
    ]
    title: Annotated[Text, Meta(examples=["Alternating printers"])]
    module: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.py$",
            title="a file name like printers.py",
            description="The file that the student writes.",
            examples=["printers.py"],
        ),
    ]
    points: Annotated[int, Meta(ge=0, examples=[5])]
    difficulty: Annotated[int, Meta(ge=1, le=4, description="Stars.", examples=[2])] = 1
    needs: Annotated[tuple[ExerciseId, ...], Meta(description="Exercises to do before.", examples=["[ex01]"])] = ()
    time_limit: Annotated[float, Meta(gt=0, le=600, description="Processor seconds a job.", examples=[10])] = 10.0
    allowed_imports: Annotated[tuple[Module, ...], Meta(description="Only these, if given.")] | None = None
    forbidden_imports: Annotated[tuple[Module, ...], Meta(description="Never these.")] = ()
    races: Annotated[
        Races,
        Meta(
            description="What a data race costs that changed no outcome: nothing, a note, or the check. "
            "An update that is really lost costs the check at `warn`, too."
        ),
    ] = "warn"
    speedup: Annotated[float, Meta(gt=1, description="To reach, over one worker.", examples=[1.5])] | None = None
    seeds: Annotated[
        int,
        Meta(
            ge=1, description="So many `grade selfcheck` draws for each right answer; real runs need few.", examples=[3]
        ),
    ] = 20
    due: Moment | None = None

    @property
    def number(self) -> int:
        """4 for ex04."""
        return int(self.id[2:])


class CourseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """course.yaml as it is written."""

    schema: Literal["grader/course/v1"]
    title: Annotated[Text, Meta(examples=["Concurrency in Python"])]
    points: Annotated[int, Meta(ge=0, description="The sum of the exercises' points.", examples=[100])]
    exercises: Annotated[tuple[ExerciseSpec, ...], Meta(min_length=1, description="In the order of the course.")]
    late: Late = Late()
    timezone: Annotated[
        Text, Meta(description="Of the due dates: a name of the IANA database.", examples=["Europe/Berlin"])
    ] = "UTC"


class Course(CourseFile, frozen=True, kw_only=True):
    """A course that has been read and holds together. `root` is the folder of its course.yaml."""

    root: Path


class CourseErrors(CourseError):
    """Several things are wrong with one course.yaml; `errors` has them in the order of the file."""

    def __init__(self, errors: tuple[CourseError, ...]) -> None:
        super().__init__("\n\n".join(map(str, errors)) + f"\n\n{len(errors)} things to mend in {FILE}")
        self.errors = errors


def json_schema() -> dict[str, Any]:
    """The JSON Schema of course.yaml, for editors."""
    schema, definitions = msgspec.json.schema_components([CourseFile])
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FILE, **schema[0]}
    _unset_formats(definitions)
    return {**document, "$defs": definitions}


def _unset_formats(node: Any) -> None:
    # YAML writes 2026-12-01 18:00:00, which `format: date-time` of JSON Schema does not allow
    if isinstance(node, dict):
        if node.get("format") == "date-time":
            del node["format"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            _unset_formats(each)


def read_course(root: Path, *, stubs: bool = True) -> Course:
    """The course whose course.yaml lies in the folder `root`.

    Without `stubs`, the files that students write need not be there: one that is gone costs that answer alone.
    Raises CourseError with file, line, value and remedy; CourseErrors when more than one thing is wrong.
    """
    text = _text(root / FILE)
    read = _read_before(text, root)
    if read is None or any(_problems(read, root, stubs)):
        read = _parse(text, root, stubs)
    zone = _zone(read)
    exercises = tuple(replace(each, due=each.due and _in_zone(each.due, zone)) for each in read.exercises)
    return Course(root=root.resolve(), **{**asdict(read), "exercises": exercises})


def _parse(text: str, root: Path, stubs: bool) -> CourseFile:
    """What `text` says, if nothing is wrong with it. Raises CourseError."""
    from grader.marked_yaml import Marked  # only here: reading YAML takes longer than many a check

    marked = Marked(text, FILE)
    read = marked.read(CourseFile)
    if read is not None:
        for problem in _problems(read, root, stubs):
            marked.wrong(*problem)
    if marked.errors:
        raise _raised(marked)
    assert read is not None  # no error, no None
    _keep(text, root, read)
    return read


def _keep(text: str, root: Path, read: CourseFile) -> None:
    with contextlib.suppress(msgspec.MsgspecError, ValueError):
        encoded = msgspec.json.encode(read)
        # JSON knows no infinity, for example.
        if msgspec.json.decode(encoded, type=CourseFile) == read:
            user_cache.remember(_place(root), _key(text), encoded.decode())


def _read_before(text: str, root: Path) -> CourseFile | None:
    """As it was understood when it was read the last time."""
    known = user_cache.recall(_place(root), _key(text))
    try:
        return None if known is None else msgspec.json.decode(known, type=CourseFile)
    except msgspec.MsgspecError:
        return None


def _place(root: Path) -> str:
    """A file of its own in the cache for each course."""
    return f"course-{sha256(str(root.resolve()).encode()).hexdigest()[:16]}"


def _key(text: str) -> str:
    """Changes with the text, and with the code that reads it."""
    readers = [Path(__file__), Path(__file__).with_name("marked_yaml.py")]
    changed = [file.stat().st_mtime_ns if file.exists() else 0 for file in readers]
    return json.dumps([VERSION, str(readers[0]), changed, sha256(text.encode()).hexdigest()])


def _raised(marked: Marked) -> CourseError:
    ordered = sorted(marked.errors, key=lambda error: int(error.where.rpartition(":")[2]))
    return ordered[0] if len(ordered) == 1 else CourseErrors(tuple(ordered))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        remedy = "go into the course's folder, or write one: `grade schema` says what it holds"
        raise CourseError(f"there is no {FILE} in {path.parent}", remedy=remedy, slug="course-file") from None
    except OSError as error:
        remedy = "make it readable"
        raise CourseError(f"cannot be read: {error.strerror}", remedy=remedy, where=FILE, slug="course-file") from None
    except UnicodeDecodeError as error:
        message = f"byte {error.object[error.start]:#04x} is not UTF-8"
        where = f"{FILE}:{error.object.count(10, 0, error.start) + 1}"  # 10 is the byte of a line's end
        raise CourseError(message, remedy="save the file as UTF-8", where=where, slug="course-yaml") from None


def _zone(course: CourseFile) -> tzinfo | None:
    """None where this machine does not know it."""
    if course.timezone == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # only here: it costs as much as the rest of this module

    try:
        return ZoneInfo(course.timezone)
    except (LookupError, ValueError, OSError):
        return None


def _in_zone(due: datetime, zone: tzinfo | None) -> datetime:
    return due if due.tzinfo else due.replace(tzinfo=zone)


_Problem: TypeAlias = tuple[tuple[str | int, ...], str, str, str]
"""The place in course.yaml, the message, the remedy, the slug."""


def _problems(course: CourseFile, root: Path, stubs: bool) -> Iterator[_Problem]:
    yield from _time(course)
    yield from _doubles(course)
    yield from _points(course)
    yield from _order(course)
    yield from _needs(course)
    for place, spec in enumerate(course.exercises):
        yield from _files(place, spec, root, stubs)


def _time(course: CourseFile) -> Iterator[_Problem]:
    if _zone(course) is None:
        message = f"timezone: {course.timezone!r} is not known here"
        remedy = "write a name like Europe/Berlin or UTC (on Windows: `pip install tzdata`)"
        yield ("timezone",), message, remedy, "course-due"


def _doubles(course: CourseFile) -> Iterator[_Problem]:
    for key in ("id", "folder", "module"):
        first: dict[str, str] = {}
        for place, spec in enumerate(course.exercises):
            value = getattr(spec, key)
            if value in first:
                message = f"{key}: {value!r} is already taken by {first[value]!r}"
                yield ("exercises", place, key), message, f"give each exercise its own {key}", "course-double"
            first.setdefault(value, spec.title)


def _points(course: CourseFile) -> Iterator[_Problem]:
    total = sum(spec.points for spec in course.exercises)
    if total != course.points:
        message = f"points: {course.points} is not the sum of the exercises' points, which is {total}"
        yield ("points",), message, f"write points: {total}, or mend an exercise's points", "course-points"


def _order(course: CourseFile) -> Iterator[_Problem]:
    before = ""
    for place, spec in enumerate(course.exercises):
        if not spec.folder.startswith(f"{spec.id}_"):
            message = f"folder: {spec.folder!r} does not begin with its exercise's id {spec.id!r}"
            yield ("exercises", place, "folder"), message, f"rename the folder to {spec.id}_...", "course-order"
        if spec.id < before:
            message = f"id: {spec.id!r} comes after {before!r}"
            yield ("exercises", place, "id"), message, "list the exercises in the order of their ids", "course-order"
        before = spec.id


def _needs(course: CourseFile) -> Iterator[_Problem]:
    needs = {spec.id: spec.needs for spec in course.exercises}
    for place, spec in enumerate(course.exercises):
        for each in spec.needs:
            spot = ("exercises", place, "needs")
            if each not in needs:
                known = ", ".join(needs)
                yield spot, f"needs: there is no exercise {each!r}", f"write one of {known}", "course-needs"
            elif ring := _ring(spec.id, each, needs):
                # said once, at the first of the ring
                if spec.id == min(ring):
                    message = f"needs: {' needs '.join((*ring, ring[0]))}, in a ring"
                    yield spot, message, f"take {each!r} out of the needs of {spec.id!r}", "course-ring"
            elif each > spec.id:
                message = f"needs: {spec.id!r} needs {each!r}, which comes later"
                yield spot, message, f"take it out, or give {spec.id!r} a later place", "course-order"


def _ring(start: str, via: str, needs: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from `start` over `via` back to `start`; empty when there is none."""
    paths: list[tuple[str, ...]] = [(start, via)]
    seen = {via}
    while paths:
        path = paths.pop()
        if path[-1] == start:
            return path[:-1]
        fresh = [each for each in needs.get(path[-1], ()) if each == start or each not in seen]
        seen.update(fresh)
        paths += [(*path, each) for each in fresh]
    return ()


def _files(place: int, spec: ExerciseSpec, root: Path, stubs: bool) -> Iterator[_Problem]:
    folder = root / "exercises" / spec.folder
    if not folder.is_dir():
        message = f"folder: there is no folder exercises/{spec.folder}"
        yield ("exercises", place, "folder"), message, "make it, or mend the name here", "course-files"
        return
    if spec.module.startswith("test_") or spec.module in KEPT:
        message = f"module: {spec.module!r} is a name that checks or pytest have"
        yield ("exercises", place, "module"), message, "give the student's file another name", "course-module"
    written = [("module", spec.module)] if stubs else []
    for key, name in (*written, ("folder", "README.md"), ("id", f"test_{spec.id}.py")):
        if not (folder / name).is_file():
            message = f"there is no file exercises/{spec.folder}/{name}"
            yield ("exercises", place, key), message, f"write it, or mend {key}: {getattr(spec, key)}", "course-files"
