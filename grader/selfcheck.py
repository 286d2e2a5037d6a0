"""`grade selfcheck`: proves of every exercise that its checks pass right answers and fail wrong ones.

The rules (style of Rustlings' `dev check` and DMOJ's testsuite): the stub fails politely; the reference and
every right design get full marks under many seeds; every wrong answer fails, under two, exactly the checks that
its first line declares, with a declared kind of finding; every check is failed by some wrong answer; points add
up; every failing schedule replays to the same end; nothing lies about that does not belong there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from grader.checks.contract import defined, required_names
from grader.cores import cores
from grader.course import Course
from grader.errors import EXIT_FAILED, EXIT_PASSED, GraderError
from grader.exercises import ExerciseOnDisk, find_exercise, find_exercises
from grader.grading import CHECKS, Options, grade, replay
from grader.results import ExerciseResult, FindingKind
from grader.submissions import read
from grader.submissions.answer import Answer
from grader.trace import read_token
from grader.workers import LocalPool, Task

Role: TypeAlias = Literal["stub", "reference", "right", "wrong"]

_FAILS = re.compile(r"#\s*fails:\s*(.+)")
_DECLARED = re.compile(r"([a-z0-9_]+)\s*\(([^)]*)\)")
_HINT_STAGES = 3
WRONG_SEEDS = 2
"""A wrong answer is found with more than one seed, or it was found by luck."""


class Trial(Struct, frozen=True):
    """One answer to be graded once."""

    exercise: ExerciseOnDisk
    path: Path
    role: Role
    seed: int


class Tried(Struct, frozen=True):
    trial: Trial
    result: ExerciseResult | None
    broken: str = ""
    """Why it could not be graded, or how a replay differed."""


def selfcheck(course: Course, name: str | None = None, *, seeds: int = 0, jobs: int = 0) -> int:
    """Check one exercise, or all. Prints a line for each as soon as it is through, and one for each broken rule.

    `seeds` 0 takes as many for each exercise as course.yaml says. Returns 0 or 1.
    """
    exercises = (find_exercise(course, name),) if name else find_exercises(course)
    trials = [tuple(_trials(exercise, seeds or exercise.spec.seeds)) for exercise in exercises]
    tried = _run([trial for some in trials for trial in some], jobs or cores())
    broken = 0
    for exercise, some in zip(exercises, trials, strict=True):
        mine = list(islice(tried, len(some)))
        problems = sorted({*_on_disk(exercise), *_of_trials(exercise, mine)})
        broken += len(problems)
        _tell(exercise, mine, problems)
    return EXIT_FAILED if broken else EXIT_PASSED


def _trials(exercise: ExerciseOnDisk, seeds: int) -> Iterator[Trial]:
    yield Trial(exercise, exercise.stub, "stub", 0)
    for seed in range(seeds):
        if exercise.solution:
            yield Trial(exercise, exercise.solution, "reference", seed)
        for path in exercise.right:
            yield Trial(exercise, path, "right", seed)
    for seed in range(min(seeds, WRONG_SEEDS)):
        for path in exercise.wrong:
            yield Trial(exercise, path, "wrong", seed)


def _run(trials: list[Trial], jobs: int) -> Iterator[Tried]:
    """In the order of `trials`, whatever ends first, each as soon as it and all before it are there."""
    if jobs == 1:
        yield from map(try_one, trials)
        return
    early: dict[int, Tried] = {}
    with LocalPool(jobs) as pool:
        for number, trial in enumerate(trials):
            pool.submit(Task(number, try_one, (trial,), 2 * CHECKS * trial.exercise.spec.time_limit))
        for number in range(len(trials)):
            while number not in early and (came := pool.next()) is not None:
                place, told = came
                early[place] = told if isinstance(told, Tried) else Tried(trials[place], None, str(told))
            yield early.pop(number)


def try_one(trial: Trial) -> Tried:
    """Grade one answer, and replay each failing schedule of a wrong one."""
    # A right answer must be confirmed where marks are recorded; once is enough, and costs as much as some seeds.
    options = Options(seed=trial.seed, confirm=trial.role in ("reference", "right") and trial.seed == 0)
    try:
        answer = read(trial.path, trial.exercise.spec.module)
        result = grade(trial.exercise, answer, options)
        broken = _not_replayed(trial, answer, result, options) if trial.role == "wrong" else ""
    except GraderError as error:
        return Tried(trial, None, str(error))
    return Tried(trial, result, broken)


def _not_replayed(trial: Trial, answer: Answer, result: ExerciseResult, options: Options) -> str:
    for check in result.checks:
        for finding in check.findings:
            if finding.replay and finding.trace:
                trace = replay(trial.exercise, answer, read_token(finding.replay), options)
                if trace.ending != finding.trace.ending:
                    return f"{check.id}: the token {finding.replay} replays to another end: {'; '.join(trace.ending)}"
    return ""


def _of_trials(exercise: ExerciseOnDisk, tried: list[Tried]) -> Iterator[str]:
    hit: set[str] = set()
    told: set[str] = set()
    if all(each.trial.role == "stub" for each in tried):
        yield f"{exercise.spec.id}: only the stub was graded, which proves nothing"
    for each in tried:
        where = _short(each.trial.path)
        if each.broken:
            yield f"{where}: {each.broken}"
        if each.result is None:
            continue
        match each.trial.role:
            case "stub":
                yield from _stub(where, each.result)
            case "wrong":
                found = [words for words in _wrong(each.trial.path, where, each.result) if words not in told]
                told.update(found)
                yield from (f"{words} (seed {each.trial.seed})" if each.trial.seed else words for words in found)
                hit.update(check.id for check in each.result.checks if check.verdict == "fail")
            case "reference" | "right":
                yield from _right(where, each.result)
    reference = next((each.result for each in tried if each.trial.role == "reference" and each.result), None)
    if reference is not None:
        yield from _points(exercise, reference)
        yield from (
            f"{_short(exercise.checks)}: no wrong answer fails {check.id}: add one to wrong/"
            for check in reference.checks
            if check.id not in hit
        )


def _stub(where: str, result: ExerciseResult) -> Iterator[str]:
    if result.problem is None or result.problem.title != "not begun yet":
        saw = result.problem.saw if result.problem else "it is graded like an answer"
        yield f"{where}: the stub must import and say that it is not begun, but: {saw}"


def _right(where: str, result: ExerciseResult) -> Iterator[str]:
    if result.problem:
        yield f"{where}: must get full marks, but: {result.problem.saw}"
        return
    for check in result.checks:
        if check.verdict != "pass":
            saw = "; ".join([*(f"{finding.kind}: {finding.saw}" for finding in check.findings), *check.notes])
            yield f"{where}: must pass {check.id} (seed {result.seed}): {saw}"


def _wrong(path: Path, where: str, result: ExerciseResult) -> Iterator[str]:
    declared, faults = read_declaration(path)
    yield from (f"{where}: {fault}" for fault in faults)
    if faults:
        return
    failed = {check.id: check for check in result.checks if check.verdict in ("fail", "error")}
    skipped = {check.id for check in result.checks if check.verdict == "skip"}
    for check in sorted(declared.keys() - failed.keys()):
        yield f"{where}: declares that {check} fails, but it {'is skipped' if check in skipped else 'passes'}"
    for check in sorted(failed.keys() - declared.keys()):
        found = ", ".join(finding.kind for finding in failed[check].findings)
        yield f"{where}: fails {check} ({found}) without declaring it"
    for check in sorted(declared.keys() & failed.keys()):
        kinds: set[str] = {finding.kind for finding in failed[check].findings}
        if not kinds <= declared[check]:
            wanted = ", ".join(sorted(declared[check]))
            yield f"{where}: {check} must be found as {wanted}, but is found as {', '.join(sorted(kinds))}"


def read_declaration(path: Path) -> tuple[dict[str, set[str]], list[str]]:
    """The first line of a wrong answer, `# fails: check (kind, kind), check (kind)`, and what is wrong with it."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    match = _FAILS.match(first)
    if match is None:
        return {}, [f"the first line is {first!r}: write `# fails: check_id (kind)`"]
    declared: dict[str, set[str]] = {}
    faults = []
    for check, kinds in _DECLARED.findall(match.group(1)):
        declared[check] = {kind.strip() for kind in kinds.split(",")}
        faults += [f"there is no kind of finding {kind!r}" for kind in declared[check] - set(get_args(FindingKind))]
    return declared, faults if declared else ["declares no check: write `# fails: check_id (kind)`"]


