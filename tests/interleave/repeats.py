"""The same report every time: the whole corpus searched, explained and replayed again and again, byte for byte.

    python tests/interleave/repeats.py [TIMES] [--executions 50] [--write]        # 1,000 times

Fifty rounds are a process of their own, with another seed of Python's hashes; one for each processor runs at a time.
A round searches every program of the corpus, right ones for that many executions; of a wrong one it explains and
replays the first schedule that shows what is wrong. All of that is one text. Exit code 1 when a text is not the first
round's, when a replay does not end as the search said, when a wrong program is not found or a right one not left in
peace. `--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT), str(ROOT / "benchmarks")]

from corpus import Case, Explored, cases  # noqa: E402

from grader.interleave.explorer import Plan, explain, replay  # noqa: E402

ROUNDS = 50
"""In one process."""
KINDS = ("buggy", "correct")
MOST = 1000
"""Executions until what is wrong must have been seen."""


def text_of(case: Case, plan: Plan) -> str:
    """All that is said of a program; what is wrong with that begins with `WRONG`."""
    wrong = "ENDING" in case.says
    explored = Explored(case, plan._replace(executions=MOST), case.is_wanted) if wrong else Explored(case, plan)
    said = [msgspec.json.encode([explored.outcomes, explored.coverage]).decode()]
    if not wrong:
        races = [race for race in explored.coverage.races if race.pattern != "single access"]
        return f"WRONG: a false alarm: {explored.bad} {races}" if explored.bad or races else said[0]
    outcome = explored.outcomes[-1]
    if not case.is_wanted(outcome):
        return "WRONG: not found"
    told = explain(explored.program, "run", case.arguments, outcome.schedule, plan)
    again = replay(explored.program, "run", case.arguments, told.schedule, plan)
    if again.outcome.ending != outcome.ending:
        return f"WRONG: the replay ends as {again.outcome.ending}"
    return "\n".join([*said, *(msgspec.json.encode(one).decode() for one in (told, again))])


def digests(plan: Plan) -> dict[str, str]:
    """By program, of one round."""
    every = [case for kind in KINDS for case in cases(kind)]
    # Not SCTBench, which takes as long as all others.
    chosen = [case for case in every if case.file.parent.name in KINDS]
    found = {}
    for case in chosen:
        text = text_of(case, plan)
        found[case.name] = text if text.startswith("WRONG") else hashlib.sha256(text.encode()).hexdigest()
    return found


def rounds(times: int, seed: int, plan: Plan) -> list[dict[str, str]]:
    """Of a process of its own."""
    command = [sys.executable, __file__, str(times), "--executions", str(plan.executions), "--here"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times", type=int, nargs="?", default=1000)
    parser.add_argument("--executions", type=int, default=50)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    plan = Plan(executions=asked.executions)
    if asked.here:
        for _ in range(asked.times):
            print(json.dumps(digests(plan)), flush=True)
        return 0
    return campaign(asked.times, plan, write=asked.write)


def campaign(times: int, plan: Plan, *, write: bool) -> int:
    began, done, first = time.monotonic(), 0, dict[str, str]()
    differs: Counter[str] = Counter()
    parts = [min(ROUNDS, times - begun) for begun in range(0, times, ROUNDS)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(rounds, parts, range(1, len(parts) + 1), [plan] * len(parts)):
            for one in part:
                first = first or one
                differs.update(name for name in one if one[name] != first[name] or one[name].startswith("WRONG"))
            done += len(part)
            print(f"{done} rounds, {time.monotonic() - began:.0f} s, differing or wrong: {dict(differs)}", flush=True)
    print(*(f"{name}: {first[name]}" for name in differs), sep="\n")
    if write:
        from results_file import replace_section

        text = report(done, len(first), differs, plan)
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "The same every time", text)
    return bool(differs)


def report(times: int, programs: int, differs: Counter[str], plan: Plan) -> str:
    """The section for RESULTS.md."""
    lines = [
        f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}, at a load average of "
        f"{os.getloadavg()[2]:.1f}: `python tests/interleave/repeats.py {times}`.",
        f"{programs} programs of the corpus, {times} times, in {-(-times // ROUNDS)} processes with other hash seeds, "
        f"{plan.executions} executions at most of a right one.",
        "The outcomes, how often each was seen, the races, the explanation and the replay of each wrong program were "
        "the same bytes each time,",
        "every wrong program was found and every right one left in peace, but for "
        f"{sum(differs.values())} of {times * programs} searches.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
