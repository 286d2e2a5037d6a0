"""`grade bulk`: everybody's answers, graded once each, whatever happens on the way.

    collect -> read (in a worker) -> known to the store? -> grade (in a worker) -> store -> gradebook, results, feedback

What is known lies in the store at once, by content: a run that was killed goes on when the same command is given
again, and identical work is graded once. What comes out depends on what was handed in, never on who was first.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from grader.box.sandbox.canary import tier_for_marks
from grader.bulk import outputs
from grader.bulk.outputs import Graded
from grader.bulk.progress import Progress, showing
from grader.cores import cores
from grader.course import Course
from grader.errors import EXIT_INTERNAL, EXIT_PASSED, CourseError, GraderError, SubmissionError
from grader.exercises import ExerciseOnDisk, find_exercise, find_exercises, fingerprint
from grader.grading import CHECKS, Options, grade
from grader.results import ExerciseResult, Finding, Submitted
from grader.scoring import late_factor, lateness
from grader.store import Key, Store
from grader.submissions.answer import Answer
from grader.submissions.collect import Handed, collect, read_handed
from grader.version import VERSION
from grader.workers import LocalPool, Outcome, Task

STORE = "gradings.sqlite"
READING = 120.0
"""Seconds for reading one submission: bounded work, so only a broken machine takes so long."""


class Wanted(Struct, frozen=True):
    """How all of them are to be graded."""

    course: Course
    exercises: Mapping[str, ExerciseOnDisk]
    fingerprints: Mapping[str, str]
    options: Options

    def key(self, exercise: str, answer: Answer) -> Key:
        return Key(self.fingerprints[exercise], answer.sha256, self.options.seed, self.options.tier or "", VERSION)


def bulk(
    course: Course,
    paths: Sequence[Path],
    output: Path,
    options: Options,
    jobs: int = 0,
    exercise: str | None = None,
    trusted: bool = False,
) -> int:
    """Grade everything in `paths` into the folder `output`. Returns 0, or 3 when some could not be graded by our fault.

    What students got wrong is in the gradebook, not in the exit code. Raises CourseError.
    """
    only = find_exercise(course, exercise).spec.id if exercise else None
    wanted = _wanted(course, replace(options, tier=tier_for_marks(options.tier, trusted=trusted)))
    # what a run before left there is no submission, wherever it lies
    handed = collect(paths, course, exercise=only, without=output if (output / STORE).exists() else None)
    if not handed:
        remedy = "point at the folder or archive with one submission a student"
        raise CourseError(f"there is no submission in {', '.join(map(str, paths))}", remedy=remedy, slug="bulk-empty")
    _make_folder(output)
    try:
        with Store(output / STORE) as store, LocalPool(jobs or cores()) as pool, showing(len(handed)) as progress:
            graded = grade_all(handed, wanted, store, pool, progress)
    except KeyboardInterrupt:
        print("\nbulk: stopped. What is graded is kept: the same command goes on from here.", file=sys.stderr)
        return 130
    outputs.write_all(output, course, graded)
    print(outputs.summary(output, graded))
    return EXIT_INTERNAL if any(each.trouble for each in graded) else EXIT_PASSED


def grade_all(
    handed: Sequence[Handed], wanted: Wanted, store: Store, pool: Pool, progress: Progress
) -> tuple[Graded, ...]:
    """Each one's grade, in the order of `handed`. Raises CourseError when the course itself is broken."""
    return _Run(handed, wanted, store, pool, progress).all()


class Pool(Protocol):
    """Who does the work. `next` waits for the next task to be finished; None when there is nothing left to do."""

    def submit(self, task: Task) -> None: ...

    def next(self) -> tuple[int, Outcome] | None: ...


