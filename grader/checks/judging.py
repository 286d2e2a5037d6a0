"""The judge: asks the box for observations and says whether they are allowed. The oracle lives here.

A check's argument `box` is a Judge. Whatever it asks, silence is never a pass: no answer, an early end, a
frame out of turn are findings. A predicate that raises has not been satisfied: the values it looks at
come from the answer and may be of any type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

from msgspec.structs import replace

from grader.box.protocol import BoxRefused, ExploreJob, Ran, RunJob, StartMethod
from grader.checks import wording
from grader.checks.scenarios import cut_out
from grader.errors import BoxError
from grader.results import Exploration, Finding, FindingKind
from grader.trace import Coverage, Outcome, Token, Trace

if TYPE_CHECKING:
    from grader.box.parent import Box

Predicate: TypeAlias = Callable[[Any], bool]
Policy: TypeAlias = Literal["ignore", "warn", "fail"]

NATURAL_RUNS = 40
"""Schedules tried to tell "wrong" (always) from "race" (only on some schedules)."""


class CheckFailed(Exception):
    """What a failed check raises; holds the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


class Replayed(Exception):
    """Raised in place of an exploration when a token is replayed: holds the trace, and what the check says of it."""

    def __init__(self, trace: Trace, ran: str, expected: str) -> None:
        super().__init__(ran)
        self.trace = trace
        self.ran = ran
        self.saw = wording.saw(trace.outcome) if trace.outcome else ""
        self.expected = expected


class Seen:
    """The outcome table of one exploration: the distinct values that the scenario returned."""

    def __init__(self, outcomes: list[Outcome], coverage: Coverage, fail: Callable[..., NoReturn]) -> None:
        self.values = tuple(outcome.value for outcome in outcomes)
        self.coverage = coverage
        self._fail = fail

    def some(self, wanted: Predicate, *, saw: str = "") -> None:
        """Some explored schedule must satisfy `wanted`; else the answer locks too much."""
        if not any(_holds(wanted, value) for value in self.values):
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
        replay: Token | None = None,
    ) -> None:
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
        self._replay = replay

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
        processes: StartMethod | None = None,
        **arguments: Any,
    ) -> Seen:
        """Try many schedules; every outcome must be done and `allowed`.

        `processes` names a start method: then the scenario's processes are real, and it is they that are put in
        order. That is slow: 10 to 30 `executions` are a lot.

        Raises CheckFailed with the shortest failing interleaving, and with a race, a busy-wait where
        `races` and `spin` say so. `expected` says in words what `allowed` tests. Locks taken in different orders
        are a note where not all schedules could be tried, whatever the policy: evidence costs nothing.
        """
        case = _Case(self, scenario, arguments, ran, expected, clock, executions, races, processes)
        table = _Until(lambda outcome: not _is_allowed(outcome, allowed))
        coverage = case.search(table)
        if table.met or not table.outcomes:
            case.fail_outcome(table.outcomes, allowed)
        self.explorations.append(coverage)
        self._note(wording.lock_order_saw(order) for order in coverage.lock_orders)
        self._judge_spins(case, coverage, spin)
        self._judge_races(case, coverage, races or self._races)
        return Seen(table.outcomes, coverage, case.fail)

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
        case = _Case(self, scenario, arguments, ran, expected, "free", executions)
        table = _Until(lambda outcome: _is_allowed(outcome, wanted))
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
        case = _Case(self, scenario, arguments, ran, str(words), "exact", 1)
        predicate = allowed or (lambda value: same(value, expected))
        seen = case.one_outcome()
        if not _holds(predicate, seen.value):
            case.fail("wrong", "not what the contract says", wording.saw(seen))
        return seen.value

    def makespan(self, scenario: Any, *, at_most: float, expected: str = "", ran: str = "", **arguments: Any) -> float:
        """Virtual seconds of one run in which waiting costs exactly what it says; at most `at_most`."""
        case = _Case(self, scenario, arguments, ran, expected or f"at most {at_most:g} s of waiting", "exact", 1)
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
        **arguments: Any,
    ) -> Ran:
        """One run in real processes, watched as a tree; it must return an allowed value.

        `allowed` looks at the value. What is left behind is a leak where `leftovers="fail"`, else a note.
        """
        case = _Case(self, scenario, arguments, ran, expected, "free", 1)
        try:
            seen = self._box.run(RunJob(case.source, case.file, scenario.__name__, arguments, start_method, time_limit))
        except BoxError as error:
            case.fail_box(error)
        if seen.ending != "returned":
            kind = wording.KIND_OF_ENDING[seen.ending]
            case.fail(kind, wording.TITLE_OF_ENDING[seen.ending], wording.saw(seen), file=seen.file, line=seen.line)
        if leftovers == "ignore":
            self._note(f"left behind: {each}" for each in seen.leftovers)
        if not _holds(allowed, seen.value):
            saw = "; ".join([wording.saw(seen), *seen.detail])
            case.fail("wrong", "not what the contract says", saw, file=seen.file, line=seen.line)
        self._note(seen.detail)
        if leftovers == "fail" and seen.leftovers:
            saw = "; ".join(seen.leftovers)
            case.fail("leak", "something is left behind", saw, file=seen.file, line=seen.line)
        return seen

    def _note(self, notes: Iterable[str]) -> None:
        """Keep each of `notes` once."""
        self.notes = list(dict.fromkeys([*self.notes, *notes]))

    def _judge_spins(self, case: _Case, coverage: Coverage, spin: str) -> None:
        if spin == "fail" and coverage.spins:
            first = coverage.spins[0]
            trace = case.explain(first.schedule)
            saw = wording.spin_saw(first)
            case.fail("busy-wait", wording.TITLE_OF_ENDING["busy-wait"], saw, trace, first.file, first.line)

    def _judge_races(self, case: _Case, coverage: Coverage, policy: str) -> None:
        harmful = [race for race in coverage.races if race.pattern != "single access"]
        if not harmful or policy == "ignore":
            return
        if policy == "warn":
            self._note(map(wording.race_saw, harmful))
            return
        race = harmful[0]
        trace = case.explain(race.schedule)
        case.fail(
            "race",
            "two accesses that nothing orders",
            wording.race_saw(race),
            trace,
            race.second.file,
            race.second.line,
        )


