"""Searches the orders in which real processes can go on, and tells single ones. What the box's child calls.

The same questions as the engine's explorer answers for threads, in the same words, so that minimising, pictures and
replay are the same. An execution costs a few hundredths of a second instead of a few ten-thousandths: the search
is short, and goes first where mistakes are. It never claims that all orders were tried.

1. The natural order.
2. For each pair of places in the source, one preemption between the one and the other (`preempted_pairs`).
3. Orders with at most one preemption (`context_bounded`), then a random walk, for what is left of the budget.
"""

from __future__ import annotations

import linecache
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Literal, Protocol, TypeAlias

from grader.happens_before.races import in_words
from grader.interleave.conclusions import (
    Identity,
    identity_of,
    likeness,
    operations_of,
    outcome_of,
    schedule_of,
    simplicity_of,
)
from grader.interleave.evidence import name_of, shows
from grader.interleave.execution import Execution
from grader.interleave.idioms import idiom
from grader.interleave.minimise import SHORTEST, Choices, Minimiser
from grader.interleave.pictures import Picture
from grader.interleave.races import Races
from grader.interleave.schedule import Deviations, Replay, read, write
from grader.interleave.strategies import Strategy
from grader.interleave.strategies.context_bounded import ContextBounded
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.random_walk import RandomWalk
from grader.processes import kernel
from grader.processes.controlled import Controlled, Record, Sites
from grader.processes.nursery import Nursery
from grader.processes.preempted_pairs import PreemptedPairs
from grader.processes.run import Told, lay_out
from grader.processes.shared_races import SharedRaces
from grader.source_lines import source_lines
from grader.trace import Coverage, Outcome, Race, Sighting, Trace

StartMethod: TypeAlias = Literal["fork", "spawn", "forkserver"]

MINIMISING = 12 * SHORTEST
"""Operations that minimising one schedule may take: of short executions 12."""
TOLD = 400
"""Steps of a replay that are told."""
STEPS = 2000
"""Steps of one execution; more is a loop that never ends."""
SECONDS = 5.0
"""Processor time that may go by between two steps, for programs that compute for ever without making one."""


class Job(Told, Protocol):
    """What `box.protocol.ExploreJob` says."""

    @property
    def processes(self) -> StartMethod | None: ...
    @property
    def executions(self) -> int: ...
    @property
    def seed(self) -> int: ...


def explore(job: Job, files: Mapping[str, str], module: str, report: Callable[[Outcome], bool]) -> Coverage:
    """Runs the scenario in many orders. `report` hears each new outcome; False stops the search."""
    with _Runs(job, files, module) as runs:
        return _search(runs, _strategies(job.executions, job.seed), report)


def explain(job: Job, files: Mapping[str, str], module: str, schedule: str, sighting: Sighting | None = None) -> Trace:
    """The simplest order found that ends as `schedule` does, with the race (`sighting`) that is in it, if there is
    one; at most a dozen rows, with notes."""
    with _Runs(job, files, module) as runs:

        def attempt(strategy: Strategy) -> tuple[Execution, bool]:
            watcher = SharedRaces(runs.sites.all) if sighting else None
            execution = runs.once(strategy, watcher)
            return execution, not execution.abandoned and shows(sighting, execution, runs.sites.all, watcher)

        first, shown = attempt(Replay(read(schedule)))
        wanted = likeness(first)

        def judged(strategy: Strategy) -> tuple[Choices, bool]:
            execution, seen = attempt(strategy)
            same = not execution.abandoned and likeness(execution) == wanted
            return operations_of(execution), same and seen >= shown

        simplest = Minimiser(judged, MINIMISING).minimise(simplicity_of(first))
        return runs.tell(simplest.deviations, everything=False)


def replay(job: Job, files: Mapping[str, str], module: str, schedule: str) -> Trace:
    """One order as it is, every step up to `TOLD`, and what came of it."""
    with _Runs(job, files, module) as runs:
        return runs.tell(read(schedule), everything=True)


