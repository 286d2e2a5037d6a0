"""`grade replay ex04 TOKEN`: steps through one schedule, a key press a step at a terminal, all at once elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.course import Course
from grader.exercises import ExerciseOnDisk, find_exercise
from grader.grading import Options, replay
from grader.submissions import read
from grader.trace import Step, Trace, read_token


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
    for number, step in enumerate(trace.steps, 1):
        print(_line(number, step, trace, sources))
        if waiting and _key() in ("q", "quit"):
            return 0
    for sentence in trace.ending:
        print(f"  {sentence}")
    return 0


def _key() -> str:
    try:
        return input().strip()
    except EOFError:
        return "q"


def _sources(exercise: ExerciseOnDisk, files: dict[str, str]) -> dict[str, list[str]]:
    sources = {name: text.splitlines() for name, text in files.items()}
    for path in filter(None, (exercise.checks, exercise.hidden)):
        sources.setdefault(path.name, path.read_text(encoding="utf-8").splitlines())
    return sources


def _line(number: int, step: Step, trace: Trace, sources: dict[str, list[str]]) -> str:
    """One step: who, where, the source line, what it did, why it matters."""
    width = max(map(len, trace.threads), default=1)
    lines = sources.get(step.file, [])
    source = lines[step.line - 1].strip() if 0 < step.line <= len(lines) else ""
    value = f" = {step.value}" if step.value else ""
    did = f"{step.operation} {step.target}{value}".strip()
    note = f"   <- {step.note}" if step.note else ""
    return f"{number:4}  {trace.threads[step.thread]:<{width}}  {step.file}:{step.line:<4} {source:<40}  {did}{note}"
