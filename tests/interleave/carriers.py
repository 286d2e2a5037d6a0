"""Greenlets against OS threads: the same schedule gives the same trace, whatever carries the virtual threads.

    python tests/interleave/carriers.py [COUNT] [FIRST] [--write]        # 1,000 generated ones from seed 0

Every program runs under the same strategies, with the same seeds, on greenlets and on OS threads (`os_threads.py`);
all that an observer is told and all that an execution is, and what the whole search says and shows, must be the same
text. Left out are programs that use `greenlet` themselves: theirs are children of the greenlet that the thread runs in,
and what that means in an OS thread would be a second implementation of greenlet. The tasks of an event loop live in
one thread; they are compared.

Exit code 1 and the first line that differs where two texts do. `--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT), str(ROOT / "benchmarks")]

from constructs import DATA, WAITING, update, waiting  # noqa: E402
from corpus import PROGRAMS, SCENARIO, Case, cases  # noqa: E402
from cpython import MODULES, Suite, outcomes  # noqa: E402
from generated_sources import generate  # noqa: E402
from os_threads import os_threads  # noqa: E402
from running import program  # noqa: E402

from grader.interleave.conclusions import schedule_of  # noqa: E402
from grader.interleave.execution import Clock, Execution  # noqa: E402
from grader.interleave.explorer import Plan, explain, explore, replay  # noqa: E402
from grader.interleave.program import Program, load  # noqa: E402
from grader.interleave.races import Races  # noqa: E402
from grader.interleave.recorder import Recorder  # noqa: E402
from grader.interleave.strategies import Strategy  # noqa: E402
from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.strategies.natural import Natural  # noqa: E402
from grader.interleave.strategies.pct import Pct  # noqa: E402
from grader.interleave.strategies.pos import PartialOrderSampling  # noqa: E402
from grader.interleave.strategies.random_walk import RandomWalk  # noqa: E402
from grader.interleave.strategies.surw import SelectivelyUniform  # noqa: E402
from grader.interleave.vthread import GREENLETS, Abandon, Carrier  # noqa: E402
from grader.trace import Outcome  # noqa: E402

TITLE = "Greenlets and OS threads"
KINDS = ("buggy", "correct", "hard")
SAMPLERS: dict[str, Callable[[Random], Strategy]] = {
    "random walk": RandomWalk,
    "POS": PartialOrderSampling,
    "PCT": lambda random: Pct(random, 3),
    "SURW": SelectivelyUniform,
}
EVENTS = ("on_step", "on_failed", "on_release", "on_notify", "on_spawn", "on_end", "on_jump")


class Extent(NamedTuple):
    """How much of a program is compared: seeds of a sampler, executions of each seed, of DPOR, of a whole search."""

    seeds: int = 2
    executions: int = 2
    dpor: int = 20
    search: int = 0
    steps: int = 2_000


class Subject(NamedTuple):
    """A program to compare."""

    name: str
    load: Callable[[Carrier], Program]
    scenario: str
    arguments: dict[str, int]
    wanted: Callable[[Outcome], bool]
    """What a search is to stop at, and to explain."""


def of_the_corpus() -> list[Subject]:
    """All of `tests/programs` that do not use greenlets themselves."""
    found = [case for kind in KINDS for case in cases(kind)]
    found += [Case(file, {}, {}) for file in sorted((PROGRAMS / "features").glob("*.py"))]
    return [_of_case(case) for case in found if "greenlet" not in case.file.read_text(encoding="utf-8")]


def _of_case(case: Case) -> Subject:
    wanted = case.is_wanted if "ENDING" in case.says else lambda outcome: False
    return Subject(case.name, case.program, "run", case.arguments, wanted)


def of_constructs() -> list[Subject]:
    """A wrong and a right program for each construct of Python."""
    texts = {f"{name}, {lock}": update(name, lock) for name in DATA for lock in ("if True:", "with lock:")}
    texts |= {f"{name}, {which}": waiting(name, which) for name in WAITING for which in (1, 2)}
    return [_of_answer(name, text) for name, text in texts.items()]


def _of_answer(name: str, text: str) -> Subject:
    def made(carrier: Carrier) -> Program:
        return load({"answer.py": text}, "answer", SCENARIO, "scenario.py", carrier=carrier)

    return Subject(name, made, "run", {}, _is_no_value)


def _is_no_value(outcome: Outcome) -> bool:
    return outcome.ending != "done"


def generated(seeds: Iterable[int]) -> list[Subject]:
    """Programs of two threads."""
    return [of_text(f"seed {seed}", generate(Random(seed))) for seed in seeds]


def of_text(name: str, body: str) -> Subject:
    """A scenario `s(answer)`."""
    return Subject(name, lambda carrier: program(body, carrier=carrier), "s", {}, _is_no_value)


LOOPS = {
    "tasks and a thread": """
import asyncio
def s(answer):
    seen = []
    async def add(number):
        before = len(seen)
        await asyncio.sleep(number % 2)
        seen.append(before)
    async def run():
        await asyncio.gather(*map(add, range(3)), asyncio.to_thread(seen.append, 7))
    asyncio.run(run())
    return seen
