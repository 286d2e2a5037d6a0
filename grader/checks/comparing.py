"""An answer's computing beside the same work in one process: runs in turns, and what came of them.

    one process, answer, answer, one process, answer, answer, one process ...      until it is clear who is faster

What cannot be measured here is not guessed: then the evidence is judged that the scenario brings (worker processes,
overlap), and a note says so. A student never loses points by what a machine cannot do.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any, Literal, TypeAlias

from grader import quiet
from grader.checks import wording
from grader.checks.case import CheckFailed
from grader.checks.efficiency import IN_A_TURN, paired, verdict
from grader.checks.measurable import unmeasurable
from grader.checks.predicates import Predicate, holds
from grader.checks.turn import Turns
from grader.cores import cores
from grader.errors import InternalError
from grader.results import FindingKind, TimedPair, Timing
from grader.trace import Ran

LEAST = 1.3
"""Speed-up with two workers, where neither check nor course.yaml says another: the middle between serial and 5:3."""

NOTHING_TOLD = "the kernel does not tell what waits for a processor"

Failure: TypeAlias = tuple[FindingKind, str, str]
"""Kind, title and what was seen."""


class Comparison:
    """Asked once for its `finding`; afterwards `timing` and `notes` say what it rests on."""

    def __init__(
        self,
        *,
        answer: Callable[[bool], Ran],
        alone: Callable[[], Ran],
        allowed: Callable[[Any, Any], bool],
        evidence: Predicate,
        at_least: float,
        by: Literal["processes", "threads"] = "processes",
        workers: int = 2,
    ) -> None:
        """`answer` and `alone` run once and raise CheckFailed when the run did not come to its end."""
        self.notes: list[str] = []
        self.pairs: list[TimedPair] = []
        self._answer, self._alone = answer, alone
        self._allowed, self._evidence = allowed, evidence
        self._at_least, self._by, self._workers = at_least, by, workers
        self._counted = False
        self._turns = Turns()

    @property
    def timing(self) -> Timing | None:
        return Timing(tuple(self.pairs), self._at_least, self._counted) if self.pairs else None

    def finding(self) -> Failure | None:
        """What is wrong with the answer; None when it is fast enough, or does what can be seen of that here."""
        with quiet.here.alone():
            return self._finding()

    def _finding(self) -> Failure | None:
        if cores() < self._workers:
            held = f"this machine has {cores()} processor for us"
            self.notes.append(f"{held}: judged by how much work was ready to run at once, not by the clock")
        with self._turns.turn():
            before = self._beside()
        reason = unmeasurable(self._workers)
        while not reason and (won := verdict(self.pairs, self._at_least)) is None:
            with self._turns.turn():
                answers: list[Ran] = []
                for _ in range(IN_A_TURN):
                    answers.append(self._answer(True))
                    if wrong := self._wrong(answers[-1], before):
                        return wrong
                after = self._beside()
            for seen in answers:
                reason = reason or self._counts(before, seen, after)
            before = after
        if reason or won == "unsure":
            return self._by_evidence(reason or f"too close to {self._at_least:g} in {len(self.pairs)} tries", before)
        self._counted = True
        return self._too_slow() if won == "slower" else None

    def _beside(self) -> Ran:
        """It holds nothing of the answer's: that it fails is our fault."""
        try:
            return self._alone()
        except CheckFailed as failed:
            message = f"the work in one process, which the answer is compared with, failed: {failed.finding.saw}"
            raise InternalError(message) from None

    def _counts(self, before: Ran, seen: Ran, after: Ran) -> str:
        """Takes one pair, or says why it is none."""
        if before.metered is None or seen.metered is None or after.metered is None:
            return NOTHING_TOLD
        if self._by == "threads" and seen.metered.one_lock:
            return "this Python runs one thread at a time (the GIL), so threads wait well and compute no faster"
        self.pairs.append(paired(before.metered, seen.metered, after.metered))
        return ""

    def _wrong(self, seen: Ran, alone: Ran) -> Failure | None:
        if not holds(self._allowed, seen.value, alone.value):
            return "wrong", "not what the contract says", wording.saw(seen)
        if seen.metered and seen.metered.meddling:
            changed = ", ".join(seen.metered.meddling)
            return "forbidden", "it changes what it gets of the machine", f"a process or thread changed its {changed}"
        return None

    def _by_evidence(self, reason: str, alone: Ran) -> Failure | None:
        self.notes.append(f"the speed-up cannot be measured here: {reason}. Judged by how the work was shared out")
        seen = self._answer(False)
        if wrong := self._wrong(seen, alone):
            return wrong
        if not holds(self._evidence, seen.value):
            return "too-slow", "the work is not shared out", wording.saw(seen)
        return None

    def _too_slow(self) -> Failure:
        figure = median(pair.figure for pair in self.pairs)
        said = [f"{figure:.2f} times as fast as one process (at least {self._at_least:g} is asked for)"]
        ready, work = median(pair.ready for pair in self.pairs), median(pair.work for pair in self.pairs)
        worker, workers = ("thread", "threads") if self._by == "threads" else ("process", "processes")
        if max(pair.workers for pair in self.pairs) == 1:
            said.append(f"one {worker} did nearly all of the work")
        said.append(f"on average {ready:.1f} {workers} had something to do")
        if work > 1.2:
            said.append(f"all together they computed {work:.1f} times as much as one process needs")
        return "too-slow", "more workers do not make it faster", "; ".join(said)
