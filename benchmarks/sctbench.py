"""SCTBench in Python: how many schedules each program needs until its bug is seen.

    python benchmarks/sctbench.py [--executions 2000] [--seeds 3] [--seconds 4] [--write] [NAME ...]

The programs are our own, after the published descriptions (Thomson, Donaldson, Betts, "Concurrency testing using
controlled schedulers: an empirical study", TOPC 2016); they stand in tests/programs/buggy/sctbench, and in
tests/programs/hard/sctbench where no search of the default length finds the bug. `whole search` is
the portfolio as a check runs it, each execution counted, those too that were cut short or begun anew: median over the
seeds. The other columns are single strategies, each from one seed, for at most that many executions and seconds.
`--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from results_file import replace_section

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "interleave")]

from corpus import Case, cases  # noqa: E402

from grader.interleave.explorer import Plan, explain, explore  # noqa: E402
from grader.interleave.strategies import Strategy  # noqa: E402
from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.strategies.pct import Pct  # noqa: E402
from grader.interleave.strategies.pos import PartialOrderSampling  # noqa: E402
from grader.interleave.strategies.random_walk import RandomWalk  # noqa: E402
from grader.interleave.strategies.surw import SelectivelyUniform  # noqa: E402
from grader.trace import Outcome  # noqa: E402

STRATEGIES: dict[str, Callable[[Random], Strategy]] = {
    "DPOR": lambda _: Dpor(),
    "random walk": RandomWalk,
    "POS": PartialOrderSampling,
    "SURW": SelectivelyUniform,
    "PCT(3)": lambda random: Pct(random, 3),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    programs = [
        case
        for kind in ("buggy/sctbench", "hard/sctbench")
        for case in cases(kind)
        if not asked.names or case.name in asked.names
    ]
    head = ["program", "threads", "whole search", "seconds", "rows", *STRATEGIES]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for case in programs:
        rows.append("| " + " | ".join([case.name.replace("_", " "), *line(case, asked)]) + " |")
        print(rows[-1], flush=True)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "SCTBench in Python", report(rows, asked))


def report(rows: list[str], asked: argparse.Namespace) -> str:
    """The section for RESULTS.md."""
    return (
        f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: executions until the bug "
        f"was seen; `-`: not in {asked.executions}\n(whole search, {asked.seeds} seeds) or in {asked.seconds:g} s "
        "(a single strategy, one seed). Seconds: of the median search, on a machine with other work.\nRows: of the "
        "picture shown. In the feasibility study SURW found a 20-thread reorder in 10 of 10 runs, DPOR never.\n\n"
        + "\n".join(rows)
    )


def line(case: Case, asked: argparse.Namespace) -> list[str]:
    """The cells of one program."""
    plans = [Plan(executions=asked.executions, seed=seed) for seed in range(asked.seeds)]
    searched = [search(case, plan) for plan in plans]
    counts = [count for count, _, _ in searched if count]
    found = statistics.median_high(counts) if len(counts) == len(plans) else f"{len(counts)} of {len(plans)} seeds"
    witness = next((outcome for _, _, outcome in searched if outcome), None)
    threads, rows = shown(case, witness, plans[0])
    seconds = statistics.median(seconds for _, seconds, _ in searched)
    single = [str(alone(case, make(Random(0)), asked) or "-") for make in STRATEGIES.values()]
    return [threads, str(found) if counts else "-", f"{seconds:.2f}", rows, *single]


def search(case: Case, plan: Plan) -> tuple[int, float, Outcome | None]:
    """(executions, seconds, the bug) of one whole search; 0 executions when it did not find the bug."""
    program, seen, count = case.program(), [], [0]
    run = program.engine.run

    def counted(*words, **names):
        count[0] += 1
        return run(*words, **names)

    program.engine.run = counted  # type: ignore[method-assign]
    began = time.perf_counter()
    explore(program, "run", case.arguments, plan, lambda one: not case.is_wanted(one) or seen.append(one))
    found = seen[-1] if seen else None
    return (count[0] if found else 0), time.perf_counter() - began, found


def shown(case: Case, witness: Outcome | None, plan: Plan) -> tuple[str, str]:
    """How many threads there are, and how many rows tell the bug; "-" when it was not found."""
    if witness is None:
        return str(case.arguments.get("size", "")), "-"
    trace = explain(case.program(), "run", case.arguments, witness.schedule, plan)
    return str(len(trace.threads) - 1), str(len(trace.steps))


def alone(case: Case, strategy: Strategy, asked: argparse.Namespace) -> int:
    """Executions until the bug with one strategy; 0 when it did not find it."""
    program = case.program()
    run, until, count = program.execution("run", case.arguments), time.perf_counter() + asked.seconds, 0
    while count < asked.executions and time.perf_counter() < until and strategy.begin():
        count += 1
        execution = program.engine.run(run, strategy)
        wrong = execution.ending != "done" or execution.value not in case.says["ALLOWED"]
        if wrong and execution.ending == case.says["ENDING"]:
            return count
    return 0


if __name__ == "__main__":
    main()
