"""Who handed something in, by the names that learning systems give to what they let a teacher download.

The patterns are tried in the order of `PATTERNS`: an anonymous Canvas id may be all digits, and would then
also fit the pattern of a named one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import yaml
from msgspec import Struct

from grader.errors import SubmissionError


class Who(Struct, frozen=True):
    """One person, or one of a group, and what the system says about the submission."""

    student: str
    """What identifies the person to the system: Canvas user id, Moodle participant, login, sid."""
    name: str = ""
    """For people to read; empty when the system does not tell."""
    system: str = "plain"
    rest: str = ""
    """The file's name as the student gave it; empty when the entry is a folder."""
    late: bool = False
    at: datetime | None = None
    order: int = 0
    """Of two from the same person, the higher is the later one."""
    typed: bool = False
    """Typed into the system's form, or a link: there is no file."""


PATTERNS: dict[str, re.Pattern[str]] = {
    "canvas anonymous": re.compile(r"(?P<late>LATE_)?anon_(?P<student>[A-Za-z0-9]+)_(?P<order>\d+)_(?P<rest>.+)"),
    "canvas text": re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<student>\d+)_(?P<typed>text|link)\.html"),
    "canvas": re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<student>\d+)_(?P<order>\d+)_(?P<rest>.+)"),
    "moodle": re.compile(
        r"(?P<name>[^_]*)_(?P<student>\d+)_assignsubmission_(?P<plugin>file|onlinetext)(?:_?|_(?P<rest>.+))"
    ),
    "blackboard": re.compile(
        r"(?P<assignment>.+)_(?P<student>[A-Za-z0-9.@-]+)_attempt_(?P<at>\d{4}(?:-\d{2}){5})(?:_(?P<rest>.+)|\.txt)"
    ),
}
_GRADESCOPE = re.compile(r"submission_\d+")


def who(entry: str) -> Who | None:
    """The person behind a file's or folder's name as Canvas, Moodle or Blackboard gives it; or None."""
    for system, pattern in PATTERNS.items():
        if match := pattern.fullmatch(entry):
            return _of(system.partition(" ")[0], match.groupdict())
    return None


def _of(system: str, found: dict[str, str | None]) -> Who:
    at = found.get("at")
    return Who(
        student=found["student"] or "",
        name=(found.get("name") or "").strip(),
        system=system,
        rest=found.get("rest") or "",
        late=bool(found.get("late")),
        # Blackboard's local time: of which place, the name does not say
        at=datetime.strptime(at, "%Y-%m-%d-%H-%M-%S") if at and _is_time(at) else None,
        order=int(found.get("order") or 0) or int((at or "0").replace("-", "")),
        typed=bool(found.get("typed"))
        or found.get("plugin") == "onlinetext"
        or (system == "blackboard" and not found["rest"]),
    )


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return False
    return True


def gradescope(metadata: bytes) -> dict[str, tuple[Who, ...]]:
    """The people of each `submission_<id>` folder, from an export's submission_metadata.yml; a group has several.

    Raises SubmissionError when the file is not that.
    """
    try:
        document = yaml.load(metadata, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SubmissionError(
            f"submission_metadata.yml cannot be read: {str(error).splitlines()[0]}",
            remedy="download the export again",
            slug="submission-metadata",
        ) from None
    folders = document.items() if isinstance(document, dict) else ()
    return {str(folder): _submitters(entry) for folder, entry in folders if _GRADESCOPE.fullmatch(str(folder))}


def _submitters(entry: Any) -> tuple[Who, ...]:
    if not isinstance(entry, Mapping):
        return ()
    people = entry.get(":submitters")
    at = entry.get(":created_at")
    moment = at if isinstance(at, datetime) else _moment(at)
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)  # noqa: UP017 - the parser gives moments in UTC
    return tuple(
        Who(
            student=_text(person, ":sid") or _text(person, ":email"),
            name=_text(person, ":name"),
            system="gradescope",
            at=moment,
        )
        for person in (people if isinstance(people, list) else [])
        if isinstance(person, Mapping)
    )


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text).replace(" UTC", "+00:00"))
    except ValueError:
        return None


def _text(person: Mapping[str, Any], key: str) -> str:
    value = person.get(key)
    return "" if value is None else str(value)


def classroom50(settings: bytes, folder: str) -> Who:
    """The person of a Classroom 50 repository, from its .classroom50.yaml and the folder's name."""
    found = dict(
        re.findall(r"^(classroom|assignment):[ \t]*[\"']?([\w.-]+)", settings.decode("utf-8", "replace"), re.M)
    )
    prefix = f"{found.get('classroom', '')}-{found.get('assignment', '')}-"
    login = folder[len(prefix) :] if folder.lower().startswith(prefix.lower()) else folder
    return Who(student=login or folder, system="classroom50")


def slug_of(container: str, folders: list[str]) -> str:
    """The assignment's slug of a folder of GitHub Classroom clones: "ex04-printers" of ex04-printers-submissions/.

    Without that folder's name it is what all clones begin with, up to a hyphen; empty when there is nothing.
    """
    if container.endswith("-submissions"):
        return container.removesuffix("-submissions")
    first, last = (min(folders), max(folders)) if len(folders) > 1 else ("", "")
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same].rpartition("-")[0]


def github(folder: str, slug: str) -> Who | None:
    """The person of a clone `<slug>-<login>`; None when the folder is not called so."""
    match = re.fullmatch(rf"{re.escape(slug)}-(?P<login>[A-Za-z0-9](?:[A-Za-z0-9-]{{0,38}}))", folder, re.IGNORECASE)
    return Who(student=match["login"], system="github") if match else None


def by_pattern(pattern: re.Pattern[str], name: str) -> Who | None:
    """The person by the teacher's own pattern, with nbgrader's groups: student_id, first_name, last_name, email,
    timestamp, file_id. None when it does not fit."""
    match = pattern.search(name)
    if match is None:
        return None
    found = {key: value or "" for key, value in match.groupdict().items()}
    spoken = " ".join(filter(None, (found.get("first_name"), found.get("last_name"))))
    student = found.get("student_id") or found.get("email") or spoken
    moment = _moment(found["timestamp"]) if found.get("timestamp") else None
    return Who(student=student, name=spoken, at=moment, rest=found.get("file_id", "")) if student else None


def nbgrader_time(text: str) -> datetime | None:
    """The moment in nbgrader's timestamp.txt: `2026-02-02 15:58:23.948203 UTC` or with an offset; None when unclear."""
    moment = _moment(text.strip())
    return moment if moment is not None and moment.tzinfo is not None else None
