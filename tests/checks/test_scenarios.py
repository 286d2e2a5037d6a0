"""What of a check module enters the box."""

from __future__ import annotations

import pytest

from grader.checks.scenarios import cut_out, scenarios_in

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
    kept = cut_out(SOURCE, "one")
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
    kept = cut_out(source, "one")
    assert needed in kept
    assert "SECRET" not in kept
    assert len(kept.split("\n")) == len(source.split("\n"))


def test_a_name_inside_a_comprehension_binds_nothing() -> None:
    source = "SECRET = [place for place in range(3)]\n\ndef one(answer):\n    place = 1\n    return place\n"
    assert "SECRET" not in cut_out(source, "one")


def test_helpers_that_need_each_other_come_to_an_end() -> None:
    source = "def one(answer):\n    return two(answer)\n\ndef two(answer):\n    return one(answer)\n"
    assert cut_out(source, "one") == source


def test_form_feeds_and_strange_line_ends_move_no_line() -> None:
    source = 'A = "\x0c\u2028"\n\x0c\nB = 1\n\ndef one(answer):\n    return B\n'
    assert cut_out(source, "one").split("\n")[4:6] == ["def one(answer):", "    return B"]
    assert "B = 1" in cut_out(source, "one")


def test_a_scenario_that_is_not_there_leaves_nothing() -> None:
    assert cut_out(SOURCE, "no_such_scenario").strip() == ""


def test_scenarios_are_found_by_their_decorator() -> None:
    assert scenarios_in(SOURCE) == ["one"]


def test_line_numbers_stay_the_authors() -> None:
    before, after = SOURCE.splitlines(), cut_out(SOURCE, "one").splitlines()
    assert len(before) == len(after)
    assert all(new in ("", old) for old, new in zip(before, after, strict=True))
