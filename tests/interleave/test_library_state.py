"""What a library's objects show of themselves is data that others change: each value is seen, waiting for it ends."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.interleave.explorer import Plan, explore
from grader.interleave.program import load
from grader.trace import Coverage, Outcome

HEAD = """
import queue, threading
from concurrent.futures import Future
"""
STATES = {
    "tasks not done": (
        "queue.Queue()",
        "it.put(1)",
        "it.get(); it.task_done()",
        "it.unfinished_tasks",
        [0, 1],
    ),
    "of a queue of one's own": ("Own()", "it.put(1)", "it.get(); it.task_done()", "it.left()", [0, 1]),
    "who waits at a barrier": ("threading.Barrier(2)", "", "wait(it)", "it.n_waiting", [0, 1]),
    "a broken barrier": ("threading.Barrier(2)", "", "it.abort()", "it.broken", [False, True]),
    "a semaphore": ("threading.Semaphore(0)", "", "it.release()", "it._value", [0, 1]),
    "an event": ("threading.Event()", "", "it.set()", "it._flag", [False, True]),
    "a future": ("Future()", "", "it.set_result(1)", "it._state", ["FINISHED", "PENDING"]),
    "what is in a queue": ("queue.Queue()", "", "it.put(1)", "list(it.queue)", [[], [1]]),
}
"""How it is made and prepared, what another thread does, what is looked at, and what can be seen there."""
UNPROVEN = {"what is in a queue"}
SPINS = {
    "tasks not done": "it.unfinished_tasks",
    "who waits at a barrier": "it.n_waiting == 0",
    "a broken barrier": "not it.broken",
    "a semaphore": "it._value == 0",
    "what is in a queue": "not it.queue",
}
PROGRAM = """
class Own(queue.Queue):
    def left(self):
        return self.unfinished_tasks

def wait(barrier):
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        pass

def main():
    it = {made}
    {prepared}
    def other():
        {other}
    thread = threading.Thread(target=other)
    thread.start()
    {looks}
    if isinstance(it, threading.Barrier):
        it.abort()
    thread.join()
    return seen
"""


def explored(state: str, looks: str) -> tuple[list[Outcome], Coverage]:
    made, prepared, other, *_ = STATES[state]
    source = HEAD + PROGRAM.format(made=made, prepared=prepared or "pass", other=other, looks=looks)
    program = load({"answer.py": dedent(source)}, "answer", "def ask(answer):\n    return answer.main()\n", "s.py")
    outcomes: list[Outcome] = []

    def keep(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        return True

    return outcomes, explore(program, "ask", {}, Plan(executions=300), keep)


@pytest.mark.parametrize("state", STATES)
def test_each_value_is_seen(state: str) -> None:
    outcomes, coverage = explored(state, f"seen = {STATES[state][3]}")
    assert sorted(outcome.value for outcome in outcomes) == STATES[state][4]
    assert coverage.exhausted == (state not in UNPROVEN)


@pytest.mark.parametrize("state", SPINS)
def test_waiting_for_it_in_a_loop_ends(state: str) -> None:
    outcomes, _ = explored(state, f"while {SPINS[state]}: pass\n    seen = 1")
    assert [(outcome.ending, outcome.value) for outcome in outcomes] == [("done", 1)]


def test_an_attribute_called_queue_of_a_class_of_ones_own_is_an_attribute() -> None:
    source = HEAD + (
        "class Box:\n    def __init__(self):\n        self.queue = []\n"
        "def main():\n    box = Box()\n    thread = threading.Thread(target=lambda: box.queue.append(1))\n"
        "    thread.start()\n    seen = len(box.queue)\n    thread.join()\n    return seen\n"
    )
    program = load({"answer.py": source}, "answer", "def ask(answer):\n    return answer.main()\n", "s.py")
    values = []
    explore(program, "ask", {}, Plan(executions=300), lambda outcome: not values.append(outcome.value))  # type: ignore[func-returns-value]
    assert sorted(values) == [0, 1]


OUT_OF_SIGHT = {
    "UserDict": "from collections import UserDict\nd = UserDict(n=0)\ndef work():\n    d['n'] = d['n'] + 1",
    "ChainMap": "from collections import ChainMap\nd = ChainMap({'n': 0})\ndef work():\n    d['n'] = d['n'] + 1",
    "WeakSet": "import weakref\nd = weakref.WeakSet()\ndef work():\n    d.add(work)",
    "environ": "import os\ndef work():\n    os.environ['N'] = os.environ.get('N', '') + '.'",
    "the number of threads": "def work():\n    return threading.active_count()",
    "their list": "def work():\n    return threading.enumerate()",
    "ident": "thread = threading.Thread()\ndef work():\n    return thread.ident is None",
}
"""What changes inside a library, where nobody is told."""


@pytest.mark.parametrize("what", OUT_OF_SIGHT)
def test_nothing_is_proven_of_what_changes_out_of_sight(what: str) -> None:
    source = f"""
import threading
{OUT_OF_SIGHT[what]}
def main():
    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
"""
    program = load({"answer.py": source}, "answer", "def ask(answer):\n    return answer.main()\n", "s.py")
    assert not explore(program, "ask", {}, Plan(executions=50), lambda _: True).exhausted


def test_of_the_own_number_of_a_thread_all_is_known() -> None:
    source = HEAD + (
        "def main():\n    seen = []\n    def work():\n        seen.append(threading.current_thread().ident)\n"
        "    threads = [threading.Thread(target=work) for _ in range(2)]\n"
        "    for one in threads: one.start()\n    for one in threads: one.join()\n    return len(set(seen))\n"
    )
    program = load({"answer.py": source}, "answer", "def ask(answer):\n    return answer.main()\n", "s.py")
    assert explore(program, "ask", {}, Plan(executions=50), lambda _: True).exhausted
