"""Generated programs, DPOR against brute force and against sleep sets; as many as you like.

    python tests/interleave/campaign.py [COUNT] [FIRST]        # 10,000 from seed 0

The suite does the first 600 of them each time. Exit code 1 and the seed when a set of outcomes or a number of
executions differs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from abstract_machine import all_outcomes, explore, generate, outcomes_of  # noqa: E402

from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.strategies.sleep_sets import SleepSets  # noqa: E402


def differs(seed: int) -> str:
    """What is different about the program of this seed; "" when nothing is."""
    program = generate(Random(seed))
    dpor, oracle = Dpor(), SleepSets()
    outcomes = outcomes_of(explore(program, dpor, 100_000))
    complete = sum(one.ending != "abandoned" for one in explore(program, oracle, 1_000_000))
    if not dpor.finished:
        return "not finished"
    if outcomes != all_outcomes(program):
        return f"outcomes {outcomes ^ all_outcomes(program)}"
    return "" if dpor.complete == complete else f"{dpor.complete} executions, {complete} by sleep sets"


def main(count: int, first: int) -> int:
    found = [(seed, why) for seed in range(first, first + count) if (why := differs(seed))]
    for seed, why in found:
        print(f"seed {seed}: {why}")
    print(f"{count} programs from seed {first}, {len(found)} differences")
    return bool(found)


if __name__ == "__main__":
    asked = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(asked + [10_000, 0][len(asked) :])))
