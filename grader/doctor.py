"""`grade doctor`: what this machine can do, and what would make it stronger. Looks; changes nothing."""

from __future__ import annotations

import os
import platform
import sys

from grader.box.sandbox.canary import Fact
from grader.box.sandbox.canary import doctor as walls
from grader.box.sandbox.interpreter import this_interpreter
from grader.cores import cores, quota
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
    bound = quota()
    allowed = "" if bound is None else f", {bound:g} of them at a time"
    remedy = "speed-up needs two: `taskset` or the container may hold some back"
    return Fact("cores", min(cores(), bound or cores()) > 1, f"{cores()} to use{allowed}", remedy)


def _user() -> Fact:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return Fact("user", True, "root: answers run as a user of their own" if root else "an ordinary user")
