"""One failing interleaving as a page to step through: a slider, a column a thread, the source beside it, and what each
shared value is, who holds each lock and who waits, at every step.

Self-contained: no request leaves the page, and the policy in its head forbids any. The script is the package's own
file; what comes from the answer reaches it as data, and reaches the page as text only. Without scripts, and on paper,
the whole interleaving is a table.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from grader.reports import Source, phrases
from grader.reports.diagram import is_scenario
from grader.reports.moments import Moments, moments
from grader.reports.safe_text import one_line, printable
from grader.results import Rerun
from grader.source_lines import source_lines
from grader.trace import Step, Trace

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent
MOST_LINES = 2000
"""Lines of one file that are shown."""


class Row(Struct, frozen=True):
    """One step as the page shows it."""

    thread: int
    place: str
    """Line 14, or cell 3, line 2; a file's name where it is the check's; empty where it is not known."""
    anchor: str
    """The source line beside it, as the id of an element; empty where it is not shown."""
    source: str
    did: str
    note: str
    value: str


class Listing(Struct, frozen=True):
    """One file of the answer."""

    name: str
    lines: tuple[tuple[str, str, str], ...]
    """(id of the element, line number as its writer knows it, text)"""
    left_out: int


def write(told: Rerun, source: Source, exercise: str, command: str) -> str:
    """The page of one replayed schedule. `exercise` is its heading, `command` what was typed to get here."""
    shown = moments(_harmless(told.trace))
    listings = _listings(source, shown.steps)
    rows = [_row(step, shown.threads, source, listings) for step in shown.steps]
    style = _text("page.css") + _text("replay.css")
    script = _text("replay.js")
    page = _template().render(
        style=style,
        style_digest=_digest(style),
        script=script,
        script_digest=_digest(script),
        data=_json(shown, rows),
        exercise=one_line(exercise),
        title=one_line(told.title),
        idiom=one_line(told.trace.idiom),
        told=[(label, printable(phrases.in_cells(text, source))) for label, text in _told(told)],
        command=one_line(command),
        shown=shown,
        rows=rows,
        listings=listings,
        ending=[one_line(phrases.in_cells(sentence, source)) for sentence in told.trace.ending or (told.saw,)],
        left_out=told.trace.left_out,
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
    return environment.get_template("replay.html")


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _told(told: Rerun) -> list[tuple[str, str]]:
    lines = [("ran", told.ran), ("saw", told.saw), ("expected", told.expected), ("hint", told.hint)]
    return [(label, text) for label, text in lines if text]


def _harmless(trace: Trace) -> Trace:
    return Trace(
        threads=tuple(one_line(name) for name in trace.threads),
        steps=tuple(_harmless_step(step) for step in trace.steps),
        ending=trace.ending,
        telling=trace.telling,
    )


def _harmless_step(step: Step) -> Step:
    texts = {name: one_line(getattr(step, name)) for name in ("operation", "target", "value", "note")}
    return Step(step.thread, step.file, step.line, **texts, key=step.key, result=step.result, wakes=step.wakes)


def _json(shown: Moments, rows: Sequence[Row]) -> str:
    """What the script works on. No character of it can end the element that it stands in."""
    whole: dict[str, Any] = {
        "threads": shown.threads,
        "steps": to_builtins(rows),
        "telling": shown.telling,
        "every": shown.every,
        "signals": shown.signals,
        "moments": to_builtins(shown.moments),
    }
    text = json.dumps(whole, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _listings(source: Source, steps: Sequence[Step]) -> dict[str, Listing]:
    """The answer's files in which something happens; never a check's."""
    touched = dict.fromkeys(step.file for step in steps if step.file in source.files)
    return {name: _listing(number, name, source) for number, name in enumerate(touched)}


def _listing(number: int, name: str, source: Source) -> Listing:
    texts = source_lines(source.files[name])
    lines = tuple(
        (f"f{number}-{line}", _label(line, source.cells), printable(text))
        for line, text in enumerate(texts[:MOST_LINES], 1)
    )
    return Listing(one_line(name), lines, len(texts) - len(lines))


def _label(line: int, cells: Mapping[int, tuple[str, int]]) -> str:
    cell, inner = cells.get(line, ("", line))
    return f"{cell}:{inner}" if cell else str(line)


def _row(step: Step, threads: Sequence[str], source: Source, listings: Mapping[str, Listing]) -> Row:
    lines = listings[step.file].lines if step.file in listings else ()
    known = 0 < step.line <= len(lines)
    place = source.place(step.line) if step.line > 0 else ""
    return Row(
        thread=step.thread,
        place=f"the check, {place}" if is_scenario(step) else place,
        anchor=lines[step.line - 1][0] if known else "",
        source=lines[step.line - 1][2].strip() if known else "",
        did=_did(step),
        note=step.note or _wakes(step, threads),
        value=step.value,
    )


def _wakes(step: Step, threads: Sequence[str]) -> str:
    return f"wakes {', '.join(threads[one] for one in step.wakes)}" if step.wakes else ""


def _did(step: Step) -> str:
    value = f" = {step.value}" if step.value else ""
    return f"{step.operation} {step.target}{value}".strip()
