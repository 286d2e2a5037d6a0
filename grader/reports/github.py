"""`--format github`: annotations on the student's lines, a step summary, outputs for the Classroom reporter.

The runner takes every line that begins with `::` (after spaces), and `##[` anywhere, for a command. So each line of the
report is prefixed, each text in a command is escaped, and no line but ours can be one. That is deterministic, unlike
fencing with a random `stop-commands` token.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path, PurePath

from msgspec.structs import replace

from grader.reports import Layout, autograding, markdown_page, phrases, terminal
from grader.reports.safe_text import harmless, printable
from grader.results import CheckResult, ExerciseResult, Finding

MOST_ANNOTATIONS = 10
"""Errors that GitHub keeps of one step."""
SUMMARY_BYTES = 900_000
"""The runner drops a summary of more than 1 MiB whole."""


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The step's output. Appends to the files named by GITHUB_STEP_SUMMARY and GITHUB_OUTPUT in the environment."""
    _append(layout.environment, "GITHUB_STEP_SUMMARY", _summary(results, layout))
    _append(layout.environment, "GITHUB_OUTPUT", outputs(results))
    report = terminal.write(results, replace(layout, color=False, width=100))
    return "\n".join([*map(_inert, report.splitlines()), *annotated(results, layout)]) + "\n"


def write_crash(exercise: str, most: Fraction, message: str, layout: Layout) -> str:
    """The output for an exercise worth `most` points that the grader itself failed on: no points, and said so."""
    reason = "the grader itself failed (this is not the answer's fault)"
    return _write_ungraded(exercise, autograding.ungraded(most, "error", reason), reason, message, layout)


def write_unreadable(exercise: str, most: Fraction, message: str, layout: Layout) -> str:
    """The output for an exercise whose answer cannot be read: it fails, and `message` says why."""
    told = autograding.ungraded(most, "fail", f"the answer cannot be read: {message}")
    return _write_ungraded(exercise, told, "the answer cannot be read", message, layout)


def _write_ungraded(exercise: str, encoded: str, reason: str, message: str, layout: Layout) -> str:
    _append(layout.environment, "GITHUB_OUTPUT", f"result={encoded}\n{exercise}={encoded}\n")
    return command("error", message, title=f"{exercise}: {reason}") + "\n"


def outputs(results: Sequence[ExerciseResult]) -> str:
    """Lines for GITHUB_OUTPUT: `ex04=<base64>` an exercise, and `result=<base64>` when there is only one."""
    lines = [f"{result.exercise}={autograding.value(result)}\n" for result in results]
    if len(results) == 1:
        lines.append(f"result={autograding.value(results[0])}\n")
    return "".join(lines)


def annotated(results: Sequence[ExerciseResult], layout: Layout) -> Iterator[str]:
    """An error for each failure, the most useful ten first, then one notice that says how many more there are."""
    found = [
        (result, check, finding)
        for result in map(harmless, results)
        for check, finding in phrases.failures(result)
        if not (check and check.verdict == "skip")
    ]
    # what keeps everything from running comes first, then what costs most; sorting is stable
    found.sort(key=lambda each: -each[1].max_score if each[1] else Fraction(-1_000_000))
    for result, check, finding in found[:MOST_ANNOTATIONS]:
        yield _annotation(result, check, finding, layout)
    if (more := len(found) - MOST_ANNOTATIONS) > 0:
        yield command("notice", f"and {more} more: see the summary of this run", title="grader")


def command(kind: str, message: str, **properties: str) -> str:
    """A workflow command; properties without a value are left out."""
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind}{' ' if named else ''}{named}::{_data(message)}"


def _annotation(result: ExerciseResult, check: CheckResult | None, finding: Finding, layout: Layout) -> str:
    about = f"{check.title} ({phrases.points(check)})" if check else finding.title
    file, line, where = _place(result, finding, layout)
    lines = phrases.lines(finding, result.exercise, layout.source(result.exercise))
    told = [finding.title, *(f"{label}: {text}" for label, text in lines)]
    if where:
        told[0] += f" ({where})"
    return command("error", "\n".join(told), file=file, line=line, title=f"{result.exercise}: {about}")


def _place(result: ExerciseResult, finding: Finding, layout: Layout) -> tuple[str, str, str]:
    """(path from the root of the repository, line, words for the message) of a finding; parts may be empty.

    A notebook's line says nothing about the file on disk, so there the words name the cell.
    """
    source = layout.source(result.exercise)
    path = source.path or Path(result.submission.path)
    file = _from_repository(path, layout)
    found, line = phrases.spot(finding)
    if path.suffix == ".ipynb":
        return file, "", source.place(line) if line > 0 else ""
    if not file or line <= 0 or PurePath(found).name not in (path.name, *source.files):
        return file, "", phrases.place(finding, source)
    return file, str(line), ""


def _from_repository(path: Path, layout: Layout) -> str:
    """`path` as an annotation names it; empty when it is no file of the repository."""
    if path.suffix not in (".py", ".ipynb"):
        return ""
    workspace = layout.environment.get("GITHUB_WORKSPACE", "")
    top = Path(workspace) if workspace else layout.root
    whole = path if path.is_absolute() or layout.root is None else layout.root / path
    if top is None:
        return "" if whole.is_absolute() else whole.as_posix()
    return whole.relative_to(top).as_posix() if whole.is_relative_to(top) else ""


def _summary(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The Markdown of as many exercises as fit, and a line about the rest."""
    kept, room = [], SUMMARY_BYTES
    for number, result in enumerate(results):
        text = markdown_page.section(result, layout) + "\n"
        room -= len(text.encode("utf-8", "replace"))
        if room < 0:
            kept.append(f"\n{len(results) - number} more exercises: too long to be shown here, see the log.\n")
            break
        kept.append(text)
    return "".join(kept)


def _append(environment: Mapping[str, str], name: str, text: str) -> None:
    path = environment.get(name, "")
    if path:
        with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)


def _inert(line: str) -> str:
    return f"| {line}".rstrip().replace("##[", "# #[")


def _data(text: str) -> str:
    """As actions/toolkit escapes a command's message."""
    return printable(text).replace("##[", "# #[").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As actions/toolkit escapes a command's property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
