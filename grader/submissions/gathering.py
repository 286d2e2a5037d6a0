"""Each person's answers out of what was found, and of several for one exercise the latest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from grader.course import Course, ExerciseSpec
from grader.errors import SubmissionError
from grader.submissions.answer import printable
from grader.submissions.bundles import Bundle
from grader.submissions.contents import defined, exercises_in
from grader.submissions.intake import KIB, NOTEBOOK_BYTES
from grader.submissions.lms_names import Who, nbgrader_time
from grader.submissions.matching import choose, is_answer_like, is_module, is_near, mentions

MOST_GUESSES = 20
"""Files of one person that are looked into when no name tells the exercise."""


class Handed(Struct, frozen=True):
    """What one person handed in for one exercise, not read yet."""

    student: str
    """What identifies the person to the system that it comes from, printable; never empty."""
    name: str
    """For people to read; empty when the system does not tell."""
    exercise: str
    """ex04; empty when `problem` leaves it open."""
    path: Path
    """The file, folder or archive on disk."""
    inside: tuple[str, ...] = ()
    """The way to the file inside `path`; empty when `problem` says why there is none."""
    system: str = "plain"
    late: bool = False
    """The system's own word."""
    at: datetime | None = None
    """When it was handed in, as far as the system tells."""
    notes: tuple[str, ...] = ()
    problem: str | None = None
    """Why there is nothing to grade: costs this submission, not the run."""


class _Found(Struct, frozen=True):
    """The file of one exercise, or why it cannot be told."""

    exercise: str
    name: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""


_Age = tuple[float, int, float]
"""When the system says that it came, the system's own numbering, the file's date: the first that differs decides."""


class Gathering:
    """What everybody handed in, so far."""

    def __init__(self, course: Course, exercise: str | None) -> None:
        self.specs = tuple(spec for spec in course.exercises if exercise in (None, spec.id))
        self._course = course
        self._found: dict[tuple[str, str], list[tuple[_Age, Handed]]] = {}
        self._empty: list[Handed] = []

    def one_persons(self, bundle: Bundle) -> bool:
        """Whether modules lie so near that all of it must be one person's: at its top, or in exNN folders.

        Two or more folders with modules beside them are more people, of whom one has no folder.
        """
        specs = self._course.exercises
        if not any(is_near(name, spec) for name in bundle.names for spec in specs):
            return False
        modules = [name for name in bundle.names if "/" in name and any(is_module(name, spec) for spec in specs)]
        far = {name.partition("/")[0] for name in modules if not any(is_near(name, spec) for spec in specs)}
        return len(far - {"exercises", "solutions"}) < 2

    def take(self, who: Who, bundle: Bundle, container: str) -> None:
        """One bundle of one person's; `container` is the name of what it lay in."""
        base = Handed(
            student=who.student,
            name=who.name,
            exercise="",
            path=bundle.path,
            system=who.system,
            late=who.late,
            at=self._moment(who, bundle),
        )
        found = [] if who.typed or bundle.holder is None else self._answers(who, bundle, container)
        for each in found:
            inside = bundle.way_to(each.name) if each.name else ()
            handed = replace(
                base, exercise=each.exercise, inside=inside, notes=each.notes, problem=each.problem or None
            )
            self._found.setdefault((who.student, each.exercise), []).append((_age(who, bundle), handed))
        if not found:
            problem = bundle.problem or _nothing(who, bundle, self.specs)
            self._empty.append(replace(base, exercise=self._spoken(who, bundle, container), problem=problem))

    def handed(self) -> tuple[Handed, ...]:
        """The latest of each person and exercise, in order of person, then exercise."""
        latest = [_latest(several) for several in self._found.values()]
        left = []
        for empty in self._empty:
            places = [i for i, each in enumerate(latest) if _covers(each, empty)]
            for i in places:
                note = f"{_called(empty)} was handed in, too, but: {empty.problem}"
                latest[i] = replace(latest[i], notes=(*latest[i].notes, note))
            left += [] if places else [empty]
        return tuple(sorted((*latest, *_once(left)), key=lambda each: (each.student, each.exercise, str(each.path))))

    def _answers(self, who: Who, bundle: Bundle, container: str) -> list[_Found]:
        """By the names; where they tell nothing, by what the files define."""
        own = {(who.rest or bundle.label) if bundle.lone else name: name for name in bundle.names}
        only = self._spoken(who, bundle, container)
        found = [each for spec in self.specs if (each := self._by_name(own, bundle, spec, only == spec.id))]
        return found or list(self._by_content(own, bundle))

    def _by_name(self, own: Mapping[str, str], bundle: Bundle, spec: ExerciseSpec, only: bool) -> _Found | None:
        try:
            choice = choose(own, spec, others=self._course.exercises, only=only)
        except SubmissionError as error:
            return _Found(spec.id, problem=f"{error.message}: {error.remedy}")
        if choice is None:
            return None
        notes = () if bundle.lone else (*choice.notes, *(bundle.holder.notes if bundle.holder else ()))
        return _Found(spec.id, own[choice.name], notes)

    def _by_content(self, own: Mapping[str, str], bundle: Bundle) -> Iterator[_Found]:
        holders: dict[str, list[str]] = {}
        for spoken in sorted(filter(is_answer_like, own))[:MOST_GUESSES]:
            for exercise in exercises_in(_text(bundle, own[spoken]), self._stubs):
                holders.setdefault(exercise, []).append(spoken)
        for exercise, names in holders.items():
            note = f"{names[0]!r} was taken for what it defines"
            if len(names) == 1:
                yield _Found(exercise, own[names[0]], (note,))
            else:
                yield _Found(exercise, problem=f"{names[0]!r} and {names[1]!r} may both be the answer to {exercise}")

    @cached_property
    def _stubs(self) -> dict[str, frozenset[str]]:
        root = self._course.root / "exercises"
        return {spec.id: defined(_stub(root / spec.folder / spec.module)) for spec in self.specs}

    def _spoken(self, who: Who, bundle: Bundle, container: str) -> str:
        """The exercise that is the only one wanted, or that the names around speak of; empty when they do not."""
        if len(self.specs) == 1:
            return self.specs[0].id
        for text in (who.rest or bundle.label, container):
            spoken = [spec.id for spec in self.specs if mentions(text, spec)]
            if len(spoken) == 1:
                return spoken[0]
        return ""

    def _moment(self, who: Who, bundle: Bundle) -> datetime | None:
        at = who.at or _time_beside(bundle)
        return at.replace(tzinfo=self._zone) if at and at.tzinfo is None else at

    @cached_property
    def _zone(self) -> tzinfo:
        return ZoneInfo(self._course.timezone)