class _Until:
    """Keeps the outcomes up to the first that is `wanted`; what is told after that one, nobody hears."""

    def __init__(self, wanted: Callable[[Outcome], bool]) -> None:
        self.outcomes: list[Outcome] = []
        self.met = False
        self._wanted = wanted

    def __call__(self, outcome: Outcome) -> bool:
        if not self.met:
            self.outcomes.append(outcome)
            self.met = self._wanted(outcome)
        return not self.met


class _Case:
    """One scenario with its arguments, as asked of the box, and what a failure of it says."""

    def __init__(
        self,
        judge: Judge,
        scenario: Any,
        arguments: dict[str, Any],
        ran: str,
        expected: str,
        clock: Any,
        executions: int,
        races: Policy | None = None,
        processes: StartMethod | None = None,
    ) -> None:
        self._judge = judge
        self._place = judge.asked
        judge.asked += 1
        self.ran = wording.ran(scenario, arguments, ran)
        self.expected = expected
        self.file = scenario.__code__.co_filename.rsplit("/", 1)[-1]
        self.source = _source_of(scenario)
        self.job = ExploreJob(
            source=self.source,
            file=self.file,
            scenario=scenario.__name__,
            arguments=arguments,
            executions=executions,
            seed=judge._seed,
            clock=clock,
            races=races or judge._races,
            processes=processes,
        )

    def search(self, judge: Callable[[Outcome], bool]) -> Coverage:
        replay = self._judge._replay
        try:
            if replay is not None and replay.call == self._place:
                raise Replayed(self._judge._box.replay(self.job, replay.schedule), self.ran, self.expected)
            return self._judge._box.explore(self.job, judge)
        except BoxError as error:
            self.fail_box(error)

    def one_outcome(self) -> Outcome:
        """How one run ended, which must be `done`."""
        table = _Until(lambda _: True)
        self.search(table)
        if not table.met or table.outcomes[0].ending != "done":
            self.fail_outcome(table.outcomes, lambda _: True)
        return table.outcomes[0]

    def explain(self, schedule: str) -> Trace | None:
        try:
            return self._judge._box.explain(self.job, schedule)
        except BoxError:
            return None

    def fail_outcome(self, outcomes: list[Outcome], allowed: Predicate) -> NoReturn:
        """The last outcome is not allowed: say why, with the shortest interleaving that leads there."""
        if not outcomes:
            self.fail("crash", "the box gave no answer", "not one run came to its end")
        bad = outcomes[-1]
        trace = self.explain(bad.schedule)
        if bad.ending != "done":
            kind = wording.KIND_OF_ENDING[bad.ending]
            # The shortest interleaving may end a little differently: what is said must be what is shown.
            shown = replace(bad, detail=trace.ending) if trace and trace.ending else bad
            self.fail(kind, wording.ended(bad), wording.saw(shown), trace, bad.file, bad.line)
        always = len(outcomes) == 1 and not self._sometimes_allowed(allowed)
        title = wording.race_title(trace, always) if trace else "not what the contract says"
        self.fail("wrong" if always else "race", title, wording.saw(bad), trace, bad.file, bad.line)

    def _sometimes_allowed(self, allowed: Predicate) -> bool:
        """Whether a handful of schedules holds one that is allowed: then it is a race, not plainly wrong."""
        table = _Until(lambda outcome: _is_allowed(outcome, allowed))
        few = replace(self.job, executions=min(NATURAL_RUNS, self.job.executions))
        try:
            self._judge._box.explore(few, table)
        except BoxError:
            return False
        return table.met

    def fail_box(self, error: BoxError) -> NoReturn:
        if isinstance(error, BoxRefused):
            raise CheckFailed(wording.refusal(error.problem)) from None
        self.fail(*wording.box_failure(error))

    def fail(
        self, kind: FindingKind, title: str, saw: str, trace: Trace | None = None, file: str = "", line: int = 0
    ) -> NoReturn:
        judge = self._judge
        token = Token(judge._check, self._place, judge._seed, trace.schedule) if trace else ""
        finding = Finding(kind, title, self.ran, saw, self.expected, judge._hint, str(token), trace, file, line)
        raise CheckFailed(finding) from None


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down: 1 is not True and not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def _holds(predicate: Predicate, value: Any) -> bool:
    try:
        return bool(predicate(value))
    except Exception:
        return False


def _is_allowed(outcome: Outcome, allowed: Predicate) -> bool:
    return outcome.ending == "done" and _holds(allowed, outcome.value)


def _source_of(scenario: Any) -> str:
    with open(scenario.__code__.co_filename, encoding="utf-8") as file:
        return cut_out(file.read(), scenario.__name__)
