"""A trace as a picture: one column a thread, time runs downwards, each row is one operation.

    withdraw-1                        | withdraw-2
    ----------------------------------+-----------
     14 if amount > self._balance:    |
          read self._balance = 1000   |
                                      |  14 if amount > self._balance:
                                      |       read self._balance = 1000

`picture` makes the rows, plain data; `as_text` sets them for a terminal, `html_page` for a browser. A source line
is written where a thread comes to it, and again when it comes back after somebody else: a line that is cut in two
is seen to be cut in two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from grader.reports.safe_text import fit, printable, width, wrap
from grader.source_lines import source_lines
from grader.trace import Step, Trace

MOST_COLUMNS = 4
NARROWEST = 17
"""Columns of text below which a thread's column is no longer readable, and a list is better."""
TIGHT = 24
"""Columns of text below which no room is left for setting operations in under their source line."""
MOST_ROWS = 60
NOTE = 36
"""A note is folded to this rather than make its column wider."""
GAP = " | "

Paint = Callable[[str, str], str]
"""(style, text) -> text in colour; styles: thread, source, did, note, end."""


class Row(Struct, frozen=True):
    """One operation of one thread."""

    thread: int
    place: str
    """The line in the answer: "14", or "cell 3:2" of a notebook; empty when it is not the answer's."""
    source: str
    """That line's text, only where the thread comes to it; empty when it is not known."""
    did: str
    """read self._balance = 1000"""
    note: str = ""


class Picture(Struct, frozen=True):
    threads: tuple[str, ...]
    """The names of the columns; `Row.thread` indexes them. Only threads that do something."""
    rows: tuple[Row, ...]
    ending: tuple[str, ...]


def picture(
    trace: Trace, files: Mapping[str, str] | None = None, cells: Mapping[int, tuple[str, int]] | None = None
) -> Picture:
    """The rows of a trace. `files` are the answer's texts by name, `cells` the places of a notebook's lines."""
    sources = {name: source_lines(text) for name, text in (files or {}).items()}
    steps = trace.steps[:MOST_ROWS]
    acting = sorted({step.thread for step in steps})
    rows, before = [], None
    for step in steps:
        here = (step.thread, step.file, step.line)
        source = "" if here == before else _source(step, sources)
        place = "" if here == before and source == "" and sources else _place(step, cells or {})
        rows.append(Row(acting.index(step.thread), place, source, _did(step), step.note))
        before = here
    left_out = len(trace.steps) - len(steps)
    more = (f"... and {left_out} more steps",) if left_out else ()
    return Picture(tuple(_name(trace, number) for number in acting), tuple(rows), (*more, *trace.ending))


def _name(trace: Trace, number: int) -> str:
    return trace.threads[number] if 0 <= number < len(trace.threads) else f"thread {number}"


def _source(step: Step, sources: Mapping[str, Sequence[str]]) -> str:
    lines = sources.get(step.file, ())
    return printable(lines[step.line - 1].strip()) if 0 < step.line <= len(lines) else ""


def _place(step: Step, cells: Mapping[int, tuple[str, int]]) -> str:
    if step.line <= 0 or is_scenario(step):
        return ""
    cell, inner = cells.get(step.line, ("", step.line))
    return f"{cell}:{inner}" if cell else str(step.line)


def is_scenario(step: Step) -> bool:
    """Whether a step is the check's own and not the answer's."""
    return step.file.rpartition("/")[2].startswith("test_")


def _did(step: Step) -> str:
    value = f" = {step.value}" if step.value else ""
    where = f" ({step.file}:{step.line})" if is_scenario(step) and step.line > 0 else ""
    return f"{step.operation} {step.target}{value}".strip() + where


