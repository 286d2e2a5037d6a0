"""`grade doctor`: what this machine can do, and what would make it stronger. Looks; changes nothing."""

from __future__ import annotations

import os
import platform
import sys

from grader.box.sandbox.canary import Fact
from grader.box.sandbox.canary import doctor as walls
from grader.box.sandbox.interpreter import this_interpreter
from grader.errors import EXIT_PASSED
from grader.version import VERSION


def doctor() -> int:
    """Print one line a fact, with the remedy under what is not good."""
    for fact in (_grader(), _python(), _cores(), _user(), *walls(this_interpreter())):
        print(f"  {'ok  ' if fact.good else 'WEAK'}  {fact.title:<10} {fact.saying}")
        if not fact.good and fact.remedy:
            print(f"        {'':<10} {fact.remedy}")
    return EXIT_PASSED


def _grader() -> Fact:
    return Fact("grader", True, VERSION)


def _python() -> Fact:
    good = sys.version_info >= (3, 11)
    return Fact("python", good, f"{platform.python_version()} at {sys.executable}", "install Python 3.11 or newer")


def _cores() -> Fact:
    """What this process may use, which is not what the machine has."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Fact(
        "cores", count > 1, f"{count} to use", "speed-up needs two: `taskset` or the container may hold some back"
    )


def _user() -> Fact:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return Fact("user", True, "root: answers run as a user of their own" if root else "an ordinary user")
