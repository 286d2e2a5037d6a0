"""A few rounds of each campaign of `endurance`, which is run at length by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import endurance
import pytest
from endurance import FLOODS, MOST


def told(*words: str) -> str:
    """What a campaign prints. In a process of its own: what it counts is what it started."""
    command = [sys.executable, endurance.__file__, *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(endurance.__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_leaky_answers_leave_nothing() -> None:
    assert "left: nothing" in told("leaks", "10")


def test_a_killed_grader_leaves_nobody_and_its_store_goes_on() -> None:
    assert ": 0 survivors" in told("kills", "4", "20261121")


@pytest.mark.parametrize("name", ["one endless line", "values of many parts, many times"])
def test_whatever_comes_out_of_the_box_the_grader_stays_small(name: str) -> None:
    assert name in FLOODS
    assert int(told("flood", name, "full")) < MOST
