"""The judge: asks the box for observations and says whether they are allowed. The oracle lives here.

A check's argument `box` is a Judge. Whatever it asks, silence is never a pass: no answer, an early end, a
frame out of turn are findings. A predicate that raises has not been satisfied: the values it looks at
come from the answer and may be of any type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from grader.box.protocol import Ran, StartMethod
from grader.checks import wording
from grader.checks.case import Case, CheckFailed, Policy, Replayed, Until, is_allowed
from grader.checks.comparing import LEAST, Comparison
from grader.checks.measurable import instead_of, skip, unservable
from grader.checks.predicates import Predicate, holds, same
from grader.results import Exploration, Timing
from grader.trace import Coverage, Outcome, Token
from grader.web.site import Site

if TYPE_CHECKING:
    from grader.box.parent import Box

__all__ = ["CheckFailed", "Judge", "Replayed", "Seen", "same"]


class Seen:
    """The outcome table of one exploration: the distinct values that the scenario returned."""

    def __init__(self, outcomes: list[Outcome], coverage: Coverage, fail: Callable[..., NoReturn]) -> None:
        self.values = tuple(outcome.value for outcome in outcomes)
        self.coverage = coverage
        self._fail = fail

    def has(self, value: Any) -> bool:
        """Whether some explored schedule returned `value`."""
        return any(same(value, one) for one in self.values)

    def some(self, wanted: Predicate, *, saw: str = "") -> None:
        """Some explored schedule must satisfy `wanted`; else the answer locks too much."""
        if not any(holds(wanted, value) for value in self.values):
            tried = f"{self.coverage.schedules} schedules"
            self._fail(
                "over-locking",
                "what must be able to overlap never does",
                saw or f"in none of {tried}; seen: {'; '.join(map(wording.value_in_words, self.values[:3]))}",
            )


class Judge:
    """What a check calls `box`. One per check; counts what it explored."""

    def __init__(
        self,
        box: Box,
        *,
        check: str,
        hint: str,
        seed: int,
        races: Policy,
        speedup: float | None = None,
        replay: Token | None = None,
        confirm: Random | None = None,
    ) -> None:
        """`confirm`: what passes is confirmed from outside the box, on schedules drawn from this."""
        self.random = Random(f"{seed}:{check}")
        self.notes: list[str] = []
        self.explorations: list[Coverage] = []
        self.asked = 0
        """How many questions the box was asked; a check that asks none judges nothing."""
        self._box = box
        self._check = check
        self._hint = hint
        self._seed = seed
        self._races = races
        self._speedup = speedup
        self._replay = replay
        self._confirm = confirm
        self.timing: Timing | None = None

    @property
    def exploration(self) -> Exploration | None:
        """All explorations of this check together, or None when it made none."""
        if not self.explorations:
            return None
        bounds = [each.preemption_bound for each in self.explorations if each.preemption_bound is not None]
        return Exploration(
            schedules=sum(each.schedules for each in self.explorations),
            exhausted=all(each.exhausted for each in self.explorations),
            preemption_bound=min(bounds) if bounds else None,
        )

    def explore(
        self,
        scenario: Any,
        *,
        allowed: Predicate,
        expected: str,
        ran: str = "",
        clock: Literal["free", "exact"] = "free",
        executions: int = 2000,
        races: Policy | None = None,
        spin: Literal["ignore", "fail"] = "ignore",
        apart: bool = False,
        stall: Literal["ignore", "fail"] = "ignore",
        processes: StartMethod | None = None,
        **arguments: Any,
    ) -> Seen:
        """Try many schedules; every outcome must be done and `allowed`.

        Raises CheckFailed with the shortest failing interleaving, and where `races`, `spin` and `stall` say so with a
        race, a busy-wait, a task that blocks its event loop. `expected` says in words what `allowed` tests. Locks taken
        in different orders are a note where not all schedules could be tried, whatever the policy: evidence costs
        nothing. `apart`: the threads that the scenario starts may have nothing to do with each other in a right answer.
        `processes` names a start method: then the scenario's processes are real, and it is they that are put in
        order. That is slow: 10 to 30 `executions` are a lot.
        """
        case = Case(self, scenario, arguments, ran, expected, clock, executions, races, processes)
        table = Until(lambda outcome: not is_allowed(outcome, allowed))
        coverage = case.search(table)
        if table.met or not table.outcomes:
            case.fail_outcome(table.outcomes, allowed)
        self.explorations.append(coverage)
        self._note(wording.lock_order_saw(order) for order in coverage.lock_orders)
        self._judge_spins(case, coverage, spin)
        self._judge_stalls(case, coverage, stall)
        self._judge_races(case, coverage, races or self._races)
        seen = Seen(table.outcomes, coverage, case.fail)
        if self._confirm is not None and clock == "free" and processes is None:
            from grader.checks.confirming import confirm  # only here: feedback does without, and begins the sooner

            fits = partial(is_allowed, allowed=allowed)
            confirm(case, seen, fits, self._confirm, races=(races or self._races) != "ignore", apart=apart)
        return seen

    def possible(
        self,
        scenario: Any,
        *,
        wanted: Predicate,
        expected: str,
        ran: str = "",
        executions: int = 2000,
        **arguments: Any,
    ) -> None:
        """Some schedule must satisfy `wanted` (two operations overlap); stops at the first that does."""
        case = Case(self, scenario, arguments, ran, expected, "free", executions)
        table = Until(lambda outcome: is_allowed(outcome, wanted))
        coverage = case.search(table)
        self.explorations.append(coverage)
        if table.met:
            return
        done = [outcome for outcome in table.outcomes if outcome.ending == "done"]
        if not done:
            case.fail_outcome(table.outcomes, wanted)
        Seen(done, coverage, case.fail).some(wanted)

    def call(
        self, scenario: Any, *, expected: Any = None, allowed: Predicate | None = None, ran: str = "", **arguments: Any
    ) -> Any:
        """One natural run, for the plain contract. `expected` is the exact value, or words beside `allowed`."""
        words = expected if allowed is not None else wording.value_in_words(expected)
        case = Case(self, scenario, arguments, ran, str(words), "exact", 1)
        predicate = allowed or (lambda value: same(value, expected))
        seen = case.one_outcome()
        if not holds(predicate, seen.value):
            case.fail("wrong", "not what the contract says", wording.saw(seen))
        return seen.value

    def makespan(self, scenario: Any, *, at_most: float, expected: str = "", ran: str = "", **arguments: Any) -> float:
        """Virtual seconds of one run in which waiting costs exactly what it says; at most `at_most`."""
        case = Case(self, scenario, arguments, ran, expected or f"at most {at_most:g} s of waiting", "exact", 1)
        seconds = case.one_outcome().makespan
        if seconds > at_most:
            case.fail("too-slow", "what could overlap runs one after the other", f"{seconds:g} s of waiting")
        return seconds

    def run(
        self,
        scenario: Any,
        *,
        allowed: Predicate,
        expected: str,
        ran: str = "",
        start_method: StartMethod | None = None,
        time_limit: float = 5.0,
        leftovers: Literal["ignore", "fail"] = "ignore",
        site: Site | None = None,
        **arguments: Any,
    ) -> Ran:
        """One run in real processes, watched as a tree; it must return an allowed value.

        `allowed` looks at the value. What is left behind is a leak where `leftovers="fail"`, else a note. `site` is
        served on loopback meanwhile, in virtual time: the scenario gets its address as the argument `web`, and the
        fact `web` of what is returned says what was asked of it. A check that needs one is skipped where none can be.
        Where `start_method` cannot be used, spawn is, and a note says so.
        """
        if site is not None and (reason := unservable(self._box.tier)):
            skip(reason)
        method = instead_of(start_method, self._box.tier)
        if method != start_method:
            self._note([f"{start_method} cannot be used in a box of tier {self._box.tier}: run with {method} instead"])
        case = Case(self, scenario, arguments, ran, expected, "free", 1, processes=method)
        seen = case.run(time_limit, site=site)
        if leftovers == "ignore":
            self._note(f"left behind: {each}" for each in seen.leftovers)
        if not holds(allowed, seen.value):
            saw = "; ".join([wording.saw(seen), *seen.detail])
            case.fail("wrong", "not what the contract says", saw, file=seen.file, line=seen.line)
        self._note(seen.detail)
        if leftovers == "fail" and seen.leftovers:
            saw = "; ".join(seen.leftovers)
            case.fail("leak", "something is left behind", saw, file=seen.file, line=seen.line)
        return seen

    def speedup(
        self,
        scenario: Any,
        *,
        beside: Any,
        allowed: Callable[[Any, Any], bool],
        expected: str,
        evidence: Predicate,
        at_least: float | None = None,
        by: Literal["processes", "threads"] = "processes",
        workers: int = 2,
        start_method: StartMethod | None = None,
        time_limit: float = 10.0,
        ran: str = "",
        **arguments: Any,
    ) -> None:
        """Compute in real processes, `at_least` times as fast as `beside`, the same work in one process.

        `beside` is a scenario that is given None for the answer. `allowed(seen, seen beside)` compares the two
        values. Judged is how much work was ready to run at once, not the clock (`efficiency`): a busy machine
        changes nothing. Where that cannot be measured, or is too close, `evidence(seen)` is judged instead and a note
        says so. at_least=None takes `speedup` of course.yaml; `workers` is how many processors it takes.
        """
        case = Case(self, scenario, arguments, ran, expected, "free", 1, processes=start_method)
        alone = Case(self, beside, arguments, ran, expected, "free", 1, processes=start_method)
        comparison = Comparison(
            answer=lambda metered: case.run(time_limit, metered=metered),
            alone=lambda: alone.run(time_limit, metered=True, without_answer=True),
            allowed=allowed, evidence=evidence, at_least=at_least or self._speedup or LEAST, by=by, workers=workers,
        )  # fmt: skip
        finding = comparison.finding()
        self.timing = comparison.timing
        self._note(comparison.notes)
        if finding:
            case.fail(*finding)

    def _note(self, notes: Iterable[str]) -> None:
        """Keep each of `notes` once."""
        self.notes = list(dict.fromkeys([*self.notes, *notes]))

    def _judge_spins(self, case: Case, coverage: Coverage, spin: str) -> None:
        if spin == "fail" and coverage.spins:
            first = coverage.spins[0]
            trace = case.explain(first.schedule, first)
            saw = wording.spin_saw(first)
            case.fail("busy-wait", wording.TITLE_OF_ENDING["busy-wait"], saw, trace, first.file, first.line)

    def _judge_stalls(self, case: Case, coverage: Coverage, stall: str) -> None:
        if stall == "fail" and coverage.stalls:
            first = coverage.stalls[0]
            saw, trace = wording.stall_saw(first), case.explain(first.schedule, first)
            case.fail("too-slow", "a task blocks all the others", saw, trace, first.file, first.line)

    def _judge_races(self, case: Case, coverage: Coverage, policy: str) -> None:
        harmful = [race for race in coverage.races if race.pattern != "single access"]
        if not harmful or policy == "ignore":
            return
        for race in harmful:
            if race.lost:
                case.fail_race(race, wording.LOST_UPDATE)
        if policy == "fail":
            case.fail_race(harmful[0], "two accesses that nothing orders")
        self._note(map(wording.race_saw, harmful))