""",
    "loops in two threads": """
import asyncio
def s(answer):
    seen = []
    async def numbers(name):
        try:
            for number in range(3):
                await asyncio.sleep(0)
                yield number
        finally:
            seen.append(name)
    async def run(name):
        async for number in numbers(name):
            if number:
                break
    together(lambda: asyncio.run(run("a")), lambda: asyncio.run(run("b")))
    return seen
""",
    "locks in a ring": """
import asyncio
def s(answer):
    async def both(one, other):
        async with one:
            await asyncio.sleep(0)
            async with other:
                pass
    async def run():
        a, b = asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(both(a, b), both(b, a))
    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()
""",
    "a call from another thread": """
import asyncio
def s(answer):
    async def run():
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set))
        thread.start()
        try:
            await asyncio.wait_for(done.wait(), 1)
        finally:
            thread.join()
    asyncio.run(run())
""",
}
"""Programs with event loops; the corpus has none."""


def with_loops() -> list[Subject]:
    return [of_text(name, body) for name, body in LOOPS.items()]


# ---- all that an execution is, as text


class Log:
    """An observer that keeps all that it is told, each with the locks that are held then."""

    def __init__(self, held: Callable[[], tuple[int, ...]]) -> None:
        self.lines: list[str] = []
        self._held = held

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in EVENTS:
            raise AttributeError(name)
        return lambda *words: self.lines.append(f"{name} {_plain(words)} {self._held()}")


def _plain(words: tuple[Any, ...]) -> list[object]:
    """Of what was touched, its type: its value is the recorder's."""
    return [word if isinstance(word, (int, float, str, tuple)) else type(word).__name__ for word in words]


def described(execution: Execution) -> list[str]:
    """Every attribute of it, and the token of its schedule."""
    said = {name: getattr(execution, name) for name in execution.__slots__}
    said["nestings"] = sorted(execution.nestings)
    return [*(f"{name} {value!r}" for name, value in said.items()), f"token {schedule_of(execution)}"]


def recorded(made: Program, main: Callable[[], object], strategy: Strategy, clock: Clock, steps: int) -> list[str]:
    """One execution: what was told, what was read and written, the races, and what came of it."""
    scheduler = made.engine.scheduler
    log, recorder = Log(scheduler.locks_held), Recorder()
    races = Races(made.engine.sites, scheduler.locks_held, scheduler.own)
    execution = made.engine.run(main, strategy, clock=clock, limit=steps, observers=(log, recorder, races))
    waiting = recorder.finish(execution.pending, execution.threads)
    told = [[getattr(one, name) for name in one.__slots__ if name != "subject"] for one in recorder.steps + waiting]
    return [*log.lines, *map(repr, told), *map(repr, races.found.values()), *described(execution)]


def strategies(extent: Extent) -> Iterator[tuple[str, Clock, Strategy, int]]:
    """(name, clock, strategy, how many executions of it)."""
    yield "natural", "free", Natural(), 1
    yield "natural", "exact", Natural(), 1
    for seed in range(extent.seeds):
        for name, make in SAMPLERS.items():
            yield name, "free", make(Random(seed)), extent.executions
        yield "random walk", "exact", RandomWalk(Random(seed)), 1
    yield "DPOR", "free", Dpor(), extent.dpor


class Recorded(NamedTuple):
    """A program on one carrier."""

    texts: dict[str, list[str]]
    """Name of an execution or a search -> its lines."""
    executions: Counter[str]
    """By strategy; those of a search by "search"."""
    seconds: float


def run_on(carrier: Carrier, subject: Subject, extent: Extent) -> Recorded:
    """All executions of `subject`, in one engine, and its whole search."""
    began, texts, counts = time.perf_counter(), {}, Counter[str]()
    made = subject.load(carrier)
    main = made.execution(subject.scenario, subject.arguments)
    for name, clock, strategy, most in strategies(extent):
        while most and strategy.begin():
            most -= 1
            counts[name] += 1
            texts[f"{name}, {clock} clock, {counts[name]}"] = recorded(made, main, strategy, clock, extent.steps)
    if extent.search:
        texts["search"] = searched(made, subject, Plan(executions=extent.search, steps=extent.steps), counts)
    return Recorded(texts, counts, time.perf_counter() - began)


