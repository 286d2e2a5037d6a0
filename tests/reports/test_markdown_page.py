from __future__ import annotations

import pytest
from sample_results import EVERY, LAYOUT, RACE

from grader.reports.markdown_page import escaped, fenced, write


@pytest.mark.parametrize("text", ["plain", "``` closes", "a ```````` b", "`" * 500])
def test_no_text_closes_its_fence(text: str) -> None:
    fence, *_, last = fenced(text).split("\n")
    assert fence == f"{last}text"
    assert last not in text


@pytest.mark.parametrize(
    "text", ["[a](http://x)", "<img src=x>", "| cell |", "# head", "![i](u)", "a\n# b", "@everyone"]
)
def test_escaped_text_has_nothing_active(text: str) -> None:
    shown = escaped(text)
    assert not set(shown) & set("[]()<>|!@*_`\n")
    assert not shown.startswith("#")


def test_every_row_of_the_table_has_three_cells() -> None:
    rows = [line for line in write([EVERY["savage"]], LAYOUT).split("\n") if line.startswith("|")]
    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {4}


def test_failure_stands_in_a_fence_with_its_interleaving() -> None:
    text = write([RACE], LAYOUT)
    inside = text.split("```text\n")[1].split("\n```")[0]
    assert "withdraw-2" in inside
    assert "grade replay" in inside
