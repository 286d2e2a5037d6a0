"""What the tests of the box share: short answers, scenarios, and who is still alive in a box."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping
from typing import Any

from grader.box.parent import Box
from grader.box.protocol import ExploreJob, RunJob
from grader.trace import Json, Outcome

SCENARIO = "def ask(answer, **given):\n    return answer.f(**given)\n"
FILE = "test_of_the_box.py"


def exploring(source: str = SCENARIO, scenario: str = "ask", **given: Json) -> ExploreJob:
    return ExploreJob(source, FILE, scenario, dict(given), executions=50)


def running(source: str = SCENARIO, scenario: str = "ask", **given: Json) -> RunJob:
    return RunJob(source, FILE, scenario, dict(given), time_limit=5.0)


def seen(box: Box, job: ExploreJob) -> list[Outcome]:
    """Every outcome that the box reports for `job`."""
    outcomes: list[Outcome] = []

    def judge(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        return True

    box.explore(job, judge)
    return outcomes


def give(box: Box, files: Mapping[str, str]) -> Box:
    """Another answer for a box that is up already: starting one for each line of a table takes too long."""
    box._files = dict(files)
    return box


def namespace_of(box: Box) -> str:
    """The process namespace of a box of the tier full."""
    walls: Any = box._open().walls
    # Its first word: until then there may be no process within.
    select.select([walls.control], [], [], 60)
    bwrap = walls._launched.process.pid
    with open(f"/proc/{bwrap}/task/{bwrap}/children") as file:
        init = file.read().split()[0]
    return os.readlink(f"/proc/{init}/ns/pid")


def alive_in(namespace: str) -> list[int]:
    """Processes of `namespace`, zombies too."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{name}/ns/pid") == namespace:
                found.append(int(name))
        except OSError:
            continue
    return found
