"""Explorer: searches the schedules of a scenario, and tells single ones. What the box's child calls.

Budgets are executions and steps, all draws come from the seed: the same search and the same words every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from grader.happens_before.events import Event, SiteTold
from grader.happens_before.races import in_words
from grader.happens_before.rows import Row
from grader.interleave import lock_order
from grader.interleave.conclusions import (
    Identity,
    identity_of,
    likeness,
    operations_of,
    outcome_of,
    schedule_of,
    simplicity_of,
)
from grader.interleave.driven import Ask, Driven
from grader.interleave.evidence import name_of, point_at, shows
from grader.interleave.execution import Execution, Observer
from grader.interleave.idioms import idiom
from grader.interleave.minimise import Choices, Minimiser
from grader.interleave.pictures import Picture
from grader.interleave.portfolio import Portfolio
from grader.interleave.program import Program
from grader.interleave.races import Races
from grader.interleave.recorder import Recorder
from grader.interleave.schedule import Deviations, Replay, read, write
from grader.interleave.strategies import Strategy
from grader.interleave.unwritten import Unwritten
from grader.trace import Coverage, LockOrder, Outcome, Race, Sighting, Spin, Stall, Trace

WATCHED = 200
"""Executions that are watched for races and lock orders; what the first ones do not show, the others rarely do."""
LOOKS = 20
"""Executions that are run once more, because locks were taken in different orders in them."""
LOCK_ORDERS = 10
"""Rings of locks that are told; one is enough to make a person look."""
MINIMISING = 40_000
"""Operations that minimising one schedule may take."""
PREEMPTIONS = 2
"""The highest context bound tried when nothing else is asked."""
TOLD = 400
"""Steps of a replay that are told: what crosses the border is bounded, and nobody reads more."""
ENDLESS = 30
"""Executions that use up all their steps, before the search stops."""

Ended = Callable[[list[Event], list[SiteTold], Outcome], Sequence[Row] | None]
"""Hears what happened since the last question, and what came of it; whether to run it once more."""


class Plan(NamedTuple):
    """How far to search, and how. Executions and steps are counts; `seed` decides every draw."""

    executions: int = 2000
    steps: int = 20_000
    preemptions: int | None = None
    seed: int = 0
    clock: Literal["free", "exact"] = "free"
    races: Literal["ignore", "warn", "fail"] = "warn"


def explore(
    program: Program, scenario: str, arguments: Mapping[str, Any], plan: Plan, report: Callable[[Outcome], bool]
) -> Coverage:
    """Run the scenario under many schedules. `report` hears each new outcome; False stops the search."""
    return _Search(program, scenario, arguments, plan, report).run()


def explain(
    program: Program,
    scenario: str,
    arguments: Mapping[str, Any],
    schedule: str,
    plan: Plan,
    sighting: Sighting | None = None,
) -> Trace:
    """The simplest schedule found with the outcome of `schedule`, told in at most a dozen rows.

    What is to be explained besides, the `sighting`, is in it, too, if it was in `schedule`.
    """
    runs = _Runs(program, scenario, arguments, plan)

    def attempt(strategy: Strategy) -> tuple[Execution, bool]:
        watcher = runs.races() if isinstance(sighting, Race) else None
        execution = runs.once(strategy, (watcher,) if watcher else ())
        return execution, shows(sighting, execution, program.engine.sites, watcher)

    first, shown = attempt(Replay(read(schedule)))
    wanted = likeness(first)

    def judged(strategy: Strategy) -> tuple[Choices, bool]:
        execution, seen = attempt(strategy)
        return operations_of(execution), seen >= shown and likeness(execution) == wanted

    minimiser = Minimiser(judged, MINIMISING)
    found = minimiser.minimise(simplicity_of(first)).deviations
    return _tell(runs, found, everything=False, sighting=sighting)


def replay(program: Program, scenario: str, arguments: Mapping[str, Any], schedule: str, plan: Plan) -> Trace:
    """One schedule as it is, every step up to `TOLD`, and what came of it."""
    return _tell(_Runs(program, scenario, arguments, plan), read(schedule), everything=True)


def drive(program: Program, scenario: str, arguments: Mapping[str, Any], plan: Plan, ask: Ask, ended: Ended) -> None:
    """Run the scenario again and again, all choices made by `ask`, as long as `ended` says how another one begins."""
    runs = _Runs(program, scenario, arguments, plan)
    driven = Driven(runs.engine.scheduler, runs.engine.sites, ask)
    unwritten = Unwritten()
    rows: Sequence[Row] | None = ()
    while rows is not None:
        driven.begin(rows)
        # Where it is mistaken, some looks have not been told; those of the executions that follow are.
        execution = runs.once(driven, (driven,), unwritten)
        outcome = outcome_of(execution)
        if execution.abandoned:
            outcome = replace(outcome, ending="uncontrolled", detail=("the thread chosen cannot go on",))
        rows = ended(*driven.rest(), outcome)


class _Runs:
    """One scenario that can be run again and again."""

    def __init__(self, program: Program, scenario: str, arguments: Mapping[str, Any], plan: Plan) -> None:
        self.engine = program.engine
        self._main = program.execution(scenario, arguments)
        self._plan = plan

    def once(
        self, strategy: Strategy, observers: Sequence[Observer] = (), unwritten: Unwritten | None = None
    ) -> Execution:
        plan = self._plan
        return self.engine.run(
            self._main, strategy, clock=plan.clock, limit=plan.steps, observers=observers, unwritten=unwritten
        )

    def races(self) -> Races:
        """A watcher for one execution."""
        scheduler = self.engine.scheduler
        return Races(self.engine.sites, scheduler.locks_held, scheduler.own)


class _Search:
    """One exploration: what has been seen so far."""

    def __init__(
        self,
        program: Program,
        scenario: str,
        arguments: Mapping[str, Any],
        plan: Plan,
        report: Callable[[Outcome], bool],
    ) -> None:
        self._runs = _Runs(program, scenario, arguments, plan)
        self._sites = program.engine.sites
        self._plan = plan
        self._report = report
        self._portfolio = self._new_portfolio()
        self._unwritten: Unwritten | None = Unwritten()
        self._wasted = 0
        """Executions of searches that had to begin anew."""
        self._counts: dict[Identity, int] = {}
        self._races: dict[tuple[object, ...], Race] = {}
        self._lock_orders: dict[tuple[object, ...], LockOrder] = {}
        self._looks = 0
        self._why_not = ""
        """What the program does because of which nothing is proven of it."""
        self._spins: dict[tuple[str, int], Spin] = {}
        self._stalls: dict[tuple[str, int], Stall] = {}
        self._schedules = self._steps = 0
        self._most_steps = ENDLESS * plan.steps

    def run(self) -> Coverage:
        # On the exact clock time orders what DPOR takes for independent: nothing is proven there.
        exact = self._plan.clock == "exact"
        while (stopped := self._search(exact)) is None:
            self._begin_anew()
        exhausted = self._portfolio.exhausted and not stopped and not exact
        return Coverage(
            schedules=self._schedules,
            exhausted=exhausted,
            preemption_bound=self._portfolio.bound,
            counts=tuple(self._counts.values()),
            races=tuple(self._races.values()),
            spins=tuple(self._spins.values()),
            stalls=tuple(self._stalls.values()),
            # Where every schedule was covered, a ring that was not seen to close never does.
            notes=(f"nothing is proven of a program that {self._why_not}",) if self._why_not else (),
            lock_orders=() if exhausted else tuple(self._lock_orders.values()),
        )

    def _search(self, exact: bool) -> bool | None:
        """Whether the search was stopped before its end; None when it has to begin anew."""
        for strategy in self._portfolio.sample() if exact else self._portfolio.search():
            watch = self._schedules < WATCHED and self._plan.races != "ignore"
            watcher = self._runs.races() if watch else None
            execution = self._runs.once(strategy, (watcher,) if watcher else (), self._unwritten)
            # One that never ends may take its time without any steps.
            self._steps += len(execution.choices) if execution.ending != "livelock" else self._plan.steps
            if self._unwritten and self._unwritten.mistaken:
                return None
            if not self._keep(execution, watcher) or self._steps > self._most_steps:
                return True
        return False

    def _begin_anew(self) -> None:
        self._wasted += self._schedules + 1
        if self._wasted > self._plan.executions:
            self._unwritten = None
        self._portfolio = self._new_portfolio()
        self._why_not = ""
        self._schedules = 0
        self._counts = dict.fromkeys(self._counts, 0)

    def _new_portfolio(self) -> Portfolio:
        plan = self._plan
        return Portfolio(plan.executions, PREEMPTIONS if plan.preemptions is None else plan.preemptions, plan.seed)

    def _keep(self, execution: Execution, watcher: Races | None) -> bool:
        """Remembers what was seen; whether to go on."""
        self._why_not = self._why_not or execution.restrained
        if execution.restrained or execution.ending in ("livelock", "busy-wait", "uncontrolled"):
            self._portfolio.certain = False
        if execution.abandoned:
            return True
        self._schedules += 1
        self._portfolio.threads = max(self._portfolio.threads, len(execution.threads))
        if watcher is not None:
            self._keep_races(watcher, execution)
        if execution.nestings and self._schedules <= WATCHED and self._plan.clock == "free":
            # On the exact clock a timed acquire looks like one that waits.
            self._keep_lock_orders(execution)
        self._keep_spins(execution)
        self._keep_stalls(execution)
        identity = identity_of(execution)
        known = identity in self._counts
        self._counts[identity] = self._counts.get(identity, 0) + 1
        return known or self._report(outcome_of(execution))

    def _keep_races(self, watcher: Races, execution: Execution) -> None:
        for found in watcher.found.values():
            lost = watcher.is_lost_update(found)
            race = in_words(found, self._sites, execution.threads, "", lost=lost)
            name = (*name_of(race), lost)
            if name not in self._races:
                self._races[name] = replace(race, schedule=schedule_of(execution))

    def _keep_lock_orders(self, execution: Execution) -> None:
        known = self._lock_orders
        if self._looks >= LOOKS or len(known) >= LOCK_ORDERS:
            return
        if all(lock_order.name_of(ring) in known for ring in lock_order.possible(execution, self._sites)):
            return
        self._looks += 1
        schedule = schedule_of(execution)
        watcher = lock_order.LockOrders(self._runs.engine.scheduler, self._sites)
        self._runs.once(Replay(read(schedule)), (watcher,))
        for ring in watcher.rings():
            if lock_order.name_of(ring) not in known and len(known) < LOCK_ORDERS:
                known[lock_order.name_of(ring)] = lock_order.in_words(ring, self._sites, execution.threads, schedule)

    def _keep_spins(self, execution: Execution) -> None:
        for spin in execution.spins:
            site = self._sites[spin.site]
            name = execution.threads[spin.thread]
            if not site.trusted and (name, site.line) not in self._spins:
                self._spins[name, site.line] = Spin(name, site.file, site.line, schedule_of(execution))

    def _keep_stalls(self, execution: Execution) -> None:
        for stalled in execution.stalls:
            if stalled.site >= 0 and not self._sites[stalled.site].trusted:
                site, name = self._sites[stalled.site], execution.threads[stalled.thread]
                if (name, site.line) not in self._stalls:
                    stall = Stall(name, site.file, site.line, stalled.how, schedule_of(execution))
                    self._stalls[name, site.line] = stall


def _tell(runs: _Runs, found: Deviations, *, everything: bool, sighting: Sighting | None = None) -> Trace:
    recorder = Recorder()
    execution = runs.once(Replay(found), (recorder,))
    names = dict(sorted(execution.threads.items()))
    waiting = recorder.finish(execution.pending if execution.ending in ("deadlock", "leak") else {}, names)
    sites = runs.engine.sites
    point_at(sighting, recorder.steps, sites, names)
    preemptions = simplicity_of(execution).preemptions
    name = idiom(execution, recorder.steps, waiting, sites, preemptions if found else -1)
    picture = Picture(recorder.steps, waiting, sites, names)
    short = Trace(
        threads=tuple(names.values()),
        steps=tuple(picture.rows()),
        ending=execution.detail,
        idiom=name,
        preemptions=preemptions,
        schedule=write(found),
    )
    return _in_full(short, picture, outcome_of(execution)) if everything else short


def _in_full(short: Trace, picture: Picture, outcome: Outcome) -> Trace:
    steps, telling = picture.everything(), picture.telling()
    kept = [number for number, step in enumerate(steps) if number < TOLD or step.result == "never"]
    return replace(
        short,
        steps=tuple(steps[number] for number in kept),
        telling=tuple(place for place, number in enumerate(kept) if number in telling),
        left_out=len(steps) - len(kept),
        outcome=outcome,
    )
