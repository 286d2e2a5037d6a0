"""What the tests of the box share: whether walls stand here, short answers, scenarios, and who is alive in a box."""

from __future__ import annotations

import ctypes
import functools
import os
import select
from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from grader.box.parent import Box
from grader.box.protocol import ExploreJob, RunJob
from grader.box.sandbox import canary
from grader.box.sandbox.interpreter import this_interpreter
from grader.box.wards import descendants, living
from grader.results import Tier
from grader.trace import Json, Outcome

SCENARIO = "def ask(answer, **given):\n    return answer.f(**given)\n"
FILE = "test_of_the_box.py"


def need_full() -> None:
    """Skips the tests that need the tier full where it does not work; on CI they fail: it must not go untested."""
    _need("full", canary.why_not_full(this_interpreter()))


@functools.cache
def need(tier: Tier) -> None:
    """The same for any tier."""
    _need(
        tier, canary.why_not_full(this_interpreter()) if tier == "full" else canary.why_not_landlock(this_interpreter())
    )


def _need(tier: Tier, reason: str) -> None:
    if reason:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"this test needs the tier {tier}, which does not work here: {reason}")


def exploring(source: str = SCENARIO, scenario: str = "ask", **given: Json) -> ExploreJob:
    return ExploreJob(source, FILE, scenario, dict(given), executions=50)


def running(source: str = SCENARIO, scenario: str = "ask", seconds: float = 5.0, **given: Json) -> RunJob:
    return RunJob(source, FILE, scenario, dict(given), time_limit=seconds)


def seen(box: Box, job: ExploreJob) -> list[Outcome]:
    """Every outcome that the box reports for `job`, in a process of its own."""
    outcomes: list[Outcome] = []

    def judge(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        return True

    box.explore(job, judge)
    box.part()
    return outcomes


def give(box: Box, files: Mapping[str, str]) -> Box:
    """Another answer for a box that is up already: starting one for each line of a table takes too long."""
    box.part()
    box._files = dict(files)
    return box


class Inhabitants(Protocol):
    """Who lives in one box; can be asked when the box is gone."""

    def alive(self) -> list[int]: ...


class Namespace:
    """The process namespace of a box. While it is held open here, its number is given to no later namespace."""

    def __init__(self, init: str) -> None:
        self._held = os.open(f"/proc/{init}/ns/pid", os.O_RDONLY)
        self._number = os.fstat(self._held).st_ino

    def __del__(self) -> None:
        os.close(self._held)

    def alive(self) -> list[int]:
        """Processes in it, zombies too."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.stat(f"/proc/{name}/ns/pid").st_ino == self._number:
                    found.append(int(name))
            except OSError:
                continue
        return found


class Offspring:
    """The processes of a box without a namespace: orphans among them come to this process, which reaps the dead."""

    def __init__(self, zygote: int) -> None:
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        processes = living()
        within = {process.pid for process in descendants(zygote, processes)} | {zygote}
        self._ours = {process.pid for process in descendants(os.getpid(), processes)} - within

    def alive(self) -> list[int]:
        return [each.pid for each in descendants(os.getpid(), living()) if each.pid not in self._ours]


def inhabitants(box: Box) -> Inhabitants:
    """Those of a box of any tier with walls."""
    walls: Any = box._open().walls
    return namespace_of(box) if box.tier == "full" else Offspring(walls._launched.process.pid)


def namespace_of(box: Box) -> Namespace:
    """That of a box of the tier full."""
    walls: Any = box._open().walls
    # Its first word: until then there may be no process within.
    select.select([walls.control], [], [], 60)
    bwrap = walls._launched.process.pid
    with open(f"/proc/{bwrap}/task/{bwrap}/children") as file:
        return Namespace(file.read().split()[0])
