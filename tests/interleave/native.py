"""Native outcomes against explored ones: what real threads do is among what the engine says they may do.

    python tests/interleave/native.py [COUNT] [FIRST] [--record] [--write]        # 300 programs from seed 0

Each generated program is explored to exhaustion, then run again and again as plain Python with real threads: under the
smallest switch interval, and with a tracer that gives the interpreter away between instructions drawn at random.
Programs in which somebody may wait for ever are left out.

`--record` keeps what was seen of those with several native outcomes in tests/data/native_outcomes.json, which the suite
compares each time without any luck; `--write` replaces the section in benchmarks/RESULTS.md. Exit code 1 and the
program when a native outcome was not explored.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import queue
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT), str(ROOT / "benchmarks")]

from generated_sources import Outcome, outcome  # noqa: E402
from running import program  # noqa: E402
from shared_things import Works, generate, scenario  # noqa: E402

from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.unwritten import Unwritten  # noqa: E402

RECORDED = ROOT / "tests" / "data" / "native_outcomes.json"
RECORDED_PROGRAMS = 60
PLAIN = 100
TRACED = 60
MOST = 3000
"""Executions of one program."""
OFTEN = (0.02, 0.1, 0.5)
"""How probable it is that a thread gives the interpreter away at an instruction; one of these for a whole run."""
AWAY = 1e-5
"""Seconds; the other thread gets it only when we are away for more than none."""


class Prompt(threading.Thread):
    """A thread that begins when the other one does, or the first would be through before the second is there."""

    gate = threading.Barrier(2)

    def run(self) -> None:
        self.gate.wait()
        super().run()


class Native(NamedTuple):
    """A program, and how often it ended how."""

    works: Works
    outcomes: Counter[Outcome]


def natively(works: Works, plain: int, traced: int) -> Native:
    """What came of that many runs with real threads."""
    before, seen, body = sys.getswitchinterval(), Native(works, Counter()), scenario(works)
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(plain + traced):
            threading.settrace(Yielding(Random(turn)) if turn >= plain else None)  # type: ignore[arg-type]
            seen.outcomes[once(body)] += 1
    finally:
        threading.settrace(None)  # type: ignore[arg-type]
        sys.setswitchinterval(before)
    return seen


class Yielding:
    """A tracer that gives the interpreter away between two instructions, at places drawn at random.

    One that only could lose it there hardly ever does on a machine with nothing else to do.
    """

    def __init__(self, chance: Random) -> None:
        self._chance, self._often = chance, chance.choice(OFTEN)

    def __call__(self, frame: Any, event: str, argument: object) -> Yielding:
        frame.f_trace_opcodes = True
        if self._chance.random() < self._often:
            time.sleep(AWAY)
        return self


def once(body: str) -> Outcome:
    """One run; words as `generated_sources.outcome` has them."""
    names: dict[str, Any] = {"threading": SimpleNamespace(**vars(threading) | {"Thread": Prompt}), "queue": queue}
    errors: list[tuple[str, str]] = []
    exec(compile(body, "native", "exec"), names)
    before, threading.excepthook = (
        threading.excepthook,
        lambda hook: errors.append((hook.exc_type.__name__, str(hook.exc_value))),
    )
    try:
        value = names["s"](None)
    finally:
        threading.excepthook = before
    # Only JSON crosses the engine's border, where tuples are lists.
    return "raised" if errors else "done", repr(json.loads(json.dumps(value))), repr(sorted(errors))


def explored_outcomes(body: str) -> set[Outcome] | None:
    """All that the engine says may come of it; None where it does not say that this is all."""
    made, unwritten = program(body), Unwritten()
    main = made.execution("s", {})
    while True:
        found, dpor, unwritten.mistaken, proven = set[Outcome](), Dpor(), False, True
        while not unwritten.mistaken and dpor.begin():
            execution = made.engine.run(main, dpor, unwritten=unwritten)
            proven = proven and not execution.restrained and dpor.complete < MOST
            if not execution.abandoned:
                found.add(outcome(execution))
            if not proven and not unwritten.mistaken:
                return None
        if not unwritten.mistaken:
            return found


def not_explored(body: str, outcomes: list[Outcome]) -> list[Outcome]:
    """Those of `outcomes` that an exhausted exploration did not find."""
    found = explored_outcomes(body)
    return [one for one in outcomes if found is not None and one not in found]


def campaign(count: int, first: int) -> tuple[list[Native], list[str], int]:
    """(programs run, those with a native outcome that was not explored, outcomes explored)."""
    run, wrong, explored = [], [], 0
    for seed in range(first, first + count):
        works = generate(Random(seed))
        found = explored_outcomes(scenario(works))
        if found is None or {ending for ending, _, _ in found} - {"done", "raised"}:
            continue
        native = natively(works, PLAIN, TRACED)
        run.append(native)
        explored += len(found)
        if strange := [one for one in native.outcomes if one not in found]:
            wrong.append(f"seed {seed}: {strange}\nexplored: {found}\n{works}")
            print(wrong[-1], flush=True)
    return run, wrong, explored


def report(run: list[Native], wrong: list[str], explored: int, first: int, count: int) -> str:
    """The section for RESULTS.md."""
    seen = sum(len(one.outcomes) for one in run)
    several = sum(len(one.outcomes) > 1 for one in run)
    return (
        f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: "
        f"`python tests/interleave/native.py {count} {first}`. {len(run)} generated programs of two threads\n"
        f"({count - len(run)} more were left out: they may wait for ever, or nothing is proven of them), each explored "
        f"to exhaustion and run\n{PLAIN} times with a switch interval of 1 us and {TRACED} times with a\n"
        f"tracer that gives the interpreter away between instructions drawn at random. Native outcomes: {seen}, of "
        f"{explored} explored;\n{several} programs showed more than one. Native outcomes that were not explored: "
        f"{len(wrong)} programs."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=300)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    run, wrong, explored = campaign(asked.count, asked.first)
    text = report(run, wrong, explored, asked.first, asked.count)
    print(text)
    if asked.record:
        most = sorted((one for one in run if len(one.outcomes) > 1), key=lambda one: -len(one.outcomes))
        kept = [{"works": one.works, "outcomes": sorted(one.outcomes)} for one in most[:RECORDED_PROGRAMS]]
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        from results_file import replace_section

        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Native outcomes against explored ones", text)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
