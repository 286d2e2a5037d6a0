"""A report in GitHub's Markdown: the step summary, a release body, a comment.

Whatever an answer said stands in a code fence that is longer than any run of backticks in it; everything else is
escaped, so that a title cannot become a link, a heading or an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.reports import Layout, Source, phrases
from grader.reports.diagram import as_text
from grader.reports.safe_text import harmless, one_line
from grader.results import CheckResult, ExerciseResult, Finding

COLUMNS = 100
MARK = {"pass": "✅", "fail": "❌", "error": "⚠️", "skip": "⏭️"}

_ACTIVE = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~&@:$]")


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """All results, one section each."""
    return "\n".join(section(result, layout) for result in results)


def section(result: ExerciseResult, layout: Layout) -> str:
    """One exercise: a table of the checks, then each failure in a fence."""
    return "\n".join(_section(harmless(result), layout.source(result.exercise))) + "\n"


def escaped(text: str) -> str:
    """`text` on one line, with nothing in it that Markdown or HTML acts upon."""
    return _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", one_line(text))


def fenced(text: str) -> str:
    """`text` in a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _section(result: ExerciseResult, source: Source) -> Iterator[str]:
    yield f"## {MARK[result.verdict]} {escaped(result.exercise)} {escaped(result.title)}"
    yield ""
    yield f"**{escaped(phrases.summary(result))}**"
    for text in (phrases.TIER_BANNER[result.tier], *result.submission.notes):
        if text:
            yield f"\n> {escaped(text)}"
    if result.checks:
        yield from ("", "| | check | points |", "|--|--|--:|")
        yield from (_row(check) for check in result.checks)
    for check, finding in phrases.failures(result):
        yield ""
        yield f"### {escaped(f'{check.title}: {finding.title}' if check else finding.title)}"
        yield ""
        yield fenced("\n".join(_failure(check, finding, result, source)))


def _row(check: CheckResult) -> str:
    about = " (hidden check)" if check.hidden else ""
    tried = phrases.coverage(check.exploration)
    more = f"<br><sub>{escaped(tried)}</sub>" if tried else ""
    return f"| {MARK[check.verdict]} | {escaped(check.title + about)}{more} | {escaped(phrases.points(check))} |"


def _failure(check: CheckResult | None, finding: Finding, result: ExerciseResult, source: Source) -> Iterator[str]:
    told = dict(phrases.lines(finding, result.exercise, source, replay=not (check and check.hidden)))
    for label in ("ran", "saw", "expected"):
        if label in told:
            yield _labelled(label, told[label])
    if where := phrases.place(finding, source):
        yield _labelled("at", where)
    drawn = phrases.drawing(finding, source)
    if drawn:
        yield from ("", *as_text(drawn, COLUMNS), "")
    for label in ("hint", "replay"):
        if label in told:
            yield _labelled(label, told[label])


def _labelled(label: str, text: str) -> str:
    return f"{label:<10}" + text.replace("\n", f"\n{'':10}")
