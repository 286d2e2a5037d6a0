"""What is done to a container bit by bit, with code in Python between: no order is lost in silence."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

from grader.interleave.explorer import Coverage

TOP = """
import bisect, heapq, json
from collections import Counter, defaultdict
from dataclasses import dataclass

@dataclass(order=True)
class Job:
    n: int

class Box:
    def __init__(self, n=0):
        self.n = n

class S:
    def __init__(self, n):
        self.n = n
    def __lt__(self, other):
        return self.n < other.n

def caught(work):
    try:
        return work()
    except (RuntimeError, ValueError) as error:
        return type(error).__name__
"""
CUT = {
    "max by a key": ("got.append(caught(lambda: max(d.items(), key=lambda p: p[1])))", "d.update({3: 4})"),
    "sort by a key": ("xs.sort(key=lambda x: -x)", "got.append(len(xs))"),
    "remove by comparing": ("caught(lambda: jobs.remove(Job(5)))", "jobs.pop(0)"),
    "heappush by comparing": ("heapq.heappush(jobs, Job(1))", "heapq.heappush(jobs, Job(2))"),
    "insort by comparing": ("bisect.insort(some, S(4))", "bisect.insort(some, S(2))"),
    "a Counter updated": ("counter.update(a=1)", "counter.update(a=1)"),
    "a Counter added to": ("counter += Counter('a')", "counter += Counter('a')"),
    "dumps": ("got.append(caught(lambda: json.dumps(d, indent=2)))", "d.update({3: 4})"),
    "a choice": ("got.append(caught(lambda: random.choice(xs)))", "xs.clear()"),
}
WHOLE = {
    "in a lock, max by a key": ("with m: got.append(max(d.items(), key=lambda p: p[1]))", "with m: d[3] = 4"),
    "in a lock, heappush by comparing": (
        "with m: heapq.heappush(jobs, Job(1))",
        "with m: heapq.heappush(jobs, Job(2))",
    ),
    "in a lock, a Counter updated": ("with m: counter.update('ab')", "with m: counter.update('ab')"),
    "plain items pushed": ("heapq.heappush(xs, 1)", "heapq.heappush(xs, 2)"),
    "plain items removed": ("xs.remove(1)", "len(xs)"),
    "a defaultdict of lists": ("lists['a'].append(1)", "lists['a'].append(2)"),
}
STATE = """
d = {1: 2}
xs = [1, 2]
jobs = [Job(3), Job(5)]
some = [S(1), S(5)]
counter = Counter()
lists = defaultdict(list)
got = []
m = threading.Lock()
"""


def of_two(one: str, other: str, after: str = "") -> tuple[list[object], Coverage]:
    """Two threads do that, and main afterwards."""
    works = "".join(
        f"def {name}():\n    global counter\n    {does}\n" for name, does in (("work", one), ("play", other))
    )
    return explored(f"{TOP}{STATE}{works}", f"both(work, play)\n{after}\nreturn got")


@pytest.mark.parametrize(("one", "other"), CUT.values(), ids=CUT)
def test_nothing_is_proven_where_others_may_come_in_between(one: str, other: str) -> None:
    assert not of_two(one, other)[1].exhausted


@pytest.mark.parametrize(("one", "other"), WHOLE.values(), ids=WHOLE)
def test_what_nobody_can_come_into_is_proven_all_the_same(one: str, other: str) -> None:
    assert of_two(one, other)[1].exhausted


def test_what_is_sorted_when_all_is_done_is_proven() -> None:
    assert of_two("xs.append(3)", "xs.append(4)", "xs.sort(key=lambda x: -x); got.append(xs)")[1].exhausted


@pytest.mark.parametrize("factory", ["lambda: []", "Pile"])
def test_two_threads_that_miss_the_same_item_of_a_defaultdict_make_it_twice(factory: str) -> None:
    top = f"{TOP}\nclass Pile(list):\n    def __init__(self): super().__init__()\n"
    body = (
        f"d = defaultdict({factory})\nboth(lambda: d['a'].append(1), lambda: d['a'].append(2))\nreturn sorted(d['a'])"
    )
    values, coverage = explored(top, body)
    assert values == [[1, 2], [1], [2]]
    assert coverage.exhausted


def test_a_filter_by_a_function_meets_what_is_added_meanwhile() -> None:
    body = "got.append(caught(lambda: len([*filter(lambda p: p[1], d.items())])))"
    assert of_two(body, "d.update({3: 4})")[0] == [["RuntimeError"], [1], [2]]