def as_text(shown: Picture, columns: int, paint: Paint = lambda _, text: text) -> list[str]:
    """The picture in lines of at most `columns` characters: side by side, or as a list where that is too narrow."""
    widths = _widths(shown, columns)
    body = _side_by_side(shown, widths, paint) if widths else _list(shown, columns, paint)
    for sentence in shown.ending:
        first, *rest = wrap(sentence, columns - 3)
        body += [paint("end", f"=> {first}"), *(paint("end", f"   {line}") for line in rest)]
    return body


def _widths(shown: Picture, columns: int) -> list[int]:
    """How wide each thread's column is; empty when they don't fit beside each other."""
    count = len(shown.threads)
    room = columns - len(GAP) * (count - 1)
    if not 0 < count <= MOST_COLUMNS or room < count * NARROWEST:
        return []
    gutter = _gutter(shown)
    wanted = [width(name) for name in shown.threads]
    for row in shown.rows:
        for style, text in _cell(row, gutter, columns):
            longest = min(width(text), NOTE) if style == "note" else width(text)
            wanted[row.thread] = max(wanted[row.thread], longest)
    while sum(wanted) > room:
        widest = max(wanted)
        next_to = max((each for each in wanted if each < widest), default=0)
        many = wanted.count(widest)
        lower = max(next_to, widest - -(-(sum(wanted) - room) // many))
        wanted = [lower if each == widest else each for each in wanted]
    return wanted


def _gutter(shown: Picture) -> int:
    return max((len(row.place) for row in shown.rows), default=0)


def _cell(row: Row, gutter: int, columns: int) -> list[tuple[str, str]]:
    """The lines of one row in its column, each with its style."""
    place, margin = row.place.rjust(gutter), " " * gutter
    inside = margin + "  " if columns >= TIGHT else " "
    lines = []
    if row.source:
        whole = width(place) + 1 + width(row.source) <= columns
        folded = [row.source] if whole else wrap(row.source, max(columns - len(inside) - 3, 8))
        lines = [
            ("source", f"{inside}   {part}" if number else f"{place} {part}") for number, part in enumerate(folded)
        ]
    if not row.place or row.source:  # an operation of the source line above it
        place = margin = inside
    for number, part in enumerate(wrap(row.did, max(columns - len(margin) - 1, 8))):
        lines.append(("did", f"{margin if number else place} {part}"))
    if row.note:
        first, *rest = wrap(row.note, max(columns - len(margin) - 3, 8))
        lines += [("note", f"{margin} ^ {first}"), *(("note", f"{margin}   {part}") for part in rest)]
    return lines


def _side_by_side(shown: Picture, widths: Sequence[int], paint: Paint) -> list[str]:
    gutter = _gutter(shown)

    def line(thread: int, style: str, text: str) -> str:
        cells = [" " * each for each in widths]
        cells[thread] = paint(style, text) + " " * (widths[thread] - width(text))
        return GAP.join(cells).rstrip()

    names = (
        paint("thread", fit(name, each)) + " " * (each - width(fit(name, each))) for name, each in _pairs(shown, widths)
    )
    lines = [GAP.join(names).rstrip(), "-+-".join("-" * each for each in widths)]
    for row in shown.rows:
        for style, text in _cell(row, gutter, widths[row.thread]):
            lines.append(line(row.thread, style, fit(text, widths[row.thread])))
    return lines


def _pairs(shown: Picture, widths: Sequence[int]) -> list[tuple[str, int]]:
    return list(zip(shown.threads, widths, strict=True))


def _list(shown: Picture, columns: int, paint: Paint) -> list[str]:
    """One operation a line, the thread's name in front: for many threads, or a narrow window."""
    names = [fit(name, 16) for name in shown.threads]
    margin = max(map(width, names), default=0)
    gutter = _gutter(shown)
    lines = []
    for row in shown.rows:
        name = names[row.thread]
        head = paint("thread", name) + " " * (margin - width(name))
        for style, text in _cell(row, gutter, max(columns - margin - 2, NARROWEST)):
            lines.append(f"{head}  {paint(style, text)}".rstrip())
            head = " " * margin
    return lines
