from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_results import SAVAGE

from grader.reports.safe_text import LONGEST, MOST, fit, harmless, one_line, printable, width, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202eexe", r"\u202eexe"),
        ("a\x00b", r"a\x00b"),
        ("\ud800", r"\ud800"),
        ("a\r\nb", "a\nb"),
        ("back\rforth", r"back\rforth"),
        ("ünïcode 名 🙂", "ünïcode 名 🙂"),
    ],
)
def test_steering_characters_are_shown_and_others_kept(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert printable("x" * 9_000_000) == "x" * LONGEST + "... (9000000 characters)"


def test_one_line_has_one_line() -> None:
    assert one_line("a\n\n::error::b\u2028c") == r"a ::error::b c"


def test_result_keeps_numbers_and_loses_nothing_else() -> None:
    clean = harmless(SAVAGE)
    assert (clean.score, clean.seed, clean.verdict) == (SAVAGE.score, SAVAGE.seed, SAVAGE.verdict)
    assert "\n" in clean.checks[0].findings[0].saw
    assert "\n" not in clean.checks[0].title + clean.submission.path


def test_endless_list_is_cut() -> None:
    assert len(harmless(tuple("x" * 100_000))) == MOST


@given(st.text(), st.integers(10, 40))
def test_wrapped_lines_fit_and_keep_every_word_character(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(), st.integers(4, 40))
def test_fitted_text_fits(text: str, columns: int) -> None:
    assert width(fit(text, columns)) <= columns


def test_wide_and_combining_characters_are_counted_as_a_terminal_does() -> None:
    assert (width("名"), width("e\u0301"), width("abc")) == (2, 1, 3)
