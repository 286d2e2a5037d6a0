"""Plays a small program as a real run: the answer is module `answer`, the scenario calls its `main`."""

from __future__ import annotations

import os
from textwrap import dedent

from msgspec import Struct

from grader.processes.run import run
from grader.trace import Json, Ran

SCENARIO = "def call(answer, **arguments):\n    return answer.main(**arguments)\n"


class Job(Struct, frozen=True):
    source: str = SCENARIO
    file: str = "test_program.py"
    scenario: str = "call"
    arguments: dict[str, Json] = {}
    start_method: str | None = "fork"
    time_limit: float = 20.0


def play(program: str, **job: object) -> Ran:
    """What is seen of `program`, whose function `main` is the whole of it."""
    return run(Job(**job), {"answer.py": dedent(program)}, "answer")


def children() -> list[int]:
    """Of this test process, dead ones too."""
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as file:
            found += [int(word) for word in file.read().split()]
    return found