def searched(made: Program, subject: Subject, plan: Plan, counts: Counter[str]) -> list[str]:
    """What a search tells, and the picture and the replay of the outcome that it stops at."""
    outcomes: list[Outcome] = []

    def heard(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        return not subject.wanted(outcome)

    coverage = explore(made, subject.scenario, subject.arguments, plan, heard)
    counts["search"] += coverage.schedules
    lines = [*map(repr, outcomes), repr(coverage)]
    for outcome in filter(subject.wanted, outcomes):
        shown = explain(made, subject.scenario, subject.arguments, outcome.schedule, plan)
        again = replay(made, subject.scenario, subject.arguments, shown.schedule, plan)
        lines += [repr(part) for trace in (shown, again) for part in (*trace.steps, trace)]
    return lines


# ---- the comparison


class Compared(NamedTuple):
    """A program on both carriers."""

    difference: str
    """The first line that differs, on both; "" where none does."""
    executions: Counter[str]
    greenlets: float
    """Seconds."""
    os_threads: float
    switches: int


def compare(subject: Subject, extent: Extent) -> Compared:
    """Raises AssertionError when an OS thread is left behind."""
    ours = run_on(GREENLETS, subject, extent)
    with os_threads() as threads:
        oracle = run_on(threads.carrier, subject, extent)
    difference = first_difference(ours.texts, oracle.texts)
    return Compared(difference, ours.executions, ours.seconds, oracle.seconds, threads.switches)


def first_difference(ours: dict[str, list[str]], oracle: dict[str, list[str]]) -> str:
    """In words; "" when both are the same, byte for byte."""
    for name in ours | oracle:
        pairs = zip_longest(ours.get(name, []), oracle.get(name, []), fillvalue="nothing")
        for number, (one, other) in enumerate(pairs):
            if one.encode() != other.encode():
                return f"{name}, line {number}:\n  greenlets:  {one}\n  OS threads: {other}"
    return ""


# ---- the campaign

CORPUS = Extent(seeds=5, executions=4, dpor=100, search=150, steps=5_000)
GENERATED = Extent(seeds=2, executions=3, dpor=150, search=60)
COUNTER = """
def s(answer):
    box = [0]
    def add():
        box[0] += 1
    together(add, add)
    return box
"""


class Campaign:
    """What many comparisons found."""

    def __init__(self) -> None:
        self.programs = self.switches = 0
        self.differences: list[str] = []
        self.executions: Counter[str] = Counter()

    def take(self, subjects: Iterable[Subject], extent: Extent) -> None:
        for subject in subjects:
            compared = compare(subject, extent)
            self.programs += 1
            self.switches += compared.switches
            self.executions += compared.executions
            if compared.difference:
                self.differences.append(f"{subject.name}: {compared.difference}")
                print(self.differences[-1], flush=True)

    def take_cpythons_tests(self) -> int:
        """How many there are."""
        ours = cpythons_tests(GREENLETS)
        with os_threads() as threads:
            oracle = cpythons_tests(threads.carrier)
        self.differences += [f"{one} {other}" for one, other in zip(ours, oracle, strict=True) if one != other]
        return sum(said == "passed" for _, _, said in ours)


def cpythons_tests(carrier: Carrier) -> list[tuple[str, ...]]:
    """How CPython's own tests end, in two orders each."""
    suite, found = Suite(carrier=carrier), []
    for name in MODULES:
        # One asks for processes while it is imported, from 3.14 on.
        with suppress(Abandon):
            found += [(name, *said) for said in outcomes(suite, name, 2)]
    return found


def rates(rounds: int = 10, seconds: float = 0.3) -> str:
    """Executions of a small program in a second with nobody who looks on: the best of some rounds on each, in turns."""

    def rate(carrier: Carrier) -> float:
        made = program(COUNTER, carrier=carrier)
        main, walk, runs = made.execution("s", {}), RandomWalk(Random(1)), 0
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            made.engine.run(main, walk)
            runs += 1
        return runs / seconds

    with os_threads() as threads:
        ours, oracle = map(max, zip(*((rate(GREENLETS), rate(threads.carrier)) for _ in range(rounds)), strict=True))
    return (
        f"Two threads that count, random walk, unobserved, load {os.getloadavg()[0]:.1f}: {ours:,.0f} executions/s on "
        f"greenlets, {oracle:,.0f} on OS threads, {ours / oracle:.1f} times fewer."
    )


def report(done: Campaign, corpus: int, tests: int, count: int, first: int) -> str:
    """The section for RESULTS.md."""
    said, total = done.executions, sum(done.executions.values())
    by_strategy = ", ".join(f"{name} {number:,}" for name, number in said.items())
    return "\n".join(
        [
            f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: "
            f"`python tests/interleave/carriers.py {count} {first}`.",
            f"{corpus} programs of the corpus, with event loops and for single constructs, {count:,} generated ones, "
            "each under the same",
            f"strategies and seeds on greenlets and on OS threads that hand a baton on: {total:,} executions on each "
            f"({by_strategy}), {done.switches:,} switches.",
            f"Steps, values, races, endings, tokens, what a search says and shows, byte for byte, and {tests} of "
            f"CPython's own tests: {len(done.differences)} differences.",
            rates(),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    done, corpus, constructs = Campaign(), of_the_corpus() + with_loops(), of_constructs()
    # First, because they collect garbage again and again, and programs that were run leave some.
    tests = done.take_cpythons_tests()
    done.take(corpus, CORPUS)
    done.take([*constructs, *generated(range(asked.first, asked.first + asked.count))], GENERATED)
    text = report(done, len(corpus + constructs), tests, asked.count, asked.first)
    print(text)
    if asked.write:
        from results_file import replace_section

        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        replace_section(ROOT / "benchmarks" / "RESULTS.md", f"{TITLE}, Python {version}", text)
    return bool(done.differences)


if __name__ == "__main__":
    sys.exit(main())
