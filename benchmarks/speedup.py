"""Does the efficiency figure tell fast answers from slow ones, whatever else the machine does?

    python benchmarks/speedup.py measure DATA --load spin1 --seconds 150      adds trials to DATA; again and again
    python benchmarks/speedup.py report DATA [--write]                        tables; --write: into RESULTS.md

A trial gives every program one turn, in random order: two runs between two runs of the same work in one process. This
is what `box.speedup` does, without the box. Loads: none (nothing added; the machine may have other work), spin1 and
spin2 (busy loops beside it), onecore (everything on one processor), onecore-spin1. Any other word is only a label: the
caller has arranged something, a control group with a quota for example.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from results_file import replace_section

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grader.checks.efficiency import FASTER, IN_A_TURN, MOST, MUCH_SLOWER, SLOWER, paired, verdict
from grader.processes.run import run
from grader.results import TimedPair
from grader.speedup import Meter, metered
from grader.trace import Metered

ROOT = Path(__file__).resolve().parent.parent
AT_LEAST = 1.3
ITEMS, ROUNDS = 12, 200_000
DRAWS = 100_000

SCENARIOS = """
def churn(work):
    value, rounds = work
    for _ in range(rounds):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value

def beside(_, work):
    return [churn(each) for each in work]

def asked(answer, work):
    return answer.main(churn, work)
"""
POOL = """
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import multiprocessing
def main(fn, work):
    with {pool} as pool:
        return list(pool.map(fn, work{chunk}))
"""
OWN = """
import multiprocessing
def part(pipe, fn, work):
    pipe.send([fn(each) for each in work])
def main(fn, work):
    lines, children = [], []
    for mine in {parts}:
        ours, theirs = multiprocessing.Pipe(False)
        child = multiprocessing.Process(target=part, args=(theirs, fn, mine))
        child.start()
        lines.append(ours)
        children.append(child)
    got = [line.recv() for line in lines]
    for child in children:
        child.join()
    return {joined}
"""
ONE_AFTER_THE_OTHER = """
from concurrent.futures import ProcessPoolExecutor
def main(fn, work):
    with ProcessPoolExecutor(2) as pool:
        return [pool.submit(fn, each).result() for each in work]
"""
SERIAL = "def main(fn, work):\n    return [fn(each) for each in work]\n"
EACH = """
import multiprocessing
def main(fn, work):
    got = []
    for each in work:
        with multiprocessing.Pool(2) as pool:
            got += pool.map(fn, [each])
    return got
"""


def pool(kind: str, chunk: int = 1) -> str:
    return POOL.format(pool=kind, chunk=f", chunksize={chunk}" if chunk > 1 else "")


def executor(method: str, workers: int = 2, chunk: int = 1) -> str:
    return pool(f"ProcessPoolExecutor({workers}, mp_context=multiprocessing.get_context({method!r}))", chunk)


ONE_BY_ONE = """
import threading
def one_by_one(fn):
    lock = threading.Lock()
    def locked(each):
        with lock:
            return fn(each)
    return locked
"""
FOR_EACH = """
import multiprocessing
def part(queue, number, fn, each):
    queue.put((number, fn(each)))
def main(fn, work):
    queue, got, running, left = multiprocessing.SimpleQueue(), {}, {}, list(enumerate(work))
    while left or running:
        while left and len(running) < 2:
            number, each = left.pop()
            running[number] = multiprocessing.Process(target=part, args=(queue, number, fn, each))
            running[number].start()
        number, result = queue.get()
        got[number] = result
        running.pop(number).join()
    return [got[number] for number in range(len(work))]
