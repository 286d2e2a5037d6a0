"""Findings, coverage and tiers in the words of a report: the same in every destination."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from grader.reports import Layout, Source
from grader.reports.diagram import Picture, is_scenario, picture
from grader.results import CheckResult, ExerciseResult, Exploration, Finding, Tier
from grader.scoring import shown

TIER_BANNER: dict[Tier, str] = {
    "full": "",
    "landlock": "graded in a box without namespaces (tier landlock): `grade doctor` says how to make it stronger",
    "limits": "graded with limits only, not in a sandbox (tier limits): these points are feedback, not marks",
}

WORD = {"pass": "ok", "fail": "FAIL", "error": "ERROR", "skip": "skip"}
"""A verdict in four or five letters."""


def points(result: ExerciseResult | CheckResult) -> str:
    """6.5/8"""
    return f"{shown(result.score)}/{shown(result.max_score)}"


def path(result: ExerciseResult, layout: Layout) -> str:
    """Where the answer lies, from the course's folder where it is in there."""
    whole = Path(result.submission.path)
    inside = layout.root is not None and whole.is_relative_to(layout.root)
    return str(whole.relative_to(layout.root)) if layout.root and inside else result.submission.path


_LINE = re.compile(r"(?:\b(\w+\.py)(?:, line |:)|\bline )(\d+)\b")


def named(result: ExerciseResult, layout: Layout) -> str:
    """The answer's file as it must be typed after a command, with a space before; empty for the one in its place."""
    if layout.root is None or Path(result.submission.path).is_relative_to(layout.root / "exercises"):
        return ""
    return f" {shlex.quote(result.submission.path)}"


def lines(
    finding: Finding, exercise: str, source: Source, *, replay: bool = True, answer: str = ""
) -> list[tuple[str, str]]:
    """What a student reads of a failure: (label, text) of ran, saw, expected, hint, replay, where there is one.

    `answer` is what `named` gives, where the command is to be typed again beside that file.
    """
    saw = in_cells(finding.saw, source)
    told = [("ran", finding.ran), ("saw", saw), ("expected", finding.expected), ("hint", finding.hint)]
    if replay and finding.replay:
        told.append(("replay", f"grade replay {exercise} {finding.replay}{answer}"))
    return [(label, text) for label, text in told if text]


def in_cells(text: str, source: Source) -> str:
    """`text` with the answer's lines named as the writer of a notebook knows them: cell 3, line 2."""

    def said(found: re.Match[str]) -> str:
        file, line = found[1], int(found[2])
        if line not in source.cells or (file and file not in source.files):
            return found[0]
        return f"{file}, {source.place(line)}" if file else source.place(line)

    return _LINE.sub(said, text) if source.cells else text


def drawing(finding: Finding, source: Source) -> Picture | None:
    """The interleaving, or None when the finding has none."""
    if finding.trace is None or not finding.trace.steps:
        return None
    drawn = picture(finding.trace, source.files, source.cells)
    return replace(drawn, ending=tuple(in_cells(sentence, source) for sentence in drawn.ending))


def coverage(exploration: Exploration | None) -> str:
    """What was tried, in words that promise no more than is true."""
    if exploration is None or exploration.schedules == 0:
        return ""
    count = f"{exploration.schedules} interleaving{'s' if exploration.schedules != 1 else ''}"
    if not exploration.exhausted:
        return f"{count} tried"
    if exploration.preemption_bound is None:
        return f"all {count} tried" if exploration.schedules > 1 else "the only interleaving there is was tried"
    return f"all {count} with at most {exploration.preemption_bound} preemptions tried"


def failures(result: ExerciseResult) -> Iterator[tuple[CheckResult | None, Finding]]:
    """Each finding once, with its check. A problem that kept all checks from running stands alone, without one."""
    if result.problem is not None:
        yield None, result.problem
    for check in result.checks:
        for finding in check.findings:
            if finding != result.problem:
                yield check, finding


def place(finding: Finding, source: Source) -> str:
    """printers.py, line 17; empty when no line is known (a whole file is no place to look at), or `saw` tells it."""
    if not finding.line:
        return ""
    where = f"{finding.file}, {source.place(finding.line)}" if finding.file else source.place(finding.line)
    return "" if re.search(rf"\b{re.escape(where)}\b", in_cells(finding.saw, source)) else where


def spot(finding: Finding) -> tuple[str, int]:
    """The line of the answer to point at: the finding's own, else where the interleaving first turns; ("", 0) if none.

    Where it turns: the last operation of a thread before another one goes on, which is the line that was split.
    """
    if finding.line > 0 or finding.trace is None:
        return finding.file, finding.line
    steps = finding.trace.steps
    turns = [before for before, after in pairwise(steps) if before.thread != after.thread]
    inside = [step for step in (*turns, *steps) if step.line > 0 and not is_scenario(step)]
    return (inside[0].file, inside[0].line) if inside else (finding.file, 0)


def summary(result: ExerciseResult) -> str:
    """6 of 8 points, 3 of 4 checks passed"""
    passed = sum(check.verdict == "pass" for check in result.checks)
    earned = f"{shown(result.score)} of {shown(result.max_score)} points"
    return f"{earned}, {passed} of {len(result.checks)} checks passed" if result.checks else earned


def next_step(result: ExerciseResult) -> str:
    """What to type now; empty when all is done."""
    if result.problem is not None and result.verdict == "fail":
        return f"mend that, then grade {result.exercise}"
    return {
        "pass": "",
        "fail": f"grade hint {result.exercise}",
        "error": "nothing: the grader failed, which costs no points; tell the course team",
        "skip": f"grade {result.exercise} on a machine that can measure it",
    }[result.verdict]