class _Run:
    """One run through all submissions; a submission's number is its place in `handed`."""

    def __init__(self, handed: Sequence[Handed], wanted: Wanted, store: Store, pool: Pool, progress: Progress) -> None:
        self._handed = handed
        self._wanted = wanted
        self._store = store
        self._pool = pool
        self._progress = progress
        self._graded: dict[int, Graded] = {}
        self._read: dict[int, tuple[Key, Answer]] = {}
        self._same: dict[Key, list[int]] = {}
        # invariant: a key is in _same exactly while its first number is being graded

    def all(self) -> tuple[Graded, ...]:
        for number, handed in enumerate(self._handed):
            exercise = self._wanted.exercises.get(handed.exercise)
            if exercise is None:
                reason = handed.problem or f"there is no exercise {handed.exercise!r}"
                self._close(Graded(handed, None, refused=reason), number, fresh=False)
            else:
                self._pool.submit(Task(number, read_handed, (handed, exercise.spec.module), READING))
        while (finished := self._pool.next()) is not None:
            self._take(*finished)
        return tuple(self._graded[number] for number in range(len(self._handed)))

    def _take(self, number: int, outcome: Outcome) -> None:
        match outcome:
            case Answer():
                self._was_read(number, outcome)
            case ExerciseResult():
                self._was_graded(number, outcome)
            case SubmissionError():
                self._was_refused(number, outcome)
            case CourseError():
                raise outcome
            case _:
                self._was_lost(number, outcome)

    def _exercise(self, number: int) -> ExerciseOnDisk:
        return self._wanted.exercises[self._handed[number].exercise]

    def _was_read(self, number: int, answer: Answer) -> None:
        exercise = self._exercise(number)
        key = self._wanted.key(exercise.spec.id, answer)
        self._read[number] = key, answer
        if key in self._same:
            self._same[key].append(number)
        elif (known := self._store.get(key)) is not None:
            self._finish(number, known, fresh=False)
        else:
            self._same[key] = [number]
            seconds = CHECKS * exercise.spec.time_limit
            self._pool.submit(Task(number, grade, (exercise, answer, self._wanted.options), seconds))

    def _was_graded(self, number: int, result: ExerciseResult) -> None:
        key, answer = self._read[number]
        # what stays is what the answer's content decides, not whose it was; the box's own notes come after the reader's
        notes = result.submission.notes[len(answer.notes) :]
        kept = replace(result, submission=Submitted("", answer.sha256, notes))
        if result.verdict != "error":
            self._store.put(key, kept)
        for each in self._same.pop(key):
            self._finish(each, kept)

    def _was_refused(self, number: int, error: SubmissionError) -> None:
        handed = self._handed[number]
        result = refused(handed, self._exercise(number), self._wanted, error)
        self._close(Graded(handed, result, refused=str(error)), number, fresh=False)

    def _was_lost(self, number: int, error: GraderError) -> None:
        key = self._read[number][0] if number in self._read else None
        together = self._same.pop(key) if key else [number]
        for each in together:
            self._close(Graded(self._handed[each], None, trouble=str(error)), each)

    def _finish(self, number: int, result: ExerciseResult, *, fresh: bool = True) -> None:
        handed, answer = self._handed[number], self._read[number][1]
        submitted = Submitted(answer.origin, answer.sha256, (*answer.notes, *result.submission.notes))
        failed = [check.id for check in result.checks if check.verdict == "error"]
        graded = Graded(
            handed,
            replace(result, submission=submitted),
            trouble=f"the grader failed in {', '.join(failed)}" if failed else "",
            factor=self._factor(handed),
            answer=answer,
        )
        self._close(graded, number, fresh=fresh)

    def _close(self, graded: Graded, number: int, *, fresh: bool = True) -> None:
        self._graded[number] = graded
        self._progress.advance(fresh=fresh)

    def _factor(self, handed: Handed) -> Fraction:
        exercise = self._wanted.exercises.get(handed.exercise)
        due = exercise.spec.due if exercise else None
        return late_factor(self._wanted.course.late, lateness(due, handed.at))


def refused(handed: Handed, exercise: ExerciseOnDisk, wanted: Wanted, error: SubmissionError) -> ExerciseResult:
    """The result of a submission that cannot be read: no points, and the reason for its writer."""
    finding = Finding(
        kind="crash",
        title="the submission cannot be read",
        ran=f"read {handed.path.name}",
        saw=error.message,
        expected=f"{exercise.spec.module}, or a notebook or archive that holds it",
        hint=error.remedy,
    )
    return ExerciseResult(
        exercise=exercise.spec.id,
        title=exercise.spec.title,
        verdict="fail",
        score=Fraction(0),
        max_score=Fraction(exercise.spec.points),
        seed=wanted.options.seed,
        tier=wanted.options.tier or "limits",
        python=".".join(map(str, sys.version_info[:3])),
        grader=VERSION,
        submission=Submitted(handed.path.name, "", handed.notes),
        checks=(),
        problem=finding,
    )


def _wanted(course: Course, options: Options) -> Wanted:
    exercises = {exercise.spec.id: exercise for exercise in find_exercises(course)}
    prints = {name: fingerprint(exercise, hidden=options.hidden) for name, exercise in exercises.items()}
    return Wanted(course, exercises, prints, replace(options, confirm=True))


def _make_folder(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot write to {str(output)!r}: {error.strerror}"
        raise CourseError(message, remedy="name a folder of yours after -o", slug="bulk-output") from None
