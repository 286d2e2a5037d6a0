"""A race note says which locks each side held, and tells parts of containers apart."""

from __future__ import annotations

from running import program

from grader.interleave import explorer


def races(answer: str, **plan):
    """The races of `main()` of the answer."""
    made = program("    def s(answer): return answer.main()", "import threading\n" + answer)
    return explorer.explore(made, "s", {}, explorer.Plan(executions=300, **plan), lambda _: True).races


TWO = """
def main():
    threads = [threading.Thread(target=one), threading.Thread(target=two)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def held(answer: str) -> dict[int, set[tuple[str, ...]]]:
    """Line -> what was held there, of all sides of races."""
    found: dict[int, set[tuple[str, ...]]] = {}
    for race in races(answer + TWO):
        for side in (race.first, race.second):
            found.setdefault(side.line, set()).add(side.locks)
    return found


def test_a_lock_that_is_held_on_one_side_is_told():
    answer = """
lock, seen = threading.Lock(), [0]
def one():
    with lock:
        seen[0] += 1
def two():
    seen[0] += 1
"""
    assert held(answer) == {6: {("lock",)}, 8: {()}}


def test_the_lock_that_a_wait_has_taken_back_is_held():
    answer = """
told, seen = threading.Condition(), [0]
def one():
    with told:
        told.wait(1)
        seen[0] += 1
def two():
    seen[0] += 1
"""
    assert held(answer) == {7: {("told",)}, 9: {()}}


def test_a_semaphore_that_was_tried_and_handed_on_is_not_held():
    answer = """
gate, seen = threading.Semaphore(1), [0]
def one():
    gate.acquire(False)
    gate.release()
    seen[0] += 1
def two():
    gate.acquire()
    seen[0] += 1
"""
    assert held(answer) == {7: {()}, 10: {()}}
