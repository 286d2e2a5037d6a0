"""What a method does to its container happens once its arguments are there, as real threads were seen to do it.

Each was a lost order before (`native.py` found it): the container was told of before the arguments took their steps.
"""

from __future__ import annotations

import pytest
from running import program

from grader.interleave import explorer

BODY = """
    def s(answer):
        import heapq
        class Box: pass
        box, items, seen = Box(), [0], []
        box.n = 0
        def one():
            {one}
        def other():
            {other}
        together(one, other)
        return [box.n, items, seen]
"""


def proven(one: str, other: str, part: int) -> list[object]:
    """What that part of the result may be, of all interleavings."""
    values = []
    made = program(BODY.format(one=one, other=other))
    coverage = explorer.explore(
        made, "s", {}, explorer.Plan(), lambda outcome: values.append(outcome.value[part]) or True
    )
    assert coverage.exhausted
    return sorted(values)


@pytest.mark.parametrize(
    "statement",
    [
        "items.append(items[-1] + 1)",
        "items.append(len(items))",
        "items.append(max(items) + 1)",
        "items.extend([items[-1] + 1])",
        "items.append(*[items[-1] + 1])",
        "heapq.heappush(items, items[-1] + 1)",
        "list.append(items, items[-1] + 1)",
    ],
)
def test_an_update_may_be_lost_between_an_argument_and_the_call(statement: str):
    assert proven(statement, statement, 1) == [[0, 1, 1], [0, 1, 2]]


def test_a_value_may_be_old_when_it_is_appended():
    orders = proven("seen.append(box.n)", "box.n += 1; box.n += 1; seen.append(5)", 2)
    assert orders == [[0, 5], [1, 5], [2, 5], [5, 0], [5, 1], [5, 2]]


@pytest.mark.parametrize("moved", ["items.append(items.pop())", "items.insert(0, items.pop(0))"])
def test_an_item_that_is_moved_is_nowhere_for_a_while(moved: str):
    assert proven("box.n = len(items)", moved, 0) == [0, 1]


@pytest.mark.parametrize("delete", ["del items[0]", "del items[:]", "del items[-1]", "items.remove(box.n)"])
def test_what_is_deleted_is_counted_before_and_not_after(delete: str):
    assert proven("seen.append(len(items))", delete, 2) == [[0], [1]]
