"""What confirming a pass costs: the references, graded with and without schedules that the parent drives.

    python benchmarks/confirming.py [--rounds 5] [--write]

Operations, executions and questions are counted in the parent. Processor time is that of the parent and of the box
together: what a grading with confirmation takes more than one without, medians, divided by the operations. Real time
is that of the driven jobs alone; where other work runs, most of it is waiting for the other side's turn. `--write`
replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import socket
import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results_file import replace_section  # noqa: E402

from grader.box.parent import Box  # noqa: E402
from grader.course import read_course  # noqa: E402
from grader.exercises import ExerciseOnDisk, find_exercise  # noqa: E402
from grader.grading import Options, grade  # noqa: E402
from grader.submissions import read  # noqa: E402

EXERCISES = ("ex01", "ex04")


class Counted(NamedTuple):
    scenarios: int
    executions: int
    operations: int
    questions: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    course = read_course(ROOT)
    rows = [row(find_exercise(course, name), asked.rounds) for name in EXERCISES]
    table = report(rows, asked.rounds)
    print(table)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Confirming passes from outside the box", table)


def row(exercise: ExerciseOnDisk, rounds: int) -> str:
    graded(exercise, False)  # imports pytest
    pairs = [(graded(exercise, False)[0], *graded(exercise, True)) for _ in range(rounds)]
    more = statistics.median(confirmed for _, confirmed, _ in pairs) - statistics.median(plain for plain, *_ in pairs)
    counts = [counted for *_, counted in pairs]
    operations = statistics.median(counted.operations for counted in counts)
    real = statistics.median(counted.seconds / counted.operations for counted in counts)
    one = counts[0]
    cells = [
        exercise.spec.id, one.scenarios, one.executions, one.operations, one.questions,
        f"{more * 1000:.0f}", f"{more / operations * 1e6:.0f}", f"{real * 1e6:.0f}",
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def graded(exercise: ExerciseOnDisk, confirm: bool) -> tuple[float, Counted]:
    """Seconds of processor time of one grading, and what was driven in it."""
    assert exercise.solution is not None
    answer = read(exercise.solution, exercise.spec.module)
    drives: list[Counted] = []
    plain = Box.drive

    def drive(box: Box, job: object, witness: object) -> None:
        questions, turn = [0], witness.turn

        def counting(*told: object) -> object:
            questions[0] += 1
            return turn(*told)

        witness.turn = counting
        begin = time.perf_counter()
        plain(box, job, witness)
        seconds = time.perf_counter() - begin
        drives.append(Counted(1, len(witness.outcomes), witness.operations, questions[0], seconds))

    before = processor()
    with mock.patch.object(Box, "drive", drive):
        result = grade(exercise, answer, Options(confirm=confirm))
    assert result.verdict == "pass", f"{exercise.spec.id}: {result.score} of {result.max_score}"
    return processor() - before, Counted(*map(sum, zip(*drives, strict=True))) if drives else Counted(0, 0, 0, 0, 0)


def bare(times: int = 2_000) -> tuple[float, float]:
    """Seconds of processor and of real time that one question and answer of a byte take between two processes."""
    ours, theirs = socket.socketpair()
    begin, before = time.perf_counter(), processor()
    child = os.fork()
    if child == 0:
        for _ in range(times):
            theirs.sendall(theirs.recv(1))
        os._exit(0)
    for _ in range(times):
        ours.sendall(b"?")
        ours.recv(1)
    os.waitpid(child, 0)
    return (processor() - before) / times, (time.perf_counter() - begin) / times


def processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def report(rows: list[str], rounds: int) -> str:
    today, load = datetime.datetime.now(datetime.UTC).date(), os.getloadavg()[0]
    processor_time, real = bare()
    return "\n".join(
        [
            f"{today}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load average "
            f"{load:.1f}. References, {rounds} gradings with and as many without, in turn. A bare question and answer",
            f"of one byte between two processes took {processor_time * 1e6:.0f} us of processor and "
            f"{real * 1e6:.0f} us of real time.",
            "",
            "| exercise | scenarios | executions | operations | questions | ms of processor more | us an operation "
            "| us of real time an operation |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


if __name__ == "__main__":
    main()
