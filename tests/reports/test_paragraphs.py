from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.paragraphs import fold
from grader.reports.safe_text import width

HINT = """\
Two threads see 1000 and
both take 800.

Ask:

- what does the first know,
  and since when
- who changes it
    1. here, or in another place
    2. there

Then write

```python
with self._lock:
    if amount > self._balance:

        raise InsufficientFunds
```

or, shorter,

    with self._lock: self._withdraw(amount)
"""
SET = """\
Two threads see 1000
and both take 800.

Ask:

- what does the first
  know, and since when
- who changes it
    1. here, or in
       another place
    2. there

Then write

    with self._lock:
        if amount > self._balance:

            raise InsufficientFunds

or, shorter,

    with self._lock: self._withdraw(amount)"""


def test_paragraphs_and_items_are_folded_and_code_is_left_alone() -> None:
    assert fold(HINT, 22) == SET.split("\n")


def test_what_is_folded_already_stays() -> None:
    assert fold(SET, 22) == SET.split("\n")


@pytest.mark.parametrize("text", ["```\nx = 1\n", "```\nx = 1", "~~~\nx = 1\n~~~"])
def test_code_whose_fence_is_never_closed_is_code_all_the_same(text: str) -> None:
    assert fold(text, 40) == ["    x = 1"]


def test_of_nothing_come_no_lines() -> None:
    assert fold("\n\n", 40) == []


@given(st.text("ab-*1. \n", max_size=200))
def test_no_word_is_lost_and_no_line_of_words_too_long(text: str) -> None:
    lines = fold(text, 30)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= 30 or line.startswith("    ") for line in lines)
