"""A race note says which locks each side held, and tells parts of containers apart."""

from __future__ import annotations

import pytest
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


BY_ITEM = """
import itertools
NAMES = [str(number) for number in range(20)]
locks = [threading.Lock() for _ in NAMES]
balances = {start}
def one():
    for place in (3, 4):
        with locks[place]:
            balances[{key}] += 1
def two():
    for place in (17, 4):
        with locks[place]:
            {change}
"""


@pytest.mark.parametrize(("start", "key"), [("[0] * 20", "place"), ("dict.fromkeys(NAMES, 0)", "NAMES[place]")])
def test_items_that_each_have_a_lock_of_their_own_do_not_meet(start: str, key: str):
    assert races(BY_ITEM.format(start=start, key=key, change=f"balances[{key}] += 1") + TWO) == ()


@pytest.mark.parametrize(
    "look", ["sum(balances)", "balances[3]", "balances.sort()", "del balances[0]", "balances.pop()"]
)
def test_who_looks_at_all_of_a_list_or_moves_its_items_meets_them(look: str):
    assert races(BY_ITEM.format(start="[0] * 20", key="place", change=look) + TWO)


@pytest.mark.parametrize("look", ["balances.get('3')", "sum(balances.values())", "balances.pop('3')", "str(balances)"])
def test_who_looks_at_all_of_a_dictionary_or_at_the_same_entry_meets_it(look: str):
    assert races(BY_ITEM.format(start="dict.fromkeys(NAMES, 0)", key="NAMES[place]", change=look) + TWO)


@pytest.mark.parametrize("look", ["len(balances)", "'17' in balances", "balances.get('17')"])
def test_a_new_value_of_an_entry_is_nothing_to_who_asks_for_others_or_how_many(look: str):
    answer = BY_ITEM.format(start="dict.fromkeys(NAMES, 0)", key="NAMES[place]", change=look) + TWO
    assert races(answer) == ()


@pytest.mark.parametrize("look", ["len(balances)", "'x' in balances", "balances.get('x')", "list(iter(balances))"])
def test_a_new_entry_is_something_to_who_asks_how_many_there_are_or_for_it(look: str):
    answer = f"balances = {{}}\ndef one():\n    balances['x'] = 1\ndef two():\n    {look}\n"
    assert races(answer + TWO)


@pytest.mark.parametrize(
    ("made", "change", "lost"),
    [("[0]", "seen[0] += 1", True), ("{}", "seen.update(n=seen.get('n', 0) + 1)", False)],
)
def test_a_lost_update_is_one_of_a_value_and_not_of_a_container_as_a_whole(made: str, change: str, lost: bool):
    answer = f"\nseen = {made}\ndef one():\n    {change}\ntwo = one\n"
    assert any(race.lost for race in races(answer + TWO)) is lost
