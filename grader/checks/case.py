"""One scenario with its arguments, as asked of the box, and what a failure of it says."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

from msgspec.structs import replace

from grader.box.protocol import BoxRefused, ExploreJob, Ran, RunJob, StartMethod
from grader.checks import wording
from grader.checks.predicates import Predicate, holds
from grader.checks.scenarios import cut_out
from grader.errors import BoxError
from grader.results import FOR_THE_TEACHER, Finding, FindingKind
from grader.trace import Coverage, Outcome, Race, Sighting, Token, Trace
from grader.web.site import Site

if TYPE_CHECKING:
    from grader.box.parent import Driver
    from grader.checks.judging import Judge

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


class Until:
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


class Case:
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
        self.ran = wording.ran(scenario, arguments, ran, processes)
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
        table = Until(lambda _: True)
        self.search(table)
        if not table.met or table.outcomes[0].ending != "done":
            self.fail_outcome(table.outcomes, lambda _: True)
        return table.outcomes[0]

    def run(
        self,
        time_limit: float,
        *,
        metered: bool = False,
        without_answer: bool = False,
        site: Site | None = None,
    ) -> Ran:
        """What one real run was seen to do; it must have returned."""
        named, given, method = self.job.scenario, self.job.arguments, self.job.processes
        job = RunJob(self.source, self.file, named, given, method, time_limit, metered, without_answer, site)
        try:
            seen = self._judge._box.run(job)
        except BoxError as error:
            self.fail_box(error)
        if seen.ending != "returned":
            kind, title = wording.KIND_OF_ENDING[seen.ending], wording.TITLE_OF_ENDING[seen.ending]
            self.fail(kind, title, wording.saw(seen), file=seen.file, line=seen.line)
        return seen

    @property
    def files(self) -> Collection[str]:
        """Names of the answer's files."""
        return self._judge._box.files

    def drive(self, driver: Driver) -> None:
        try:
            self._judge._box.drive(self.job, driver)
        except BoxError as error:
            self.fail_box(error)

    def replay(self, schedule: str) -> Outcome | None:
        """What comes of one schedule when it is run again."""
        try:
            return self._judge._box.replay(self.job, schedule).outcome
        except BoxError:
            return None

    def explain(self, schedule: str, sighting: Sighting | None = None) -> Trace | None:
        try:
            return self._judge._box.explain(self.job, schedule, sighting)
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
        table = Until(lambda outcome: is_allowed(outcome, allowed))
        few = replace(self.job, executions=min(NATURAL_RUNS, self.job.executions))
        try:
            self._judge._box.explore(few, table)
        except BoxError:
            return False
        return table.met

    def fail_race(self, race: Race, title: str) -> NoReturn:
        trace = self.explain(race.schedule, race)
        self.fail("race", title, wording.race_saw(race), trace, race.second.file, race.second.line)

    def contradict(self, saw: str) -> NoReturn:
        """What came out of the box cannot be true, so that nothing of it counts."""
        self.flag(saw)
        self.fail("uncontrolled", "what was observed does not fit together", saw)

    def flag(self, words: str) -> None:
        """Have a teacher look at the answer."""
        self._judge._note([f"{FOR_THE_TEACHER}the observations of this answer look forged: {words}"])

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


def is_allowed(outcome: Outcome, allowed: Predicate) -> bool:
    return outcome.ending == "done" and holds(allowed, outcome.value)


def _source_of(scenario: Any) -> str:
    with open(scenario.__code__.co_filename, encoding="utf-8") as file:
        return cut_out(file.read())
