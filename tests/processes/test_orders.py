"""Schedules of real processes: what one order in many shows is found, told as columns, and seen again."""

from __future__ import annotations

import linecache
from textwrap import dedent

import pytest
from msgspec import Struct
from playing import SCENARIO

from grader.processes import kernel, orders
from grader.processes.controlled import Controlled
from grader.trace import Coverage, Json, Outcome

COUNTER = """
    import multiprocessing

    def add(counter):
        {body}

    def main():
        counter = {made}
        children = [multiprocessing.Process(target=add, args=(counter,)) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        return {value}
"""
LOCKED = "with counter.get_lock():\n            counter.value += 1"


def counter(body: str, made: str = 'multiprocessing.Value("i", 0)', value: str = "counter.value") -> str:
    return COUNTER.format(body=body, made=made, value=value)


class Job(Struct, frozen=True):
    source: str = SCENARIO
    file: str = "test_program.py"
    scenario: str = "call"
    arguments: dict[str, Json] = {}
    processes: str | None = "fork"
    executions: int = 9
    seed: int = 0


def searched(program: str, **job: object) -> tuple[list[Outcome], Coverage]:
    seen: list[Outcome] = []

    def report(outcome: Outcome) -> bool:
        seen.append(outcome)
        return True

    return seen, orders.explore(Job(**job), {"answer.py": dedent(program)}, "answer", report)


ARRAY = 'multiprocessing.Array("i", 3)'
RAW = 'multiprocessing.RawValue("i", 0)'
SEGMENT = "shared_memory.SharedMemory(create=True, size=4)"
SEGMENTS = "    from multiprocessing import shared_memory\n"
MANAGED = "multiprocessing.Manager().dict(n=0)"
LOST = [
    counter("counter.value += 1"),
    counter("counter.value += 1", RAW),
    counter("counter[1] += 1", ARRAY, "counter[1]"),
    counter("if counter.value == 0:\n            counter.value = counter.value + 1", value="counter.value * 2"),
    SEGMENTS + counter("counter.buf[0] += 1", SEGMENT, "counter.buf[0]").lstrip("\n"),
    counter("counter['n'] += 1", MANAGED, "counter['n']"),
]  # fmt: skip


@pytest.mark.parametrize("program", LOST)
def test_an_update_that_only_one_order_loses_is_found(program):
    seen, _ = searched(program)
    assert [outcome.ending for outcome in seen] == ["done", "done"]
    assert len({outcome.value for outcome in seen}) == 2


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_are_not_forked_are_put_in_order_all_the_same(method: str) -> None:
    seen, _ = searched(LOST[0], processes=method, executions=5)
    assert [(outcome.ending, outcome.value) for outcome in seen] == [("done", 2), ("done", 1)]
    seen, _ = searched(counter(LOCKED), processes=method, executions=5)
    assert [(outcome.ending, outcome.value) for outcome in seen] == [("done", 2)]


@pytest.mark.parametrize(
    "program",
    [
        counter(LOCKED),
        counter("with counter.get_lock():\n            counter[1] += 1", ARRAY, "counter[1]"),
        counter("pass"),
    ],
)
def test_right_programs_end_alike_in_every_order(program):
    seen, coverage = searched(program)
    assert len(seen) == 1
    assert coverage.schedules > 5
    assert coverage.races == ()


ENDED_BY_FORCE = """
    import multiprocessing

    def main():
        asked, told = multiprocessing.SimpleQueue(), multiprocessing.SimpleQueue()
        child = multiprocessing.Process(target=work, args=(asked, told))
        child.start()
        told.get()
        child.terminate()
        child.join()
        return 1

    def work(asked, told):
        told.put(1)
        asked.get()
"""
POOL = """
    import multiprocessing

    def main():
        with multiprocessing.Pool(2) as pool:
            return sum(pool.map(abs, [1, -2, 3]))
"""
CHILD_WAITED_FOR_TWICE = """
    import os

    def main():
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        try:
            os.waitpid(child, 0)
        except ChildProcessError:
            return 2
"""
CLOSED_END = """
    import multiprocessing.connection

    def main():
        ours, theirs = multiprocessing.Pipe()
        ours.close()
        try:
            multiprocessing.connection.wait([ours])
        except OSError:
            return 3
"""


@pytest.mark.parametrize(
    ("program", "value"), [(ENDED_BY_FORCE, 1), (POOL, 6), (CHILD_WAITED_FOR_TWICE, 2), (CLOSED_END, 3)]
)
def test_who_is_killed_who_lost_an_end_and_what_raises_is_no_deadlock(program: str, value: int) -> None:
    seen, coverage = searched(program, executions=8)
    assert [(each.ending, each.value) for each in seen] == [("done", value)]
    # The threads of a pool's parent go as they like: an order that was to be tried may not be there the next time.
    assert len(coverage.counts) == 1
    assert coverage.counts == (8,) or program == POOL