"""
HALVES = OWN.format(parts="(work[:6], work[6:])", joined="[each for some in got for each in some]")
UNEVEN = OWN.format(parts="(work[:7], work[7:])", joined="[each for some in got for each in some]")
DOUBLE = OWN.format(parts="(work, work)", joined="got[0][:6] + got[1][6:]")

GOOD = {
    "executor, 2 workers": executor("fork"),
    "executor, chunks of 6": executor("fork", chunk=6),
    "Pool, chunks of 2": pool("multiprocessing.Pool(2)", 2),
    "own processes, halves": HALVES,
    "executor, 4 workers": executor("fork", 4),
    "executor, spawn": executor("spawn"),
    "executor, forkserver": executor("forkserver"),
    "a process for each item, two at a time": FOR_EACH,
    "split 7:5 (ideal 1.71)": UNEVEN,
}
THREADS = {"2 threads": pool("ThreadPoolExecutor(2)"), "4 threads": pool("ThreadPoolExecutor(4)")}
BAD = {
    "serial": SERIAL,
    "2 threads, one lock": pool("ThreadPoolExecutor(2)").replace("pool.map(fn,", "pool.map(one_by_one(fn),")
    + ONE_BY_ONE,
    "one after the other in a pool": ONE_AFTER_THE_OTHER,
    "everybody does everything": DOUBLE,
    "a pool for each item": EACH,
}
FREE = not getattr(sys, "_is_gil_enabled", lambda: True)()
"""This interpreter runs threads at the same time (PEP 703): then they are expected to compute faster."""
(GOOD if FREE else BAD).update(THREADS)
PROGRAMS = GOOD | BAD


class Job(Struct, frozen=True):
    scenario: str
    arguments: dict[str, object]
    source: str = SCENARIOS
    file: str = "test_speed.py"
    start_method: str | None = None
    time_limit: float = 60.0


def measured(scenario: str, work: list[object], program: str = "") -> tuple[object, Metered]:
    meter = Meter()
    ran = run(
        Job(scenario, {"work": work}), {"answer.py": program} if program else {}, "answer" if program else "", meter
    )  # type: ignore[arg-type]
    assert ran.ending == "returned", ran
    told = metered(meter, ran.facts)
    assert told is not None
    return ran.value, told


def trial(draw: random.Random) -> Iterator[dict[str, object]]:
    names = draw.sample(list(PROGRAMS), len(PROGRAMS))
    work: list[object] = [[draw.randrange(2**31), ROUNDS] for _ in range(ITEMS)]
    wanted, before = measured("beside", work)
    for name in names:
        turn = draw.random()
        seen = [measured("asked", work, PROGRAMS[name]) for _ in range(IN_A_TURN)]
        _, after = measured("beside", work)
        for value, answer in seen:
            assert value == wanted, name
            pair = paired(before, answer, after)
            yield {
                "program": name, "turn": turn, "figure": pair.figure, "certain": pair.certain,
                "wall": pair.alone_wall / pair.answer_wall,
                "ready": pair.ready, "work": pair.work, "alone": pair.alone,
                "seconds": answer.wall + after.wall / IN_A_TURN,
                "runs": [msgspec.to_builtins(each) for each in (before, answer, after)],
            }  # fmt: skip
        before = after


@contextmanager
def loaded(load: str) -> Iterator[None]:
    """Busy loops beside us, and which processors we may use."""
    mine = os.sched_getaffinity(0)
    if load.startswith("onecore"):
        os.sched_setaffinity(0, {min(mine)})
    spins = int(load.rpartition("spin")[2]) if "spin" in load else 0
    loops = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(spins)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
        os.sched_setaffinity(0, mine)


def measure(data: Path, load: str, seconds: float, seed: int) -> None:
    draw = random.Random(seed)
    end = time.monotonic() + seconds
    with loaded(load), data.open("a", encoding="utf-8") as file:
        trials = 0
        while time.monotonic() < end:
            for record in trial(draw):
                record |= {"load": load, "busy": os.getloadavg()[0]}
                file.write(json.dumps(record) + "\n")
            file.flush()
            trials += 1
    print(f"{trials} trials under {load}, seed {seed}")


def resampled(turns: list[list[TimedPair]], good: bool) -> tuple[float, float, float]:
    """Verdicts on the wrong side, and none, of so many made of these turns at random; pairs a verdict."""
    draw = random.Random(1)
    wrong = unsure = pairs = 0
    for _ in range(DRAWS):
        taken: list[TimedPair] = []
        while (said := verdict(taken, AT_LEAST)) is None:
            taken += draw.choice(turns)
        wrong += said == ("slower" if good else "faster")
        unsure += said == "unsure"
        pairs += len(taken)
    return wrong / DRAWS, unsure / DRAWS, pairs / DRAWS


def fitted(turns: list[list[TimedPair]], draw: random.Random) -> list[list[TimedPair]]:
    """As many turns as one likes: the means of their figures lognormal as of these, and ready as much as in one."""
    logs = [statistics.fmean(math.log(pair.figure) for pair in turn) for turn in turns]
    middle, spread = statistics.fmean(logs), statistics.stdev(logs)
    return [
        [replace(pair, answer=pair.alone / math.exp(draw.gauss(middle, spread)))] * IN_A_TURN
        for pair in (draw.choice(draw.choice(turns)) for _ in range(20_000))
    ]


def report(data: Path, write: bool) -> None:
    records = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    loads = list(dict.fromkeys(record["load"] for record in records))
    text = "\n\n".join(
        [
            _head(records),
            "E, median [least, most]; pairs on the wrong side of 1.3, of all pairs:",
            _table(records, "figure", loads, short=False),
            *_of_threads(records, loads),
            "By the clock: wall time of one process / wall time of the answer, median; on the wrong side of 1.3:",
            _table(records, "wall", loads, short=True),
            f"Verdicts of the rule (the logarithms add up to {FASTER:g}, or to {SLOWER:g} where not enough was ready, "
            f"or to {MUCH_SLOWER:g};\nat most {MOST} pairs), {DRAWS:,} of each program resampled from its turns under "
            "all loads, and from a lognormal\ndistribution fitted to them. Unsure: judged by evidence.",
            _verdicts(records),
        ]
    )
    print(text)
    if write:
        name = "Speed-up of threads without the GIL" if FREE else "Speed-up"
        replace_section(ROOT / "benchmarks" / "RESULTS.md", name, text)


def _of_threads(records: list[dict[str, Any]], loads: list[str]) -> list[str]:
    if not FREE:
        return []
    return ["The same without the waiting of threads:", _table(records, "certain", loads, short=False)]


def _head(records: list[dict[str, Any]]) -> str:
    busy = [record["busy"] for record in records]
    alone = [record["busy"] for record in records if record["load"] == "none"] or busy
    middle = {key: statistics.median(record[key] for record in records) for key in ("alone", "seconds")}
    return (
        f"{datetime.date.today()}, {'free-threaded ' * FREE}Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors. {len(records)} pairs at a load average of {min(busy):.1f} to {max(busy):.1f}\n"
        f"({min(alone):.1f} to {max(alone):.1f} under `none`; the pairs themselves make 1 to 2).\n"
        f"The work in one process takes {middle['alone']:.2f} s of a processor; a pair took {middle['seconds']:.2f} s "
        "by the clock, and two interpreter starts."
    )


def _table(records: list[dict[str, Any]], key: str, loads: list[str], *, short: bool) -> str:
    rows = ["| program | " + " | ".join(loads) + " |", "|---|" + "---|" * len(loads)]
    for name in PROGRAMS:
        cells = [_cell(_figures(records, key, name, load), name in GOOD, short=short) for load in loads]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _verdicts(records: list[dict[str, Any]]) -> str:
    rows = [
        "| program | turns measured | wrong, resampled | unsure | pairs a verdict | wrong, fitted | unsure, fitted |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in PROGRAMS:
        turns = _turns(records, name)
        wrong, unsure, pairs = resampled(turns, name in GOOD)
        fit, unsure_fit, _ = resampled(fitted(turns, random.Random(2)), name in GOOD)
        told = f"{len(turns)} | {wrong:.1g} | {unsure:.1g} | {pairs:.1f} | {fit:.1g} | {unsure_fit:.1g}"
        rows.append(f"| {name} | {told} |")
    return "\n".join(rows)


def _turns(records: list[dict[str, Any]], name: str) -> list[list[TimedPair]]:
    turns: dict[tuple[str, float], list[TimedPair]] = {}
    for record in records:
        if record["program"] == name:
            runs = (msgspec.convert(run, Metered) for run in record["runs"])
            turns.setdefault((record["load"], record["turn"]), []).append(paired(*runs))
    return list(turns.values())


def _figures(records: list[dict[str, Any]], key: str, name: str, load: str) -> list[float]:
    return [record[key] for record in records if (record["program"], record["load"]) == (name, load)]


def _wrong(figures: list[float], good: bool) -> int:
    return sum((figure >= AT_LEAST) is not good for figure in figures)


def _cell(figures: list[float], good: bool, *, short: bool = False) -> str:
    if not figures:
        return "-"
    spread = "" if short else f" [{min(figures):.2f}, {max(figures):.2f}]"
    return f"{statistics.median(figures):.2f}{spread}; {_wrong(figures, good)} of {len(figures)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "report"])
    parser.add_argument("data", type=Path)
    parser.add_argument("--load", default="none")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if asked.what == "measure":
        measure(asked.data, asked.load, asked.seconds, asked.seed)
    else:
        report(asked.data, asked.write)


if __name__ == "__main__":
    main()
