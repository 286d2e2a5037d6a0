from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_results import ACCOUNT, LOST_UPDATE, PRINTERS, THREE, step

from grader.reports.diagram import MOST_ROWS, as_text, picture
from grader.reports.safe_text import width
from grader.trace import Step, Trace


def test_each_operation_stands_in_the_column_of_its_thread() -> None:
    shown = picture(LOST_UPDATE)
    assert shown.threads == ("withdraw-1", "withdraw-2")
    assert [row.thread for row in shown.rows] == [0, 1, 1, 1, 0, 0]
    assert shown.rows[3].did == "write self._balance = 200"


def test_thread_that_does_nothing_has_no_column() -> None:
    assert picture(THREE).threads == ("printer-0", "printer-1", "printer-2")


def test_source_line_is_shown_where_a_thread_comes_to_it_and_not_again() -> None:
    rows = picture(LOST_UPDATE, {"bank_account.py": ACCOUNT}).rows
    assert [row.source for row in rows[2:]] == ["self._balance -= amount", "", "self._balance -= amount", ""]
    assert [row.place for row in rows[2:]] == ["16", "", "16", ""]


@pytest.mark.parametrize("inside", ["\f", "\v", "\x1c", "\x85", "\u2028"], ids=ascii)
def test_line_is_the_one_that_python_counts_and_is_harmless(inside: str) -> None:
    trace = Trace(("A",), (step(0, 1, "read", "x"), step(0, 2, "read", "y")), ())
    rows = picture(trace, {"bank_account.py": f"x = 1  # {inside}#\ny = 2\n"}).rows
    assert [row.source for row in rows] == [f"x = 1  # {ascii(inside)[1:-1]}#", "y = 2"]


def test_line_that_is_cut_in_two_is_shown_on_both_sides_of_the_cut() -> None:
    steps = (step(0, 16, "read", "x", "0"), step(1, 16, "read", "x", "0"), step(0, 16, "write", "x", "1"))
    rows = picture(Trace(("A", "B"), steps, ()), {"bank_account.py": ACCOUNT}).rows
    assert [row.source for row in rows] == ["self._balance -= amount"] * 3


def test_without_sources_every_row_has_its_line_number() -> None:
    assert [row.place for row in picture(LOST_UPDATE).rows] == ["14", "14", "16", "16", "16", "16"]


def test_line_of_a_notebook_is_named_by_its_cell() -> None:
    assert picture(LOST_UPDATE, cells={14: ("cell 3", 2)}).rows[0].place == "cell 3:2"


def test_line_of_the_check_is_not_mistaken_for_the_answers() -> None:
    trace = Trace(("main",), (Step(0, "test_ex01.py", 31, "start", "withdraw-1"),), ())
    row = picture(trace).rows[0]
    assert (row.place, row.did) == ("", "start withdraw-1 (test_ex01.py:31)")


def test_thread_without_a_name_gets_a_number() -> None:
    assert picture(Trace(("A",), (step(7, 1, "read", "x"),), ())).threads == ("thread 7",)


def test_endless_trace_is_cut_and_says_so() -> None:
    shown = picture(Trace(("A",), tuple(step(0, n, "read", "x") for n in range(1000)), ("it never ends",)))
    assert len(shown.rows) == MOST_ROWS
    assert shown.ending[0] == f"... and {1000 - MOST_ROWS} more steps"


@pytest.mark.parametrize("columns", [40, 60, 76, 110])
@pytest.mark.parametrize("sources", [{}, {"bank_account.py": ACCOUNT, "printers.py": PRINTERS}])
@pytest.mark.parametrize("trace", [LOST_UPDATE, THREE])
def test_no_line_is_longer_than_the_window(trace: Trace, sources: dict[str, str], columns: int) -> None:
    lines = as_text(picture(trace, sources), columns)
    assert max(map(width, lines)) <= columns


def crowd(count: int) -> Trace:
    names = tuple(f"printer-{number}" for number in range(count))
    return Trace(names, tuple(step(number, 14, "read", "self._turn", "0") for number in range(count)), ())


def test_four_threads_stand_side_by_side_in_eighty_columns() -> None:
    heads = as_text(picture(crowd(4)), 80)[0].split("|")
    assert [head.strip() for head in heads] == ["printer-0", "printer-1", "printer-2", "printer-3"]


def test_source_line_that_is_too_long_is_folded_and_nothing_of_it_is_lost() -> None:
    line = "if amount > self._balance or self._closed:"
    lines = as_text(picture(crowd(4), {crowd(4).steps[0].file: "\n" * 13 + line}), 80)
    first = [shown.split("|")[0].strip() for shown in lines[2:6]]
    assert " ".join(first) == f"14 {line}"


def test_five_threads_fold_to_a_list_with_names() -> None:
    lines = as_text(picture(crowd(5)), 80)
    assert lines[4] == "printer-4  14 read self._turn = 0"


def test_narrow_window_folds_to_a_list() -> None:
    assert as_text(picture(crowd(3)), 45)[2].startswith("printer-2  ")


def test_ending_is_said_below() -> None:
    assert as_text(picture(LOST_UPDATE), 80)[-1] == "=> both withdrawals succeeded; balance -600"


def test_wide_characters_keep_the_columns_straight() -> None:
    trace = replace(crowd(2), steps=(step(0, 14, "read", "名前", "'値'"), step(1, 14, "read", "x", "0")))
    lines = as_text(picture(trace), 80)
    bars = {width(line[: line.index("|")]) for line in lines if "|" in line}
    assert len(bars) == 1
