"""The report at a terminal: every check on a line, then what went wrong, then what to do.

Plain text with ANSI colours, set by hand: importing rich costs more than grading an easy answer
(benchmarks: 60-100 ms against 1), and the same lines without colour are what a pipe or a log gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.reports import Layout, Source, phrases
from grader.reports.diagram import Paint, as_text
from grader.reports.safe_text import fit, harmless, width, wrap
from grader.reports.times import as_text as as_times
from grader.reports.times import chart
from grader.results import CheckResult, ExerciseResult, Finding
from grader.scoring import shown

LABEL = 11
"""Where the text of a failure's lines begins."""

_CODES = {
    "pass": "32",
    "fail": "31;1",
    "error": "35;1",
    "skip": "33",
    "head": "1",
    "quiet": "2",
    "warn": "33",
    "label": "36",
    "thread": "1;4",
    "source": "1",
    "note": "33",
    "end": "31",
}


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The whole report, with a newline at its end; ANSI colours only when `layout.color`."""
    paint = _in_color if layout.color else _plain
    parts = ["\n".join(_exercise(harmless(result), layout, layout.columns, paint)) for result in results]
    if len(results) > 1:
        parts.append("\n".join(_all(results, paint)))
    return "\n\n".join(parts) + "\n"


def _plain(_: str, text: str) -> str:
    return text


def _in_color(style: str, text: str) -> str:
    code = _CODES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _exercise(result: ExerciseResult, layout: Layout, columns: int, paint: Paint) -> Iterator[str]:
    source = layout.source(result.exercise)
    yield paint("head", fit(f"{result.exercise}  {result.title}", columns))
    yield paint("quiet", fit(f"answer {phrases.path(result, layout)}  (seed {result.seed})", columns))
    for text in (phrases.TIER_BANNER[result.tier], *result.submission.notes):
        for line in wrap(text, columns - 2) if text else ():
            yield paint("warn", f"  {line}")
    yield ""
    for check in result.checks if result.problem is None else ():
        yield from _check(check, columns, paint)
    if result.problem is not None and result.checks:
        yield f"  none of the {len(result.checks)} checks could be run"
    for checked, finding in phrases.failures(result):
        yield ""
        told = phrases.lines(finding, result.exercise, source, answer=phrases.named(result, layout))
        yield from _failure(checked, finding, told, source, columns, paint)
    yield ""
    yield paint(result.verdict, phrases.summary(result))
    if todo := phrases.next_step(result):
        yield from wrap(f"next: {todo}", columns)


def _check(check: CheckResult, columns: int, paint: Paint) -> Iterator[str]:
    """ok     Three printers speak in turn          2/2  all 20 interleavings tried"""
    mark, earned = phrases.WORD[check.verdict], phrases.points(check)
    room = columns - 9 - 9
    title, *rest = wrap(check.title + (" (hidden check)" if check.hidden else ""), room)
    yield f"  {paint(check.verdict, mark.ljust(5))}  {title}{' ' * (room - width(title))}{earned:>9}"
    for line in rest:
        yield f"         {line}"
    for text in (phrases.coverage(check.exploration), *check.notes):
        for line in wrap(text, columns - 11) if text else ():
            yield paint("quiet", f"         {line}")
    for line in as_times(chart(check.timing), columns - 9) if check.timing else ():
        yield paint("quiet", f"         {line}")


def _failure(
    check: CheckResult | None,
    finding: Finding,
    told: Sequence[tuple[str, str]],
    source: Source,
    columns: int,
    paint: Paint,
) -> Iterator[str]:
    yield from _failure_head(check, finding, columns, paint)
    shown_later = ("hint", "replay")
    for label, text in told:
        if label not in shown_later:
            yield from _labelled(label, text, columns, paint)
    if where := phrases.place(finding, source):
        yield from _labelled("at", where, columns, paint)
    drawn = phrases.drawing(finding, source)
    if drawn is not None:
        yield ""
        yield from (f"  {line}".rstrip() for line in as_text(drawn, columns - 2, paint))
        yield ""
    for label, text in told:
        if label in shown_later:
            yield from _labelled(label, text, columns, paint)


def _failure_head(check: CheckResult | None, finding: Finding, columns: int, paint: Paint) -> Iterator[str]:
    about = f"{check.title}: " if check else ""
    for line in wrap(f"{about}{finding.title}", columns):
        yield paint("error" if check and check.verdict == "error" else "fail", line)


def _labelled(label: str, text: str, columns: int, paint: Paint) -> Iterator[str]:
    """saw       balance: 200"""
    head = f"  {paint('label', label)}{' ' * (LABEL - 2 - len(label) + 1)}"
    for part in text.split("\n"):
        # a command is copied with the mouse: it stays in one piece
        for line in [part] if label == "replay" else wrap(part, columns - LABEL - 1):
            yield f"{head}{line}".rstrip()
            head = " " * (LABEL + 1)


def _all(results: Sequence[ExerciseResult], paint: Paint) -> Iterator[str]:
    """One line an exercise, and the total."""
    for result in results:
        mark = paint(result.verdict, phrases.WORD[result.verdict].ljust(5))
        yield f"{mark}  {result.exercise}  {fit(harmless(result).title, 44):<44}  {phrases.points(result):>9}"
    score = sum((result.score for result in results), start=results[0].score * 0)
    most = sum((result.max_score for result in results), start=results[0].max_score * 0)
    yield paint("head", f"{shown(score)} of {shown(most)} points")
