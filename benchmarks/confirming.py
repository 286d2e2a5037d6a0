"""What confirming a pass costs: the references, graded with schedules that the parent drives.

    python benchmarks/confirming.py [--rounds 5] [--write]

Operations, executions and questions are counted in the parent. Processor time is what the parent and the processes of
the box have run while the scenario was driven, which the kernel counts in nanoseconds; real time has the waking up,
too. `--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import os
import platform
import signal
import socket
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results_file import replace_section  # noqa: E402

from grader.box.parent import Box  # noqa: E402
from grader.course import read_course  # noqa: E402
from grader.exercises import ExerciseOnDisk, find_exercise  # noqa: E402
from grader.grading import Options, grade  # noqa: E402
from grader.processes import kernel  # noqa: E402
from grader.submissions import read  # noqa: E402

EXERCISES = ("ex01", "ex04")


class Counted(NamedTuple):
    scenarios: int
    executions: int
    operations: int
    questions: int
    processor: float
    real: float
    """Seconds."""


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
    graded(exercise)  # imports pytest
    # As in a worker of `grade bulk`: garbage is looked for between two gradings, and not in what was imported.
    gc.collect()
    gc.freeze()
    gc.disable()
    counts = [graded(exercise) for _ in range(rounds)]
    used, real = (
        statistics.median(getattr(counted, name) / counted.operations for counted in counts) * 1e6
        for name in ("processor", "real")
    )
    one = counts[0]
    cells = [
        exercise.spec.id, one.scenarios, one.executions, one.operations, one.questions, f"{used:.0f}", f"{real:.0f}",
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def graded(exercise: ExerciseOnDisk) -> Counted:
    """What was driven in one grading."""
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
        used, real = spent(lambda: plain(box, job, witness))
        drives.append(Counted(1, len(witness.outcomes), witness.operations, questions[0], used, real))

    with mock.patch.object(Box, "drive", drive):
        result = grade(exercise, answer, Options(confirm=True))
    assert result.verdict == "pass", f"{exercise.spec.id}: {result.score} of {result.max_score}"
    return Counted(*map(sum, zip(*drives, strict=True)))


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor, of this process and of all below it, and of real time."""
    before, begin, own = below(), time.perf_counter(), time.process_time()
    work()
    own, real, after = time.process_time() - own, time.perf_counter() - begin, below()
    return own + sum(after[pid] - before.get(pid, 0.0) for pid in after), real


def below() -> dict[int, float]:
    """Seconds that each process below this one has run."""
    pids = [child.pid for child in psutil.Process().children(recursive=True)]
    return {pid: int(words[0]) * 1e-9 for pid in pids if (words := kernel.time_spent(pid, pid).split())}


def bare(times: int = 2_000) -> tuple[float, float]:
    """Seconds of processor and of real time that one question and answer of a byte take between two processes."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        for _ in range(times + 1):
            theirs.sendall(theirs.recv(1))
        signal.pause()
    used, real = spent(lambda: [ours.sendall(b"?") or ours.recv(1) for _ in range(times)])
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return used / times, real / times


def report(rows: list[str], rounds: int) -> str:
    today, load = datetime.datetime.now(datetime.UTC).date(), os.getloadavg()[0]
    used, real = bare()
    return "\n".join(
        [
            f"{today}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load average "
            f"{load:.1f}. References, medians of {rounds} gradings. A bare question and answer of one byte between two",
            f"processes took {used * 1e6:.0f} us of processor and {real * 1e6:.0f} us of real time.",
            "",
            "| exercise | scenarios | executions | operations | questions | us of processor an operation "
            "| us of real time an operation |",
            "|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


if __name__ == "__main__":
    main()
