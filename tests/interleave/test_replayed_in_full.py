"""A replay tells every step, with what a picture of locks and values needs to know of it."""

from __future__ import annotations

from textwrap import dedent

from grader.interleave.explorer import TOLD, Plan, explain, explore, replay
from grader.interleave.program import load

PLAN = Plan(executions=200)
SCENARIO = "def run(answer):\n    return answer.main()\n"
OVERDRAWN = """
    from threading import Lock, Thread

    class Account:
        def __init__(self):
            self.lock = Lock()
            self.balance = 1000

        def withdraw(self):
            if self.balance >= 800:
                with self.lock:
                    self.balance -= 800

    def main():
        account = Account()
        threads = [Thread(target=account.withdraw) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return account.balance
"""
CROSSED = """
    from threading import Lock, Thread

    def main():
        one, other = Lock(), Lock()
        def forth():
            with one:
                with other:
                    pass
        def back():
            with other:
                with one:
                    pass
        for each in (forth, back):
            Thread(target=each).start()
"""
ASLEEP = """
    import time
    from threading import Thread

    turns = []

    def main():
        def speak(seconds):
            for _ in turns:
                pass
            time.sleep(seconds)
            time.sleep(len(turns) * 0)
        for seconds in (0.5, 2):
            Thread(target=speak, args=(seconds,)).start()
"""
WOKEN = """
    from threading import Condition, Thread

    def main():
        ready = Condition()
        items = []
        def take():
            with ready:
                while not items:
                    ready.wait()
                items.pop()
        taker = Thread(target=take)
        taker.start()
        with ready:
            items.append(1)
            ready.notify()
        taker.join()
"""
LONG = """
    from threading import Thread

    def main():
        seen = []
        def count():
            for _ in range(400):
                seen.append(1)
        threads = [Thread(target=count) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
"""
TRIED = """
    from threading import Lock, Thread

    def main():
        lock = Lock()
        lock.acquire()
        thread = Thread(target=lambda: lock.acquire(timeout=0))
        thread.start()
        thread.join()
"""


def told(source, wanted):
    """(the short form, the full one) of the first outcome that is `wanted`."""
    program = load({"answer.py": dedent(source)}, "answer", SCENARIO, "scenario.py")
    outcomes = []
    explore(program, "run", {}, PLAN, lambda outcome: outcomes.append(outcome) or not wanted(outcome))
    schedule = explain(program, "run", {}, outcomes[-1].schedule, PLAN)
    return schedule, replay(program, "run", {}, schedule.schedule, PLAN)


def test_giving_a_lock_back_is_told_by_the_locks_own_name():
    _, full = told(OVERDRAWN, lambda outcome: outcome.value == -600)
    locks = [(step.operation, step.target, step.thread) for step in full.steps if "lock" in step.target]
    first, second = locks[0][2], locks[2][2]
    assert first != second
    assert [each[:2] for each in locks] == [("acquire", "self.lock"), ("release", "self.lock")] * 2
    assert len({step.key for step in full.steps if "lock" in step.target}) == 1
    assert not [step for step in full.steps if step.operation == "release" and "balance" in step.target]


def test_the_steps_of_the_short_form_are_marked_in_the_full_one():
    short, full = told(OVERDRAWN, lambda outcome: outcome.value == -600)
    marked = [full.steps[place] for place in full.telling]
    assert marked == list(short.steps)
    assert 0 < len(marked) < len(full.steps)
    assert any("still believes" in step.note for step in marked)


def test_what_came_of_it_is_told():
    short, full = told(OVERDRAWN, lambda outcome: outcome.value == -600)
    assert full.outcome is not None
    assert full.outcome.value == -600
    assert short.outcome is None


def test_what_a_thread_waits_for_at_the_end_is_no_step_that_was_done():
    _, full = told(CROSSED, lambda outcome: outcome.ending in ("deadlock", "leak"))
    assert [(step.target, step.result) for step in full.steps[-2:]] == [("other", "never"), ("one", "never")]
    assert {step.result for step in full.steps[:-2]} == {"done"}


def test_a_sleep_says_how_long_and_names_nothing_else():
    _, full = told(ASLEEP, lambda outcome: outcome.ending == "done")
    slept = [(step.operation, step.target, step.value) for step in full.steps if step.operation == "sleep"]
    assert sorted(slept) == [("sleep", each, "") for each in ("0 s", "0 s", "0.5 s", "2 s")]


def test_a_notification_says_whom_it_woke():
    program = load({"answer.py": dedent(WOKEN)}, "answer", SCENARIO, "scenario.py")
    taker_first, natural = (replay(program, "run", {}, schedule, PLAN).steps for schedule in ("0.0-1", ""))
    assert [step.wakes for step in taker_first if step.operation == "notify"] == [(1,)]
    assert [step.wakes for step in natural if step.operation == "notify"] == [()]


def test_a_try_that_got_nothing_is_told_as_one():
    _, full = told(TRIED, lambda outcome: True)
    assert [step.result for step in full.steps if step.operation == "try"] == ["in vain"]


def test_of_very_many_steps_the_first_are_told_and_the_others_counted():
    _, full = told(LONG, lambda outcome: True)
    assert len(full.steps) == TOLD
    assert full.left_out > 0
    assert all(place < TOLD for place in full.telling)
