"""Plays a small program as a real run: the answer is module `answer`, the scenario calls its `main`."""

from __future__ import annotations

import os
from textwrap import dedent

from msgspec import Struct

from grader.processes.run import run
from grader.trace import Json, Ran

SCENARIO = "def call(answer, **arguments):\n    return answer.main(**arguments)\n"

TALK = """
    import multiprocessing

    def main(rounds=3):
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.Process(target=echo, args=(ours, theirs))
        child.start()
        theirs.close()
        answers = []
        for number in range(rounds):
            ours.send(number)
            answers.append(ours.recv())
        ours.close()
        child.join()
        return answers

    def echo(ours, theirs):
        ours.close()
        while True:
            try:
                theirs.send(theirs.recv())
            except EOFError:
                return
"""
QUEUE = """
    import multiprocessing

    def main():
        queue = multiprocessing.Queue()
        child = multiprocessing.Process(target=fill, args=(queue,))
        child.start()
        got = len(queue.get())
        child.join()
        queue.close()
        queue.join_thread()
        del queue
        return got

    def fill(queue):
        queue.put("x" * 300_000)
"""


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
