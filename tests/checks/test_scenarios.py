"""What of a check module enters the box."""

from __future__ import annotations

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
    kept = cut_out(SOURCE, "one")
    assert "def one" in kept
    assert "def helper" in kept
    assert "class Probe" in kept
    assert "LIMIT = 3" in kept
    assert "import threading" in kept
    assert "SECRET" not in kept
    assert "test_one" not in kept
    assert "import random" not in kept


def test_line_numbers_stay_the_authors() -> None:
    before, after = SOURCE.splitlines(), cut_out(SOURCE, "one").splitlines()
    assert len(before) == len(after)
    assert all(new in ("", old) for old, new in zip(before, after, strict=True))
