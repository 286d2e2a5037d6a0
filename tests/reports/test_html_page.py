from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace
from sample_results import EVERY, HIDDEN, HOSTILE, LAYOUT, RACE

from grader.reports.html_page import write
from grader.results import ExerciseResult

VOID = {"meta", "br"}


class Elements(HTMLParser):
    """All tags of a page, their attributes, and whether every element is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_page_is_well_formed_and_loads_nothing(sample: ExerciseResult) -> None:
    page = Elements(write([sample], replace(LAYOUT, student=HOSTILE, course=HOSTILE)))
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "style")}
    assert all((value or "").startswith("#") for name, value in page.attributes if name == "href")


def test_policy_allows_exactly_the_pages_own_style() -> None:
    page = write([RACE], LAYOUT)
    style = re.search("<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#43;", "+")


def test_answers_markup_is_text() -> None:
    page = write([EVERY["savage"]], LAYOUT)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_interleaving_is_a_table_with_a_heading_for_each_thread() -> None:
    page = write([RACE], LAYOUT)
    assert '<th scope="col">withdraw-1</th><th scope="col">withdraw-2</th>' in page
    assert page.count("<td></td>") == 6
    assert "still believes in 1000" in page


def test_verdict_is_said_in_words_not_only_in_colour() -> None:
    assert write([RACE], LAYOUT).count(">failed</span>") == 1


def test_hidden_check_has_no_replay_line() -> None:
    assert "grade replay" not in write([HIDDEN], LAYOUT)
    assert "grade replay" in write([RACE], LAYOUT)


def test_page_has_language_viewport_and_both_colour_schemes() -> None:
    page = write([RACE], LAYOUT)
    for words in ('<html lang="en">', 'name="viewport"', "prefers-color-scheme: dark", "@media print"):
        assert words in page