def _points(exercise: ExerciseOnDisk, reference: ExerciseResult) -> Iterator[str]:
    if reference.max_score != exercise.spec.points:
        yield (
            f"{_short(exercise.checks)}: the points of the checks add up to {reference.max_score}, "
            f"course.yaml says {exercise.spec.points}"
        )


def _on_disk(exercise: ExerciseOnDisk) -> Iterator[str]:
    """What can be said without grading: files that are missing, empty or stray."""
    if exercise.solution is None:
        yield f"solutions/{exercise.folder.name}/{exercise.spec.module}: there is no reference: write one"
    if len(exercise.right) < 2:
        yield f"solutions/{exercise.folder.name}/right: at least two other right designs are wanted"
    if "TODO" not in exercise.stub.read_text(encoding="utf-8"):
        yield f"{_short(exercise.stub)}: the stub has no TODO"
    yield from _names(exercise)
    hints = exercise.folder / "hints.md"
    stages = f"\n{hints.read_text(encoding='utf-8')}".count("\n## ") if hints.exists() else 0
    if stages != _HINT_STAGES:
        yield f"{_short(hints)}: {stages} stages of the hint; write the sections ## 1, ## 2, ## 3"
    yield from (f"{_short(path)}: does not belong here: delete it" for path in _stray(exercise))