def _stub(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _text(bundle: Bundle, name: str) -> str:
    try:
        return bundle.holder.read(name, NOTEBOOK_BYTES).decode("utf-8", "replace") if bundle.holder else ""
    except SubmissionError:
        return ""  # it tells nothing; whoever reads it in earnest says why


def _time_beside(bundle: Bundle) -> datetime | None:
    """From the timestamp.txt that nbgrader writes beside a submission."""
    for name in bundle.names:
        if name.rpartition("/")[2] == "timestamp.txt" and bundle.holder and not bundle.lone:
            return nbgrader_time(bundle.holder.read(name, 64 * KIB).decode("utf-8", "replace"))
    return None


def _age(who: Who, bundle: Bundle) -> _Age:
    seconds = who.at.timestamp() if who.at else 0.0
    return seconds, who.order, bundle.path.lstat().st_mtime


def _latest(several: list[tuple[_Age, Handed]]) -> Handed:
    several = sorted(several, key=lambda pair: pair[0])
    latest = several[-1][1]
    if len(several) == 1:
        return latest
    others = ", ".join(_called(each) for _, each in several[:-1])
    return replace(latest, notes=(*latest.notes, f"{_called(latest)} is the latest; {others} came before"))


def _covers(handed: Handed, empty: Handed) -> bool:
    return handed.student == empty.student and empty.exercise in ("", handed.exercise)


def _once(empties: list[Handed]) -> list[Handed]:
    """One for each person and exercise."""
    return list({(each.student, each.exercise): each for each in empties}.values())


def _called(handed: Handed) -> str:
    return repr("/".join(handed.inside) if handed.inside else handed.path.name)


def _nothing(who: Who, bundle: Bundle, specs: tuple[ExerciseSpec, ...]) -> str:
    if who.typed:
        return "it was typed into the form or is a link: there is no file"
    wanted = specs[0].module if len(specs) == 1 else "an answer to any exercise"
    if bundle.lone:
        return f"{bundle.label!r} is not {wanted}: neither its name nor what it defines says so"
    there = printable(", ".join(bundle.names[:5])) + (" ..." if len(bundle.names) > 5 else "")
    notes = bundle.holder.notes if bundle.holder else ()
    return "; ".join((f"{bundle.label!r} does not hold {wanted} (there is: {there or 'nothing'})", *notes))
