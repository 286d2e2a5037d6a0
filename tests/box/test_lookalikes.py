"""Characters that look like ASCII ones."""

from __future__ import annotations

import pytest

from grader.box import lookalikes


@pytest.mark.parametrize(
    ("character", "meant"),
    [
        ("\uff08", "("), ("\uff09", ")"), ("\uff0c", ","), ("\uff1a", ":"), ("\uff1d", "="), ("\uff1b", ";"),
        ("\u201c", '"'), ("\u2019", "'"), ("\u2212", "-"), ("\u2014", "-"), ("\u3010", "["), ("\u2265", ">="),
        ("\u00a0", " "), ("\u3000", " "), ("\u200b", ""), ("\ufeff", ""), ("\uff11", "1"),
    ],
)  # fmt: skip
def test_a_lookalike_has_its_twin(character: str, meant: str) -> None:
    assert lookalikes.twin(character) == meant


@pytest.mark.parametrize("character", ["(", "a", " ", "é", "中", "🙂"])
def test_other_characters_have_none(character: str) -> None:
    assert lookalikes.twin(character) is None


def test_an_invisible_character_is_told_by_its_name() -> None:
    assert lookalikes.described("\u200b") == "ZERO WIDTH SPACE"
    assert lookalikes.described("\uff08") == "\uff08 (FULLWIDTH LEFT PARENTHESIS)"
