"""Where the engine's time goes: shares of processor time by part, as cProfile sees them.

    python benchmarks/where_time_goes.py [--executions 2000] [--write]

The programs are three of `engine.py`, each under a random walk, under DPOR and in the whole search. cProfile makes
small functions look dearer than they are, and counts a switch of greenlets to whoever called it: shares, not seconds.
`--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime
import platform
import pstats
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from results_file import replace_section

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine_sides import source  # noqa: E402

from grader.interleave.explorer import Plan, explore  # noqa: E402
from grader.interleave.program import Program, load  # noqa: E402
from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.strategies.random_walk import RandomWalk  # noqa: E402

PROGRAMS = ("locked (right)", "overdraft (wrong)", "notified before waiting (wrong)")
SCENARIO = "def run(answer):\n    return answer.main()\n"
PARTS = {
    "interleave/strategies": "strategy", "interleave/schedule": "strategy", "interleave/instrument": "hooks",
    "interleave/stand_ins": "stand-ins", "interleave/races": "races", "interleave/vector_clock": "races",
    "interleave/explorer": "search", "interleave/portfolio": "search", "interleave/": "turns and engine",
    "program.py": "program", "threading.py": "standard library", "queue.py": "standard library",
}  # fmt: skip


def random(program: Program, executions: int) -> None:
    main, walk = program.execution("run", {}), RandomWalk(Random(1))
    for _ in range(executions):
        program.engine.run(main, walk)


def dpor(program: Program, executions: int) -> None:
    main, dpor = program.execution("run", {}), Dpor()
    for _ in range(executions):
        if not dpor.begin():
            dpor = Dpor()
            dpor.begin()
        program.engine.run(main, dpor)


def whole(program: Program, executions: int) -> None:
    while executions > 0:
        executions -= explore(program, "run", {}, Plan(), lambda _: True).schedules


def shares(way: Callable[[Program, int], None], executions: int) -> Counter[str]:
    """Part -> its share of the time, in percent, over all programs."""
    spent: Counter[str] = Counter()
    for name in PROGRAMS:
        program = load({"program.py": source(name)}, "program", SCENARIO, "scenario.py")
        way(program, 50)
        profile = cProfile.Profile()
        profile.runcall(way, program, executions)
        for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
            part = next((part for piece, part in PARTS.items() if piece in file), "builtins and greenlet")
            spent[part] += own
    total = sum(spent.values())
    return Counter({part: round(100 * seconds / total) for part, seconds in spent.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=2000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    table = {way.__name__: shares(way, asked.executions) for way in (random, dpor, whole)}
    parts = [part for part, _ in sum(table.values(), Counter()).most_common()]
    text = "\n".join(
        [
            f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: "
            f"`python benchmarks/where_time_goes.py`, {asked.executions} executions of each of "
            f"{len(PROGRAMS)} programs; percent of the time.",
            "",
            "| | " + " | ".join(parts) + " |",
            "|---" * (len(parts) + 1) + "|",
            *(f"| {way} | " + " | ".join(str(said[part]) for part in parts) + " |" for way, said in table.items()),
        ]
    )
    print(text)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Where the time goes", text)


if __name__ == "__main__":
    main()
