"""False alarms of the watch over real processes, and how soon it sees a deadlock.

    python benchmarks/processes.py [--runs 100] [--busy 0] [--seconds 150] [--write]

Right programs of every kind (pipes, queues, pools, signals, timeouts, all start methods) are run again and again;
a deadlock, a timeout or a leftover is a false alarm. Programs that deadlock are run, too: the time from the moment at
which everybody waits to the verdict is measured. `--busy` processes compute beside it all the while. `--write`
replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import os
import platform
import statistics
import sys
import time
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "processes")]

import test_run  # noqa: E402
from playing import play  # noqa: E402
from results_file import replace_section  # noqa: E402

METHODS = ("fork", "spawn", "forkserver")
RIGHT = (test_run.TALK, test_run.QUEUE, test_run.POOL, test_run.ALARM, test_run.TIMED)
STUCK = """
import os, time

def main():
    print(time.monotonic())
    {wait}
"""
WAITS = ("os.read(os.pipe()[0], 1)", "__import__('signal').pause()", "__import__('threading').Event().wait()")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--busy", type=int, default=0)
    options.add_argument("--seconds", type=float, default=150.0)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    busy = [multiprocessing.Process(target=compute, daemon=True) for _ in range(given.busy)]
    for process in busy:
        process.start()
    said = campaign(given.runs, given.seconds, given.busy)
    print(said)
    if given.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "False alarms of the watch over processes", said)


def compute() -> None:
    while True:
        pass


def campaign(runs: int, seconds: float, busy: int) -> str:
    """The section for RESULTS.md: right programs first, as many as fit into the seconds, then those that deadlock."""
    end = time.monotonic() + seconds
    wrong: list[str] = []
    done = 0
    for program, method in islice(cycle((one, method) for one in RIGHT for method in METHODS), runs):
        if time.monotonic() > end:
            break
        seen = play(program, start_method=method, time_limit=120.0)
        done += 1
        if seen.ending != "returned" or seen.leftovers:
            wrong.append(f"{method}: {seen.ending} {seen.detail} {seen.leftovers}")
    late = sorted(latency(wait) for wait in WAITS for _ in range(10))
    where = f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}"
    median, most = (round(seconds * 1000) for seconds in (statistics.median(late), late[-1]))
    return (
        f"{datetime.date.today()}, {where}, {busy} processes computing beside it.\n\n"
        f"* {done} runs of {len(RIGHT)} right programs under {len(METHODS)} start methods: {len(wrong)} false alarms.\n"
        f"* {len(late)} deadlocks: the verdict came {median} ms (median) and {most} ms (at most) after all waited.\n"
        + "".join(f"* {each}\n" for each in wrong)
    )


def latency(wait: str) -> float:
    """Seconds from just before it waits until the verdict is there."""
    seen = play(STUCK.format(wait=wait), time_limit=120.0)
    assert seen.ending == "deadlock", seen
    return time.monotonic() - float(seen.printed)


if __name__ == "__main__":
    main()
