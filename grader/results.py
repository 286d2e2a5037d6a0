"""What the parent made of the observations: findings, and the marks they cost.

Points are exact fractions in here; `reports` rounds, each format for itself.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.trace import Trace

Kind: TypeAlias = Literal["SAFE", "LIVE", "BLOCK", "PAR", "FAIR", "EXC", "CLEAN", "SPEED", "EDGE"]
"""What a check is about; EDGE is the plain contract, without any concurrency."""

FindingKind: TypeAlias = Literal[
    "wrong", "race", "deadlock", "livelock", "busy-wait", "over-locking", "unfair", "leak",
    "too-slow", "crash", "forbidden", "timeout", "uncontrolled",
]  # fmt: skip

Verdict: TypeAlias = Literal["pass", "fail", "error", "skip"]
"""pass, fail: of the answer. error: the grader's own fault, costs nothing. skip: not measured here, so no points."""

Tier: TypeAlias = Literal["full", "landlock", "limits"]

FOR_THE_TEACHER = "for the teacher: "
"""How a note begins that asks somebody to look at the answer."""


class Finding(Struct, frozen=True):
    """What is wrong with an answer, with evidence: the five lines that a student reads."""

    kind: FindingKind
    title: str
    """One clause: "a lost update", "all threads wait for each other"."""
    ran: str
    saw: str
    expected: str
    hint: str = ""
    replay: str = ""
    """The replay token, or empty when there is nothing to replay."""
    trace: Trace | None = None
    file: str = ""
    line: int = 0
    """The student's line to point at (an annotation goes there); 0 when there is none."""


class Rerun(Struct, frozen=True):
    """One schedule of one check, run again: what a finding says, as facts. No verdict: nothing is judged."""

    title: str
    """The check's sentence."""
    ran: str
    saw: str
    expected: str
    hint: str
    trace: Trace
    """Every step, not the short form."""


class Exploration(Struct, frozen=True):
    schedules: int
    exhausted: bool
    preemption_bound: int | None


class TimedPair(Struct, frozen=True):
    """One answer's run beside the same work in one process. Seconds."""

    alone: float
    """Processor time of the work in one process."""
    answer: float
    """What the answer would take if each of its processes that is ready to run had a processor of its own."""
    alone_wall: float
    answer_wall: float
    """By the clock: information only."""
    ready: float
    """How many processors the answer could have used, on average."""
    work: float
    """How many times the processor time of one process the answer used."""
    workers: int
    """Processes, or threads that compute at the same time, that did a tenth of the work or more."""
    ran: float | None = None
    """How many times as fast at least, where threads compute at the same time: who waits for a lock spins at first, and
    looks ready."""

    @property
    def figure(self) -> float:
        """How many times as fast as one process."""
        return self.alone / self.answer if self.answer > 0 else 0.0

    @property
    def certain(self) -> float:
        """What of the figure no spinning can have made."""
        return self.figure if self.ran is None else min(self.ran, self.figure)


class Timing(Struct, frozen=True):
    """How fast an answer was beside one process, pair by pair: what a report draws."""

    pairs: tuple[TimedPair, ...]
    at_least: float
    """The figure to reach."""
    counted: bool = True
    """Whether the verdict rests on it; else it was too close, and something else was judged."""


class CheckResult(Struct, frozen=True):
    id: str
    """The name of the test function without `test_`."""
    title: str
    kind: Kind
    verdict: Verdict
    score: Fraction
    max_score: Fraction
    duration: float
    """Real seconds; information only, never part of a verdict."""
    hidden: bool = False
    exploration: Exploration | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """Things to know that cost nothing: a harmless race, what could not be measured."""
    timing: Timing | None = None


class Submitted(Struct, frozen=True):
    path: str
    sha256: str
    """Of the answer's files as graded, so that identical work has one name."""
    notes: tuple[str, ...] = ()
    """What was left out on the way in: magics of a notebook, files beside the manifest."""


class ExerciseResult(Struct, frozen=True):
    exercise: str
    title: str
    verdict: Verdict
    score: Fraction
    max_score: Fraction
    seed: int
    tier: Tier
    python: str
    grader: str
    submission: Submitted
    checks: tuple[CheckResult, ...]
    problem: Finding | None = None
    """What kept every check from running: a syntax error, a missing name, a stub not begun."""
