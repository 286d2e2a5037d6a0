"""Grades 200 made-up students in bulk and records time and memory.

    python benchmarks/bulk.py [--students 200] [--exercises ex01 ...] [--write]

Each student hands in the four core exercises, or those named. The answers are those of solutions/ (the reference,
right designs, wrong answers, stubs) in turn, each with a line of its own so that none is found in the store. Memory
is the sum of the resident sizes of the whole process tree, sampled, shared pages counted more than once.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import psutil
from results_file import replace_section

from grader.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--exercises", nargs="+", default=["ex01", "ex02", "ex03", "ex04"], metavar="EX")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder) / "submissions"
        count = hand_in(submissions, asked.students, asked.exercises)
        seconds, peak, ours = grade(submissions, Path(folder) / "results")
    lines = [
        f"{datetime.date.today()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores of {processor()}, one worker a core, Threadmark {VERSION}.",
        "",
        "| students x exercises | answers | seconds | answers a second | peak memory, whole tree | the parent alone |",
        "|---|---|---|---|---|---|",
        f"| {asked.students} x {len(asked.exercises)} | {count} | {seconds:.1f} | {count / seconds:.1f} "
        f"| {peak / 2**20:.0f} MiB | {ours / 2**20:.0f} MiB |",
    ]
    print("\n".join(lines))
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Bulk grading", "\n".join(lines))


def processor() -> str:
    """The processor's name as Linux has it; "unknown make" elsewhere."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown make")


def answers(exercises: list[str]) -> dict[str, list[Path]]:
    """Module name -> all answers that the course's own repository has for it."""
    found = {}
    for exercise in exercises:
        folder = next((ROOT / "solutions").glob(f"{exercise}_*"))
        reference = next(path for path in folder.glob("*.py") if not path.name.startswith("test_"))
        stub = ROOT / "exercises" / folder.name / reference.name
        right, wrong = sorted((folder / "right").glob("*.py")), sorted((folder / "wrong").glob("*.py"))
        found[reference.name] = [reference, *right, stub, *wrong]
    return found


def hand_in(folder: Path, students: int, exercises: list[str]) -> int:
    count = 0
    for module, paths in answers(exercises).items():
        for number, path in enumerate(islice(cycle(paths), students)):
            target = folder / f"student{number:04}"
            target.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            (target / module).write_text(f"{text}\n# handed in by student {number}\n", encoding="utf-8")
            count += 1
    return count


def grade(submissions: Path, results: Path) -> tuple[float, int, int]:
    """Seconds, peak bytes of the tree, peak bytes of the parent alone."""
    command = [sys.executable, "-I", "-m", "grader", "bulk", str(submissions), "-o", str(results)]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        peak = ours = 0
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            mine, all_of_it = memory(watched)
            ours, peak = max(ours, mine), max(peak, all_of_it)
            time.sleep(SAMPLE_SECONDS)
    if process.returncode not in (0, 1) or not (results / "gradebook.csv").exists():
        sys.exit(f"grade bulk ended with {process.returncode}, or without a gradebook")
    return time.perf_counter() - begun, peak, ours


def memory(process: psutil.Process) -> tuple[int, int]:
    sizes = []
    try:
        for each in [process, *process.children(recursive=True)]:
            sizes.append(each.memory_info().rss)
    except psutil.Error:
        pass  # it ended between listing and looking
    return (sizes[0], sum(sizes)) if sizes else (0, 0)


if __name__ == "__main__":
    main()
