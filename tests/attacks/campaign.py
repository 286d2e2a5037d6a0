"""Every hostile submission, timed: python tests/attacks/campaign.py [TIER] [BEGINNING OF A NAME]...

One line each: the worst of its seconds beyond its limit, what came of it. Exits 1 when one is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "box"), str(HERE.parents[1])]

from submissions import ATTACKS  # noqa: E402
from trial import Came, trial  # noqa: E402

from grader.workers import LocalPool, Task  # noqa: E402


def main(tier: str, beginnings: tuple[str, ...]) -> int:
    names = [name for name in ATTACKS if name.startswith(beginnings or "")]
    late: dict[str, float] = {}
    wrong = 0
    with LocalPool(2) as pool:
        for number, name in enumerate(names):
            pool.submit(Task(number, trial, (name, tier), 120.0))
        while (told := pool.next()) is not None:
            name, came = names[told[0]], told[1]
            assert isinstance(came, Came), came
            late[name] = max((asked.seconds - asked.limit for asked in came.asked), default=0.0)
            passed = [asked.passed for asked in came.asked if asked.way != "preflight"]
            good = passed == [ATTACKS[name].passes] * len(passed) and not came.did and not came.left
            wrong += not good
            seconds = " ".join(f"{asked.way} {asked.seconds:.2f}" for asked in came.asked)
            print(
                f"{late[name]:6.2f} {'' if good else 'WRONG'} {name}: {came.refused or seconds} {came.did} {came.left}"
            )
    worst = max(late, key=lambda name: late[name])
    over = sorted(name for name, seconds in late.items() if seconds > 1)
    print(f"tier {tier}: {len(names)} submissions, {wrong} wrong; latest {late[worst]:.2f} s over its limit: {worst}")
    print(f"over by more than a second: {len(over)}: {over}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or ["full"])[0], tuple(sys.argv[2:])))