def _names(exercise: ExerciseOnDisk) -> Iterator[str]:
    """The stub gives students the names that are required of their answers."""
    required, given = required_names(exercise), defined(exercise.stub)
    if lacks := [name for name in required if name not in given]:
        yield f"{_short(exercise.stub)}: all right answers define {', '.join(lacks)}: the stub must, too"
    if required and (more := [name for name in given if name not in required]):
        yield f"{_short(exercise.stub)}: gives {', '.join(more)}, which not all right answers define: take it out"


def _stray(exercise: ExerciseOnDisk) -> Iterator[Path]:
    mine = {exercise.readme, exercise.stub, exercise.checks, exercise.hidden, exercise.solution}
    mine |= {exercise.folder / "hints.md", *exercise.right, *exercise.wrong}
    folders = [exercise.folder]
    if exercise.solution:
        folders.append(exercise.solution.parent)
        mine.add(exercise.solution.parent / "design.md")
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in mine and "__pycache__" not in path.parts:
                yield path


def _tell(exercise: ExerciseOnDisk, tried: list[Tried], problems: list[str]) -> None:
    count = {role: len({each.trial.path for each in tried if each.trial.role == role}) for role in get_args(Role)}
    seeds = len({each.trial.seed for each in tried})
    words = f"{count['right'] + count['reference']} right x {seeds} seeds, {count['wrong']} wrong"
    print(f"{'ok    ' if not problems else 'BROKEN'}  {exercise.spec.id}  {exercise.spec.title}: {words}")
    for problem in problems:
        print(f"        {problem}")
    sys.stdout.flush()


def _short(path: Path) -> str:
    """From `exercises/` or `solutions/` on, as the author knows it."""
    parts = path.parts
    starts = [number for number, part in enumerate(parts) if part in ("exercises", "solutions")]
    return "/".join(parts[starts[-1] :]) if starts else path.name
