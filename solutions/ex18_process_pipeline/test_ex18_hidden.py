"""The hidden check of ex18: the last stage raises, for the only item."""

from __future__ import annotations

from grader.checks import check, same, scenario


def refuse(number):
    raise LookupError(number)


def plus_one(number):
    return number + 1


@scenario
def last_stage_raises(answer, items):
    """pipeline of {items}; the second stage, with two processes, always raises"""
    try:
        seen = answer.pipeline(items, [plus_one, refuse], [1, 2], 1)
    except Exception:
        return "an exception"
    return {"returned": seen}


@check(kind="EXC", points="1/4", hint="The parent waits for a result of every item: let the exception be one.")
def test_an_exception_of_the_last_stage_comes_out(box):
    """An exception in the last stage comes out, too, when both of its processes meet one."""
    box.run(
        last_stage_raises,
        items=[box.random.randint(2, 9), 3, 4],
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: same(seen, "an exception"),
        expected="an exception comes out of pipeline; nothing is left behind",
    )
