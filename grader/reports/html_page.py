"""One self-contained page for one person: what `grade bulk` hands back.

No script, no font, no picture but drawings in the page itself, nothing from the network; the policy in its head
says so to the browser too.
All texts are escaped by the template engine. The page reads on a phone, on paper, by ear and in the dark.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.reports import Layout, Source, phrases
from grader.reports.diagram import Picture
from grader.reports.safe_text import harmless
from grader.reports.times import chart
from grader.results import CheckResult, ExerciseResult, Finding
from grader.scoring import shown

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent
VERDICT = {"pass": "passed", "fail": "failed", "error": "the grader failed", "skip": "could not be measured"}


class Failure(Struct, frozen=True):
    """One finding as the page shows it."""

    check: CheckResult | None
    finding: Finding
    told: tuple[tuple[str, str], ...]
    place: str
    picture: Picture | None


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The page of all `results` of one person. Replay lines are left out for checks that students don't have."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    score = sum((result.score for result in results), Fraction(0))
    most = sum((result.max_score for result in results), Fraction(0))
    page = _template().render(
        style=style,
        digest=digest,
        student=harmless(layout.student),
        course=harmless(layout.course),
        exercises=[_exercise(harmless(result), layout.source(result.exercise)) for result in results],
        score=shown(score),
        most=shown(most),
    )
    return page.encode("utf-8", "replace").decode() + "\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def _exercise(result: ExerciseResult, source: Source) -> dict[str, Any]:
    return {
        "result": result,
        "verdict": VERDICT[result.verdict],
        "summary": phrases.summary(result),
        "points": phrases.points(result),
        "banner": phrases.TIER_BANNER[result.tier],
        "checks": [_check(check) for check in result.checks],
        "failures": [_failure(check, finding, result, source) for check, finding in phrases.failures(result)],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "check": check,
        "verdict": VERDICT[check.verdict],
        "points": phrases.points(check),
        "coverage": phrases.coverage(check.exploration),
        "times": chart(check.timing) if check.timing else None,
    }


def _failure(check: CheckResult | None, finding: Finding, result: ExerciseResult, source: Source) -> Failure:
    return Failure(
        check=check,
        finding=finding,
        told=tuple(phrases.lines(finding, result.exercise, source, replay=not (check and check.hidden))),
        place=phrases.place(finding, source),
        picture=phrases.drawing(finding, source),
    )
