"""`grade replay ex04 TOKEN`: steps through one schedule, a key press a step at a terminal, all at once elsewhere."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError
from grader.exercises import ExerciseOnDisk, find_exercise
from grader.grading import Options, replay, rerun
from grader.reports import Layout, Source
from grader.reports.safe_text import fit, printable, width, wrap
from grader.source_lines import source_lines
from grader.submissions import read
from grader.trace import Step, Trace, read_token

SOURCE = 40
"""Columns that a source line takes at most before what it did stands below it."""
NARROWEST = 30
"""Columns that the source line needs; where less are left in the row, it begins on the next."""
MARGIN = 6
NAME = 18
"""Columns of a thread's name."""


def step_through(course: Course, name: str, token: str, answer: Path | None, everything: bool) -> int:
    """Run the schedule that `token` names again and print it. Returns the exit code 0."""
    exercise = find_exercise(course, name)
    wanted = read_token(token)
    given = read(answer or exercise.stub, exercise.spec.module)
    trace = replay(exercise, given, wanted, Options(seed=wanted.seed))
    sources = _sources(exercise, given.files)
    waiting = sys.stdin.isatty() and sys.stdout.isatty() and not everything
    print(
        f"{exercise.spec.id} {wanted.check}: {len(trace.steps)} steps" + (", Enter for the next one" if waiting else "")
    )
    rows = _rows(trace.steps)
    table = _Table(rows, trace, sources)
    for number, step in rows:
        print(table.row(number, step))
        if waiting and _key() in ("q", "quit"):
            return 0
    if trace.left_out:
        print(f"  ... and {trace.left_out} more steps")
    for sentence in trace.ending:
        print("\n".join(f"  {line}" for line in wrap(printable(sentence), table.columns - 2)))
    return 0


def write_page(course: Course, name: str, token: str, answer: Path | None, to: Path) -> int:
    """Run the schedule that `token` names again; write a page to step through it to `to`. Returns the exit code 0."""
    from grader.reports import replay_page

    exercise = find_exercise(course, name)
    wanted = read_token(token)
    path = answer or exercise.stub
    given = read(path, exercise.spec.module)
    told = rerun(exercise, given, wanted, Options(seed=wanted.seed))
    source = Source(files=given.files, path=path, cells=given.line_map)
    command = f"grade replay {exercise.spec.id} {wanted}" + (f" {shlex.quote(str(answer))}" if answer else "")
    page = replay_page.write(told, source, f"{exercise.spec.id} {exercise.spec.title}", command)
    try:
        to.write_text(page, encoding="utf-8")
    except OSError as error:
        message = f"cannot write to {str(to)!r}: {error.strerror}"
        raise CourseError(message, remedy="name a file of yours after --html", slug="report-output") from None
    print(f"{to}: open it in a browser; arrow keys step through it")
    return 0


def _key() -> str:
    try:
        return input().strip()
    except EOFError:
        return "q"


def _sources(exercise: ExerciseOnDisk, files: dict[str, str]) -> dict[str, list[str]]:
    sources = {name: source_lines(text) for name, text in files.items()}
    for path in filter(None, (exercise.checks, exercise.hidden)):
        sources.setdefault(path.name, source_lines(path.read_text(encoding="utf-8")))
    return sources


def _rows(steps: Sequence[Step]) -> list[tuple[str, Step]]:
    """Steps with their numbers; neighbours that read the same are one row: "4-6"."""
    rows: list[tuple[str, Step]] = []
    first = 1
    for _, alike in groupby(steps, lambda step: (step.thread, _where(step), _did(step))):
        step, *others = alike
        last = first + len(others)
        rows.append((f"{first}-{last}" if others else f"{first}", step))
        first = last + 1
    return rows


class _Table:
    """Sets a row: the step's number, who, where, the source line, what it did, why it matters."""

    def __init__(self, rows: Sequence[tuple[str, Step]], trace: Trace, sources: Mapping[str, Sequence[str]]) -> None:
        self._threads = [fit(printable(name), NAME) for name in trace.threads]
        self._sources = sources
        self.columns = Layout(width=shutil.get_terminal_size().columns).columns
        self._number = max((len(number) for number, _ in rows), default=1)
        self._who = max((width(self._threads[step.thread]) for _, step in rows), default=1)
        self._where = max((width(_where(step)) for _, step in rows), default=1)
        self._source = min(max((width(self._line(step)) for _, step in rows), default=1), SOURCE)

    def row(self, number: str, step: Step) -> str:
        """In one line where that fits the window, else with what it did below the source line."""
        who, source, did = self._threads[step.thread], self._line(step), _did(step)
        head = f"{number:>{self._number}}  {_padded(who, self._who)}  {_padded(_where(step), self._where)}  "
        beside = width(head) + NARROWEST <= self.columns
        margin = width(head) if beside else MARGIN
        room = self.columns - margin
        whole = f"{_padded(source, self._source)}  {did}"
        lines = (
            [whole] if width(whole) <= room else [*wrap(source, room), *(f"  {part}" for part in wrap(did, room - 2))]
        )
        folded = f"\n{' ' * margin}".join(lines)
        return f"{head}{folded}" if beside else f"{fit(head.rstrip(), self.columns)}\n{' ' * margin}{folded}"

    def _line(self, step: Step) -> str:
        """The text of the source line; empty when it is not known."""
        lines = self._sources.get(step.file, [])
        return printable(lines[step.line - 1].strip()) if 0 < step.line <= len(lines) else ""


def _where(step: Step) -> str:
    return printable(f"{step.file}:{step.line}")


def _did(step: Step) -> str:
    value = f" = {step.value}" if step.value else ""
    note = f"   <- {step.note}" if step.note else ""
    return printable(f"{step.operation} {step.target}{value}".strip() + note)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
