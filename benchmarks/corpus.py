"""The corpus: every wrong program found and explained, every right one left in peace, with what it took.

    python benchmarks/corpus.py [--executions 1000] [--write] [NAME ...]

The programs stand in tests/programs/buggy and tests/programs/correct; SCTBench, which has a section of its own, is left
out where it has 20 threads or more. `least` is whether no schedule with fewer preemptions has the same outcome: every
one of them was tried (`yes`), one was found (its number), or there are more than 3,000 (`?`). `rows` are those of the
picture, `of` those that it would have if it were not held to 12. `--write` replaces the section in
benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple

from results_file import replace_section

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "interleave")]

from corpus import Case, Explored, cases  # noqa: E402

from grader.interleave import pictures  # noqa: E402
from grader.interleave.explorer import Plan, explain  # noqa: E402
from grader.interleave.strategies.context_bounded import ContextBounded  # noqa: E402

TRIED = 3000
LARGE = 20


class Found(NamedTuple):
    """What was found of a wrong program."""

    name: str
    schedules: int
    milliseconds: float
    explaining: float
    preemptions: int
    least: str
    rows: int
    uncut: int
    idiom: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=1000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    plan = Plan(executions=asked.executions)
    found, missed = [], []
    for case in chosen("buggy", asked.names):
        one = look(case, plan)
        (found if one else missed).append(one or case.name)
        print(one or f"{case.name}: not found", flush=True)
    right = [(case.name, *left_in_peace(case, plan)) for case in chosen("correct", asked.names)]
    text = report(found, missed, right, plan)
    print(text)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "The corpus", text)


def chosen(kind: str, names: list[str]) -> list[Case]:
    every = [case for case in cases(kind) if case.arguments.get("size", 0) < LARGE]
    return [case for case in every if not names or case.name in names]


def look(case: Case, plan: Plan) -> Found | None:
    """One wrong program; None when the search did not find what is wrong with it."""
    began = time.perf_counter()
    explored = Explored(case, plan, case.is_wanted)
    took = time.perf_counter() - began
    if not explored.bad or not case.is_wanted(explored.outcomes[-1]):
        return None
    program, schedule = explored.program, explored.outcomes[-1].schedule
    began = time.perf_counter()
    shown = explain(program, "run", case.arguments, schedule, plan)
    explaining = time.perf_counter() - began
    held, pictures.ROWS = pictures.ROWS, 10_000
    uncut = len(explain(program, "run", case.arguments, shown.schedule, plan).steps)
    pictures.ROWS = held
    return Found(
        case.name, explored.coverage.schedules, took * 1000, explaining * 1000, shown.preemptions,
        least(case, shown.preemptions), len(shown.steps), uncut, shown.idiom,
    )  # fmt: skip


def least(case: Case, preemptions: int) -> str:
    """Whether it takes so many, see above."""
    program, left = case.program(), TRIED
    main = program.execution("run", case.arguments)
    for bound in range(preemptions):
        strategy = ContextBounded(bound)
        while strategy.begin():
            left -= 1
            if left < 0:
                return "?"
            execution = program.engine.run(main, strategy)
            if not execution.abandoned and case.is_wanted(execution):  # type: ignore[arg-type]
                return str(bound)
    return "yes"


def left_in_peace(case: Case, plan: Plan) -> tuple[int, bool, int]:
    """(schedules, whether that is all of them, false alarms) of a right program."""
    explored = Explored(case, plan)
    races = [race for race in explored.coverage.races if race.pattern != "single access"]
    return explored.coverage.schedules, explored.coverage.exhausted, len(explored.bad) + len(races)


def report(found: list[Found], missed: list[str], right: list[tuple[str, int, bool, int]], plan: Plan) -> str:
    """The section for RESULTS.md."""
    short, uncut = sum(one.rows <= 12 for one in found), sum(one.uncut <= 12 for one in found)
    rows = [
        f"| {one.name} | {one.schedules} | {one.milliseconds:.1f} | {one.explaining:.1f} | {one.preemptions} | "
        f"{one.least} | {one.rows} | {one.uncut} | {one.idiom or '-'} |"
        for one in found
    ]
    proven = sum(exhausted for _, _, exhausted, _ in right)
    return "\n".join(
        [
            f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}, on a machine with "
            f"other work: `python benchmarks/corpus.py`, {plan.executions} executions a program.",
            "",
            f"Wrong programs: {len(found)} of {len(found) + len(missed)} found "
            f"({', '.join(missed) or 'none missed'}), in the median after "
            f"{statistics.median(one.schedules for one in found):g} schedules and "
            f"{statistics.median(one.milliseconds for one in found):.0f} ms with loading; "
            f"the slowest took {max(one.milliseconds for one in found):.0f} ms. "
            f"{sum(one.least == 'yes' for one in found)} are told with the fewest preemptions possible, "
            f"{sum(one.least.isdigit() for one in found)} with more. Pictures of at most 12 rows: {short} of "
            f"{len(found)}; with nothing left out to keep to 12: {uncut}. With an idiom's name: "
            f"{sum(bool(one.idiom) for one in found)}. Median time to explain: "
            f"{statistics.median(one.explaining for one in found):.0f} ms.",
            "",
            f"Right programs: {len(right)}, false alarms on {sum(alarms > 0 for *_, alarms in right)}, "
            f"{proven} proven; not proven: {', '.join(name for name, _, exhausted, _ in right if not exhausted)}.",
            "",
            "| program | schedules | ms | explaining, ms | preemptions | least | rows | of | idiom |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


if __name__ == "__main__":
    main()
