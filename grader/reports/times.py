"""Measured times as a small picture: one row of dots for one process, one for the answer, and where fast enough begins.

What is drawn are seconds of free processors, since these are judged; what the clock said stands below, as information.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from msgspec import Struct

from grader.reports.safe_text import wrap
from grader.results import Timing

LABEL = 11
LEAST_ROOM = 20
ROOM = 44
"""Columns of the axis at most."""


class Row(Struct, frozen=True):
    label: str
    seconds: float
    """The median."""
    marks: tuple[float, ...]
    """Each time's place on the axis, from 0 to 1."""


class Chart(Struct, frozen=True):
    rows: tuple[Row, Row]
    threshold: float
    """Its place on the axis: left of it is fast enough."""
    reached: str
    """How fast the answer is, and what is asked for."""
    clock: str


def chart(timing: Timing) -> Chart:
    """The picture's data. `timing` has at least one pair."""
    alone = [pair.alone for pair in timing.pairs]
    answer = [pair.answer for pair in timing.pairs]
    threshold = median(alone) / timing.at_least
    longest = max(*alone, *answer, threshold) or 1.0
    return Chart(
        rows=(_row("one process", alone, longest), _row("your answer", answer, longest)),
        threshold=threshold / longest,
        reached=_reached(timing),
        clock=_clock(timing),
    )


def as_text(drawn: Chart, columns: int) -> Iterator[str]:
    """The picture in lines of at most `columns` characters; in words alone where there is no room for it."""
    room = min(ROOM, columns - LABEL - 11)
    if room >= LEAST_ROOM:
        for row in drawn.rows:
            yield f"{row.label.ljust(LABEL)} {row.seconds:7.3f} s {_axis(row, drawn.threshold, room)}".rstrip()
    for text in (drawn.reached, drawn.clock):
        yield from wrap(text, columns)


def _row(label: str, seconds: list[float], longest: float) -> Row:
    return Row(label, median(seconds), tuple(sorted(each / longest for each in seconds)))


def _axis(row: Row, threshold: float, room: int) -> str:
    line = [" "] * room
    line[_column(threshold, room)] = "|"
    for mark in row.marks:
        line[_column(mark, room)] = "o"
    return "".join(line)


def _column(place: float, room: int) -> int:
    return min(room - 1, max(0, round(place * (room - 1))))


def _reached(timing: Timing) -> str:
    figure = median(pair.figure for pair in timing.pairs)
    counted = "" if timing.counted else "; too close, not counted"
    return f"{figure:.2f} times as fast; left of the | is fast enough ({timing.at_least:g} times){counted}"


def _clock(timing: Timing) -> str:
    alone, answer = (
        median(walls) for walls in zip(*((p.alone_wall, p.answer_wall) for p in timing.pairs), strict=True)
    )
    return f"by the clock {alone:.3f} s and {answer:.3f} s, other work on the machine included"
