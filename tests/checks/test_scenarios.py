"""What of a check module enters the box."""

from __future__ import annotations

import pytest

from grader.checks.scenarios import cut_out

SOURCE = '''\
"""A check module."""
import threading
import random
from grader.checks import check, scenario, together

LIMIT = 3
SECRET = 42


class Probe:
    limit = LIMIT


def helper(answer):
    return Probe(), threading.Lock()


@scenario
def one(answer):
    """the scenario"""
    return helper(answer)


@check(kind="SAFE")
def test_one(box):
    box.call(one, expected=SECRET)
'''


def test_only_what_the_scenario_needs_is_kept() -> None:
    kept = cut_out(SOURCE)
    assert "def one" in kept
    assert "def helper" in kept
    assert "class Probe" in kept
    assert "LIMIT = 3" in kept
    assert "import threading" in kept
    assert "SECRET" not in kept
    assert "test_one" not in kept
    assert "import random" not in kept


@pytest.mark.parametrize(
    "needed",
    [
        "NEEDED: int = 3",
        "NEEDED, other = 3, 4",
        "NEEDED = []\nNEEDED += [3]",
        "if 1 < 2:\n    NEEDED = 3\nelse:\n    NEEDED = 4",
        "try:\n    import no_such_module as NEEDED\nexcept ImportError:\n    NEEDED = 3",
        "for NEEDED in range(4):\n    pass",
        "@decorated\nclass NEEDED:\n    x = 3",
        "async def NEEDED():\n    pass",
        "from somewhere import (\n    a,\n    b as NEEDED,\n)",
        "import NEEDED.part",
    ],
)
def test_whatever_binds_a_name_that_is_mentioned_is_kept(needed: str) -> None:
    source = f"SECRET = 42\n{needed}\nprint(SECRET)\n\n@scenario\ndef one(answer):\n    return answer.f(NEEDED)\n"
    kept = cut_out(source)
    assert needed in kept
    assert "SECRET" not in kept
    assert len(kept.split("\n")) == len(source.split("\n"))


def test_a_name_inside_a_comprehension_binds_nothing() -> None:
    source = "SECRET = [place for place in range(3)]\n\n@scenario\ndef one(answer):\n    place = 1\n    return place\n"
    assert "SECRET" not in cut_out(source)


def test_helpers_that_need_each_other_come_to_an_end() -> None:
    source = "@scenario\ndef one(answer):\n    return two(answer)\n\ndef two(answer):\n    return one(answer)\n"
    assert cut_out(source) == source


def test_form_feeds_and_strange_line_ends_move_no_line() -> None:
    source = 'A = "\x0c\u2028"\n\x0c\nB = 1\n\n@scenario\ndef one(answer):\n    return B\n'
    assert cut_out(source).split("\n")[5:7] == ["def one(answer):", "    return B"]
    assert "B = 1" in cut_out(source)


def test_every_scenario_is_kept_with_what_it_needs() -> None:
    source = SOURCE + "\n\n@scenario\ndef two(answer):\n    return random.random()\n"
    kept = cut_out(source)
    assert "def one" in kept
    assert "def two" in kept
    assert "import random" in kept
    assert "SECRET" not in kept


def test_without_a_scenario_nothing_is_left() -> None:
    assert cut_out(SOURCE.replace("@scenario", "")).strip() == ""


def test_line_numbers_stay_the_authors() -> None:
    before, after = SOURCE.splitlines(), cut_out(SOURCE).splitlines()
    assert len(before) == len(after)
    assert all(new in ("", old) for old, new in zip(before, after, strict=True))
