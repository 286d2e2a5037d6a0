"""One answer being checked: its box, its seed, what came of each check."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from random import Random

from grader.box.parent import Box
from grader.box.protocol import Limits, Preflight
from grader.checks import wording
from grader.checks.case import CheckFailed
from grader.checks.contract import required_names
from grader.checks.declaring import Declared
from grader.checks.judging import Judge
from grader.checks.scenarios import cut_out
from grader.errors import BoxError
from grader.exercises import ExerciseOnDisk
from grader.results import CheckResult, Finding, Kind, Tier, Verdict
from grader.trace import Token

CONFIRMED: tuple[Kind, ...] = ("SAFE", "LIVE")
"""Kinds of checks whose passes are confirmed where they are recorded."""


class Session:
    """Owns the box of one answer to one exercise. Call `close` at the end: nothing is left behind."""

    def __init__(
        self,
        exercise: ExerciseOnDisk,
        files: Mapping[str, str],
        *,
        seed: int = 0,
        tier: Tier | None = None,
        replay: Token | None = None,
        confirm: bool = False,
    ) -> None:
        self.exercise = exercise
        self.seed = seed
        self.results: list[CheckResult] = []
        self.notes: tuple[str, ...] = ()
        self._replay = replay
        self._confirm = confirm
        self._problem: Finding | None = None
        self._looked = False
        spec = exercise.spec
        limits = Limits(seconds=float(spec.time_limit))
        self._box = Box(files, spec.module.removesuffix(".py"), limits, tier=tier, forbidden=spec.forbidden_imports)

    def prepare(self, modules: Iterable[Path]) -> None:
        """Have the box load the scenarios of these check modules while there is nothing else to do."""
        # A check module that cannot be read is pytest's to report.
        with suppress(OSError, ValueError, SyntaxError):
            sources = {path.name: path.read_text(encoding="utf-8") for path in modules}
            self._box.prepare([(cut_out(source), file) for file, source in sources.items()])
            self._box.look_ahead(self._look)

    @property
    def tier(self) -> Tier:
        return self._box.tier

    @property
    def problem(self) -> Finding | None:
        """What keeps every check from running, found by a preflight at the first question."""
        if not self._looked:
            self._looked = True
            self._problem = self._preflight()
        return self._problem

    def judge(self, check: str, declared: Declared) -> Judge:
        """The judge of one check. Raises CheckFailed when the answer cannot be loaded at all."""
        if self.problem is not None:
            raise CheckFailed(self.problem)
        races = self.exercise.spec.races
        replay = self._replay if self._replay and self._replay.check == check else None
        # Not from the seed, which the box knows: what it cannot know beforehand, no answer can prepare for.
        confirm = Random(os.urandom(16)) if self._confirm and declared.kind in CONFIRMED else None
        return Judge(
            self._box,
            check=check,
            hint=declared.hint,
            seed=self.seed,
            races=races,
            speedup=self.exercise.spec.speedup,
            replay=replay,
            confirm=confirm,
        )

    def record(
        self,
        check: str,
        title: str,
        declared: Declared,
        verdict: Verdict,
        *,
        hidden: bool,
        duration: float,
        judge: Judge | None,
        findings: tuple[Finding, ...],
        notes: tuple[str, ...] = (),
    ) -> None:
        self.results.append(
            CheckResult(
                id=check,
                title=title,
                kind=declared.kind,
                verdict=verdict,
                score=declared.points if verdict == "pass" else Fraction(0),
                max_score=declared.points,
                duration=duration,
                hidden=hidden,
                exploration=judge.exploration if judge else None,
                findings=findings,
                notes=(*notes, *judge.notes) if judge else notes,
                timing=judge.timing if judge else None,
            )
        )

    def close(self) -> None:
        self._box.close()

    @cached_property
    def _look(self) -> Preflight:
        spec, given = self.exercise.spec, self.exercise.given
        stub = given.read_bytes().decode("utf-8-sig", errors="replace") if given else ""
        return Preflight(stub, required_names(self.exercise), spec.allowed_imports, spec.forbidden_imports)

    def _preflight(self) -> Finding | None:
        try:
            report = self._box.preflight(self._look)
        except BoxError as error:
            kind, title, saw = wording.box_failure(error)
            return Finding(kind, title, "import the answer", saw, "a file that can be imported")
        self.notes = report.notes
        return wording.refusal(report.problem) if report.problem else None