class _Runs:
    """One scenario that can be run again and again. A context manager."""

    def __init__(self, job: Job, files: Mapping[str, str], module: str) -> None:
        self._folder = os.path.realpath(tempfile.mkdtemp(prefix="run-"))
        self._files = files
        lay_out(job, job.processes, files, module, self._folder)
        self.sites = Sites(tuple(files))
        for name, source in {**files, job.file: job.source}.items():
            # For whoever looks at the words of a line (`idioms`): the sources are known by their bare names.
            linecache.cache[name] = (len(source), None, [f"{line}\n" for line in source_lines(source)], name)

    def __enter__(self) -> _Runs:
        self._supervising = kernel.supervising()
        self._supervising.__enter__()
        self._nursery = Nursery(self._folder).__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._nursery.__exit__()
        self._supervising.__exit__(None, None, None)
        shutil.rmtree(self._folder, ignore_errors=True)

    def once(self, strategy: Strategy, watcher: Races | None = None) -> Execution:
        return self._recorded(strategy, watcher)[0]

    def tell(self, found: Deviations, *, everything: bool) -> Trace:
        execution, record = self._recorded(Replay(found))
        names = dict(sorted(execution.threads.items()))
        waiting = record.finish(execution.pending if execution.ending == "deadlock" else {}, names)
        preemptions = simplicity_of(execution).preemptions
        name = idiom(execution, record.steps, waiting, self.sites.all, preemptions if found else -1)
        picture = Picture(record.steps, waiting, self.sites.all, names)
        steps, outcome = tuple(picture.rows()), None
        telling: tuple[int, ...] = ()
        if everything:
            steps, telling, outcome = tuple(picture.everything()), tuple(picture.telling()), outcome_of(execution)
        return Trace(
            threads=tuple(names.values()),
            steps=steps[:TOLD],
            ending=execution.detail,
            idiom=name,
            preemptions=preemptions,
            schedule=write(found),
            telling=tuple(place for place in telling if place < TOLD),
            left_out=max(len(steps) - TOLD, 0),
            outcome=outcome,
        )

    def _recorded(self, strategy: Strategy, watcher: Races | None = None) -> tuple[Execution, Record]:
        strategy.begin() if isinstance(strategy, Replay | Natural) else None
        one = Controlled(self._nursery, self.sites, self._files, STEPS, SECONDS)
        return one.run(strategy, (watcher,) if watcher else ()), one.record


def _search(runs: _Runs, strategies: Iterable[Strategy], report: Callable[[Outcome], bool]) -> Coverage:
    counts: dict[Identity, int] = {}
    found: dict[tuple[object, ...], Race] = {}
    schedules = 0
    for strategy in strategies:
        watcher = SharedRaces(runs.sites.all)
        execution = runs.once(strategy, watcher)
        if execution.abandoned:
            continue
        schedules += 1
        _keep_races(found, watcher, execution, runs.sites)
        identity = identity_of(execution)
        counts[identity] = counts.get(identity, 0) + 1
        if counts[identity] == 1 and not report(outcome_of(execution)):
            break
    return Coverage(schedules, False, None, tuple(counts.values()), tuple(found.values()))


def _strategies(executions: int, seed: int) -> Iterator[Strategy]:
    left = executions
    walk = RandomWalk(Random(seed))
    parts: list[tuple[Strategy, int]] = [
        (Natural(), 1), (PreemptedPairs(), left), (ContextBounded(1), left // 2), (walk, left),
    ]  # fmt: skip
    for strategy, share in parts:
        while left > 0 and share > 0 and strategy.begin():
            left, share = left - 1, share - 1
            yield strategy


def _keep_races(known: dict[tuple[object, ...], Race], watcher: Races, execution: Execution, sites: Sites) -> None:
    for one in watcher.found.values():
        # Of a manager's dictionary only the whole is seen: what looks lost there may be another entry.
        race = in_words(one, sites.all, execution.threads, schedule_of(execution), lost=False)
        known.setdefault(name_of(race), race)
