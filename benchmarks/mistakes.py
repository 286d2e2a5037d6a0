"""How often each mistake with real processes is found, and with the words that belong to it.

    python benchmarks/mistakes.py [--runs 50] [--only WORD] [--write]

Each mistake is a wrong answer of the course, graded again and again by the check that is there to find it, with
another seed each time. A run counts when the check fails and says the words given here: they name the mistake where a
name can be seen from outside, else they are what came of it. `--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results_file import replace_section  # noqa: E402

from grader.checks.session import Session  # noqa: E402
from grader.course import Course, read_course  # noqa: E402
from grader.exercises import find_exercise  # noqa: E402
from grader.grading import _modules, _run_checks  # noqa: E402
from grader.results import Finding  # noqa: E402
from grader.submissions import read  # noqa: E402


class Mistake(NamedTuple):
    name: str
    answer: str
    """The exercise and the wrong answer of it."""
    check: str
    words: str
    """What the finding must say: in its title, in what was seen, or in what is expected instead."""


MISTAKES = [Mistake(**row) for row in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=50)
    options.add_argument("--only", default="", metavar="WORD", help="mistakes whose name has it")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    if given.only and given.write:
        options.error("--write replaces the whole section: leave --only out")
    course = read_course(ROOT)
    rows = [tried(course, mistake, given.runs) for mistake in MISTAKES if given.only in mistake.name]
    where = f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}"
    head = f"{datetime.date.today()}, {where}; {given.runs} runs of each, seeds 0 to {given.runs - 1}.\n"
    table = "\n".join(
        [head, "| mistake | wrong answer | check | found with its words | ms |", "|---|---|---|---|---|", *rows]
    )
    print(table)
    if given.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Mistakes with processes", table)


def tried(course: Course, mistake: Mistake, runs: int) -> str:
    began, found = time.perf_counter(), 0
    for seed in range(runs):
        finding = finding_of(course, mistake, seed)
        named = finding is not None and mistake.words in f"{finding.title}; {finding.saw}; {finding.expected}"
        found += named
        if not named:
            print(f"{mistake.name}, seed {seed}: {finding and (finding.title, finding.saw)}", file=sys.stderr)
    spent = round(1000 * (time.perf_counter() - began) / runs)
    return f"| {mistake.name} | {mistake.answer} | {mistake.check} | {found} of {runs} | {spent} |"


def finding_of(course: Course, mistake: Mistake, seed: int) -> Finding | None:
    number, name = mistake.answer.split()
    exercise = find_exercise(course, number)
    folder = next((ROOT / "solutions").glob(f"{number}_*"))
    answer = read(folder / "wrong" / f"{name}.py", exercise.spec.module)
    session = Session(exercise, answer.files, seed=seed)
    try:
        _run_checks(session, _modules(exercise, hidden=True), only=mistake.check)
    finally:
        session.close()
    (result,) = [check for check in session.results if check.id == mistake.check]
    return result.findings[0] if result.verdict == "fail" else None


if __name__ == "__main__":
    main()
