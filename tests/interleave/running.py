"""Runs small programs under the engine, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from textwrap import dedent

from grader.interleave.execution import Execution
from grader.interleave.program import Program, load
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.random_walk import RandomWalk
from grader.interleave.vthread import GREENLETS, Carrier

HEAD = "import threading, time, queue\nfrom grader.checks import together, Inside, pause, attempt\n"


class Follow:
    """A strategy that makes the choices it is given, then the natural ones; -1 abandons."""

    def __init__(self, wanted: Sequence[int]) -> None:
        self._wanted = list(wanted)
        self._natural = Natural()

    def begin(self) -> bool:
        return self._natural.begin()

    def choose(self, runnable, pending, current):
        natural = self._natural.choose(runnable, pending, current)
        return self._wanted.pop(0) if self._wanted else natural

    def end(self, execution: Execution) -> None:
        self.ended = execution


def program(body: str, answer: str = "", carrier: Carrier = GREENLETS) -> Program:
    """`body` holds a scenario `s(answer)`; line 3 of the file is the first of `body`."""
    scenario = HEAD + dedent(body).lstrip("\n")
    return load({"answer.py": dedent(answer)}, "answer", scenario, "test_it.py", carrier=carrier)


def run(body: str, strategy=None, answer: str = "", **options) -> Execution:
    """One execution, in the natural order unless a strategy is given."""
    made = program(body, answer)
    strategy = strategy or Natural()
    strategy.begin()
    return made.engine.run(made.execution("s", {}), strategy, **options)


def many(body: str, times: int = 200, answer: str = "", **options) -> list[Execution]:
    """The natural execution, then random ones."""
    made = program(body, answer)
    main, walk, natural = made.execution("s", {}), RandomWalk(Random(7)), Natural()
    natural.begin()
    return [made.engine.run(main, walk if turn else natural, **options) for turn in range(times)]


def values(executions: Sequence[Execution]) -> list[object]:
    """The distinct values of executions that were done, and the names of other endings."""
    found: list[object] = []
    for one in executions:
        seen = one.value if one.ending == "done" else one.ending
        if seen not in found:
            found.append(seen)
    return found


def sure(body: str, answer: str = "", **options) -> object:
    """The one thing that all of many executions saw."""
    (only,) = values(many(body, answer=answer, **options))
    return only
