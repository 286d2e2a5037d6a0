"""What the walls cost, and what a whole grading takes in a warm worker of `grade bulk`.

    python benchmarks/box.py [ROUNDS]

Starts of a bare interpreter and of one in the tier full, in turns; then gradings of a small exercise and of ex01 in
this process, as a worker does them after its first, passes confirmed, and how much of that are some stages. Medians on
the clock, and of processor time, box included, which tells more where others use the machine. The minimum is that of
the clock.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "attacks"))

import small_course  # noqa: E402

from grader.box import seccomp  # noqa: E402
from grader.box.parent import Box  # noqa: E402
from grader.box.protocol import Limits  # noqa: E402
from grader.box.sandbox import bubblewrap  # noqa: E402
from grader.box.sandbox.interpreter import this_interpreter  # noqa: E402
from grader.course import read_course  # noqa: E402
from grader.exercises import ExerciseOnDisk, find_exercise  # noqa: E402
from grader.grading import Options, grade  # noqa: E402
from grader.submissions.answer import answer  # noqa: E402


class Took(NamedTuple):
    """Milliseconds."""

    clock: float
    processor: float
    """Of this process and of the children that it waited for."""


STAGES = {"box asked for": (Box, "__init__"), "preflight": (Box, "preflight"), "box closed": (Box, "close")}


def main(rounds: int) -> None:
    bare, boxed = starts(rounds)
    print(f"{rounds} rounds, load {os.getloadavg()[0]:.1f}; ms: median, minimum, median of processor time")
    show("bare python -I -S -c pass", bare)
    show("the same in the tier full", boxed)
    show("difference, round by round", list(map(beyond, boxed, bare)))
    with tempfile.TemporaryDirectory() as folder:
        small = find_exercise(small_course.course_in(Path(folder)), small_course.EXERCISE)
        graded("small exercise, 2 checks", small, small_course.RIGHT, rounds)
    ex01 = find_exercise(read_course(ROOT), "ex01")
    graded(f"ex01, right, {ex01.spec.points} points", ex01, ex01.solution.read_text(), max(3, rounds // 4))


def starts(rounds: int) -> tuple[list[Took], list[Took]]:
    """Milliseconds of each start: bare, and behind the walls."""
    python = this_interpreter().executable
    bare, boxed = [], []
    for _ in range(rounds):
        bare.append(timed(lambda: subprocess.run([python, "-I", "-S", "-c", "pass"], check=True)))
        boxed.append(timed(lambda: boxed_start(python)))
    return bare, boxed


def boxed_start(python: str) -> None:
    told, tell = os.pipe()
    reading, writing = os.pipe()
    os.write(writing, seccomp.program())
    os.close(writing)
    walls = bubblewrap.arguments(this_interpreter(), Limits(), tell)
    command = ["bwrap", *walls, "--seccomp", str(reading), python, "-I", "-S", "-c", "pass"]
    try:
        subprocess.run(command, check=True, pass_fds=(tell, reading))
    finally:
        for descriptor in (told, tell, reading):
            os.close(descriptor)


def graded(what: str, exercise: ExerciseOnDisk, source: str, rounds: int) -> None:
    """The first is not counted: it imports pytest."""
    handed_in = answer({exercise.spec.module: source}, "handed in")
    times: list[Took] = []
    with stages() as spent:
        for number in range(rounds + 1):
            if number == 1:
                spent.clear()
            took = timed(lambda: passes(exercise, handed_in))
            times += [took] if number else []
    show(f"grading: {what}", times)
    for stage, each in spent.items():
        show(f"  of it {stage}", each)


def passes(exercise: ExerciseOnDisk, handed_in: object) -> None:
    result = grade(exercise, handed_in, Options(tier="full", confirm=True))  # type: ignore[arg-type]
    assert result.verdict == "pass", result


@contextmanager
def stages() -> Iterator[dict[str, list[Took]]]:
    """Milliseconds spent in each of STAGES meanwhile."""
    spent: dict[str, list[Took]] = {}
    plain = {stage: getattr(owner, name) for stage, (owner, name) in STAGES.items()}

    def around(stage: str, function: Callable[..., object]) -> Callable[..., object]:
        def called(*given: object, **named: object) -> object:
            result: list[object] = []
            spent.setdefault(stage, []).append(timed(lambda: result.append(function(*given, **named))))
            return result[0]

        return called

    for stage, (owner, name) in STAGES.items():
        setattr(owner, name, around(stage, plain[stage]))
    try:
        yield spent
    finally:
        for stage, (owner, name) in STAGES.items():
            setattr(owner, name, plain[stage])


def timed(action: Callable[[], object]) -> Took:
    began, used = time.perf_counter(), processor_time()
    action()
    return Took((time.perf_counter() - began) * 1000, (processor_time() - used) * 1000)


def processor_time() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usage)


def beyond(one: Took, other: Took) -> Took:
    return Took(one.clock - other.clock, one.processor - other.processor)


def show(what: str, times: list[Took]) -> None:
    clock, processor = [each.clock for each in times], [each.processor for each in times]
    print(f"{what:36} {median(clock):7.1f} {min(clock):7.1f} {median(processor):7.1f}")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["21"])[0]))