@pytest.mark.parametrize("inside", ["\f", "\u2028"], ids=ascii)
def test_lines_of_the_answer_are_numbered_as_python_numbers_them(inside: str):
    answer = f"x = 1  # {inside}#\n{dedent(LOST[0])}"
    orders.explain(Job(), {"answer.py": answer}, "answer", searched(answer)[0][-1].schedule)
    assert linecache.getline("answer.py", 3) == "import multiprocessing\n"


def test_the_failing_order_is_told_step_by_step_and_is_the_same_when_it_is_replayed():
    files = {"answer.py": dedent(LOST[0])}
    bad = searched(LOST[0])[0][-1]
    told = orders.explain(Job(), files, "answer", bad.schedule)
    assert (told.idiom, told.preemptions) == ("lost update", 1)
    assert {told.threads[step.thread] for step in told.steps} >= {"child 1", "child 2"}
    assert any("still believes that counter.value = 0" in step.note for step in told.steps)
    again = [orders.replay(Job(), files, "answer", told.schedule) for _ in range(2)]
    assert again[0] == again[1]
    assert again[0].outcome.value == bad.value


ORDER = """
    import multiprocessing

    def work(first, second):
        with first:
            with second:
                pass

    def main():
        a, b = multiprocessing.Lock(), multiprocessing.Lock()
        children = [multiprocessing.Process(target=work, args=pair) for pair in ((a, b), (b, a))]
        for child in children:
            child.start()
        for child in children:
            child.join()
"""


def test_locks_in_two_orders_are_a_deadlock_in_which_each_holds_what_the_other_wants():
    (bad,) = (outcome for outcome in searched(ORDER)[0] if outcome.ending == "deadlock")
    assert "child 1 waits for second at answer.py:6: held by child 2" in bad.detail
    assert "child 2 waits for second at answer.py:6: held by child 1" in bad.detail
    assert orders.explain(Job(), {"answer.py": dedent(ORDER)}, "answer", bad.schedule).idiom == "lock order"


def test_locks_in_one_order_are_none():
    assert [outcome.ending for outcome in searched(ORDER.replace("(b, a)", "(a, b)"))[0]] == ["done"]


TALK = """
    import multiprocessing

    def work(inbox, outbox):
        while (item := inbox.get()) is not None:
            outbox.put(item * item)

    def main():
        inbox, outbox = multiprocessing.Queue(), multiprocessing.Queue()
        children = [multiprocessing.Process(target=work, args=(inbox, outbox)) for _ in range(2)]
        for child in children:
            child.start()
        for item in (1, 2, None, None):
            inbox.put(item)
        found = [outbox.get(), outbox.get()]
        for child in children:
            child.join()
        return found
"""


def test_results_come_in_any_order_of_their_workers():
    assert sorted(outcome.value for outcome in searched(TALK)[0]) == [[1, 4], [4, 1]]


def test_a_timeout_fires_only_when_nobody_else_can_move():
    program = TALK.replace("inbox.get()", "inbox.get(timeout=0.001)")
    assert {outcome.ending for outcome in searched(program)[0]} == {"done"}
    waiting = "import multiprocessing\n\ndef main():\n    return multiprocessing.Event().wait(3600)\n"
    assert searched(waiting)[0][0].value is False


def test_one_sentinel_for_two_workers_is_a_deadlock_in_every_order():
    program = TALK.replace("None, None", "None")
    assert {outcome.ending for outcome in searched(program)[0]} == {"deadlock"}


@pytest.mark.parametrize("before", ["", "lock.acquire()"])
def test_a_child_that_stops_itself_is_a_deadlock_and_not_waited_for(before: str) -> None:
    program = f"""
    import multiprocessing, os, signal

    def main():
        lock = multiprocessing.Lock()
        child = multiprocessing.Process(target=stop, args=(lock,))
        child.start()
        child.join()

    def stop(lock):
        {before or "pass"}
        os.kill(os.getpid(), signal.SIGSTOP)
    """
    (bad,) = searched(program)[0]
    assert bad.ending == "deadlock"
    assert "child 1 was stopped by a signal, and nobody lets it go on" in bad.detail


def test_who_ends_while_the_tree_is_looked_at_is_still_heard(monkeypatch):
    """Its release was said before the look and read after it: who waits for the lock must be asked again."""
    look = Controlled._look

    def late(self: Controlled) -> object:
        unparked = [actor for actor in self._actors.values() if actor.operation is None and actor.number]
        while any(self._watch.alive(actor.pid) and moves(actor.pid) for actor in unparked):
            pass
        return look(self)

    def moves(pid: int) -> bool:
        return (kernel.blocked_in(pid, pid) or kernel.Call("", ())).name != "read"

    monkeypatch.setattr(Controlled, "_look", late)
    outcomes, _ = searched(counter(LOCKED), executions=40)
    assert {outcome.ending for outcome in outcomes} == {"done"}
