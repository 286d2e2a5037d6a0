"""The picture of measured times: where dots and threshold stand, in text and in a browser."""

from __future__ import annotations

import os
from pathlib import Path

import browser
import pytest
from msgspec.structs import replace
from sample_results import CLOSE, LAYOUT, SERIAL, TIMED, TIMES

from grader.reports import html_page
from grader.reports.times import LABEL, as_text, chart
from grader.results import TimedPair, Timing


def test_the_threshold_is_the_median_of_one_process_by_the_figure_asked_for() -> None:
    drawn = chart(TIMES)
    assert drawn.threshold == pytest.approx(0.25 / 1.3 / 0.26)
    assert drawn.rows[0].seconds == 0.25
    assert drawn.rows[1].marks == pytest.approx((0.131 / 0.26, 0.135 / 0.26, 0.139 / 0.26))


@pytest.mark.parametrize(("timing", "left"), [(TIMES, True), (SERIAL, False)])
def test_fast_enough_is_left_of_the_threshold(timing: Timing, left: bool) -> None:
    drawn = chart(timing)
    assert all((mark < drawn.threshold) is left for mark in drawn.rows[1].marks)
    _, answer, *_ = (line[LABEL:] for line in as_text(drawn, 76))
    assert (answer.index("o") < answer.index("|")) is left


@pytest.mark.parametrize("columns", [10, 40, 41, 42, 76, 200])
def test_the_picture_fits_its_columns_or_is_left_out(columns: int) -> None:
    rows = [line for line in as_text(chart(TIMES), columns) if line.startswith(("one process", "your answer"))]
    assert len(rows) in (0, 2)
    assert all(len(row) <= columns for row in rows)
    assert bool(rows) is (columns >= 42)


def test_what_was_not_counted_says_so() -> None:
    assert "too close, not counted" in chart(CLOSE).reached
    assert "not counted" not in chart(TIMES).reached


def test_times_of_zero_are_drawn() -> None:
    nothing = Timing((TimedPair(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0),), 1.3)
    assert [row.marks for row in chart(nothing).rows] == [(0.0,), (0.0,)]


def test_an_answer_far_too_slow_stays_in_the_picture() -> None:
    slow = Timing(tuple(replace(pair, answer=5.0) for pair in TIMES.pairs), 1.3)
    assert max(mark for row in chart(slow).rows for mark in row.marks) == 1.0
    assert all(len(line) <= 76 for line in list(as_text(chart(slow), 76))[:2])


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_picture_is_seen_in_the_page(chromium: browser.Browser, tmp_path: Path, width: int, dark: bool) -> None:
    page = tmp_path / "page.html"
    page.write_text(html_page.write([TIMED], LAYOUT), encoding="utf-8")
    chromium.resize(width, 900, dark)
    chromium.open(page)
    if folder := os.environ.get("PICTURES"):
        chromium.picture(Path(folder) / f"times-{width}.png")
    assert chromium.complaints == []
    assert [url.split(":")[0] for url in chromium.requests] == ["file"]
    edges = "[...document.querySelectorAll('{}')].map(e => e.getBoundingClientRect().{})"
    threshold = chromium.do(edges.format(".times .threshold", "left"))
    dots = chromium.do(edges.format(".times .answer", "left"))
    assert len(threshold) == 3
    assert len(dots) == 9
    assert all(dot < threshold[0] for dot in dots[:3])
    assert all(dot > threshold[2] for dot in dots[6:])
    assert chromium.do("document.documentElement.scrollWidth") <= width
    assert chromium.do("document.querySelector('.times').getBoundingClientRect().width") > 200
