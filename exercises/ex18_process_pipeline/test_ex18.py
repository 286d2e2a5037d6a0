"""The public checks of ex18. In most of them the order of the processes is controlled; in the others they run free."""

from __future__ import annotations

import ctypes
import time
from multiprocessing.sharedctypes import RawValue

from grader.checks import check, same, scenario


def double(number):
    return 2 * number


def plus_one(number):
    return number + 1


def square(number):
    return number * number


@scenario
def piped(answer, items, procs, limit):
    """pipeline({items}, [double, plus_one, square], {procs}, limit={limit})"""
    return answer.pipeline(items, [double, plus_one, square][: len(procs)], procs, limit)


def expected_of(items, stages):
    for stage in [double, plus_one, square][:stages]:
        items = [stage(item) for item in items]
    return items


@check(kind="EDGE", points="1/2", hint="Number the items: then the results can be put in order, whenever they come.")
def test_computes_in_order(box):
    """Every item passes every stage; also no items, one stage, more processes than items."""
    drawn = [box.random.randint(2, 99) for _ in range(4)]
    for items, procs in ((drawn, [1, 2, 1]), ([], [2]), (drawn[:1], [3])):
        expected = expected_of(items, len(procs))
        box.explore(
            piped,
            items=items,
            procs=procs,
            limit=2,
            processes="fork",
            executions=1,
            allowed=lambda seen, expected=expected: same(seen, expected),
            expected=str(expected),
        )


@check(
    kind="LIVE",
    points=1,
    hint="A worker that finds the end in its queue: may an item still come, which a colleague has in its hands?",
)
def test_loses_nothing_in_any_order(box):
    """In every order of the processes all results come, in the order of the items, and all processes end."""
    items = box.random.sample(range(2, 99), 2)
    expected = expected_of(items, 2)
    box.explore(
        piped,
        items=items,
        procs=[2, 2],
        limit=2,
        processes="fork",
        executions=12,
        allowed=lambda seen: same(seen, expected),
        expected=str(expected),
    )


class Inside(ctypes.Structure):
    _fields_ = (("now", ctypes.c_int), ("most", ctypes.c_int))


INSIDE = RawValue(Inside)


def counting(number):
    """Counts how many are inside at once. Needs no lock: its one step is the sleep, and between steps nobody moves."""
    INSIDE.now += 1
    INSIDE.most = max(INSIDE.most, INSIDE.now)
    time.sleep(0)
    INSIDE.now -= 1
    return number


@scenario
def most_inside(answer, items, procs, limit):
    """pipeline of {items} with {procs} processes and limit={limit}: how many are inside the first stage at once?"""
    answer.pipeline(items, [counting, plus_one], procs, limit)
    return INSIDE.most


@check(kind="SAFE", points=1, hint="The semaphore is held while the stage works, not only while the item is fetched.")
def test_keeps_the_limit(box):
    """With limit=1 no two items are inside the first stage at once, in every order of its two processes."""
    box.explore(
        most_inside,
        items=box.random.sample(range(99), 2),
        procs=[2, 1],
        limit=1,
        processes="fork",
        executions=9,
        allowed=lambda seen: same(seen, 1),
        expected="1",
    )


@check(kind="PAR", points="1/2", hint="Semaphore(limit), and nothing else held while a stage works.")
def test_uses_the_limit(box):
    """With limit=2 and two processes there are orders in which two items are inside the first stage at once."""
    seen = box.explore(
        most_inside,
        items=box.random.sample(range(99), 2),
        procs=[2, 1],
        limit=2,
        processes="fork",
        executions=12,
        allowed=lambda seen: seen in (1, 2),
        expected="1 or 2, and 2 in some order",
    )
    seen.some(lambda most: most == 2, saw="never more than one item is inside the first stage")


def long_text(number):
    return "x" * number


@scenario
def piped_texts(answer, sizes):
    """pipeline of {sizes}, one stage, one process; the results are texts of that length"""
    return [len(text) for text in answer.pipeline(sizes, [long_text], [1], 1)]


@check(kind="LIVE", points="1/2", hint="Drain, then join: who has put much into a queue does not end before it is out.")
def test_carries_large_results(box):
    """Results that are larger than any pipe arrive, and the processes end."""
    sizes = [box.random.randint(200_000, 300_000), 1, 300_000]
    box.run(
        piped_texts,
        sizes=sizes,
        start_method="fork",
        allowed=lambda seen: same(seen, sizes),
        expected=f"texts of {sizes} characters",
    )


@check(kind="EDGE", points="1/2", hint="What a worker runs is at the top level, and all it needs is in its arguments.")
def test_works_under_spawn_and_forkserver(box):
    """pipeline works, too, when processes are spawned, or forked by a server, and leaves no semaphore behind."""
    items = box.random.sample(range(2, 99), 2)
    expected = expected_of(items, 2)
    for method in ("spawn", "forkserver"):
        box.run(
            piped,
            items=items,
            procs=[1, 1],
            limit=1,
            start_method=method,
            leftovers="fail",
            ran=f"pipeline({items}, [double, plus_one], [1, 1], limit=1)",
            time_limit=10.0,
            allowed=lambda seen: same(seen, expected),
            expected=f"{expected}; nothing is left behind",
        )


@scenario
def processes_of(answer, items, procs):
    """pipeline({items}, [double, plus_one], {procs}, limit=1): which processes were started?"""
    from grader.processes.children import Children

    with Children() as children:
        answer.pipeline(items, [double, plus_one], procs, 1)
    return len(children.exit_codes())


@check(kind="CLEAN", points="1/2", hint="procs[i] processes at stage i, no threads; join every one of them.")
def test_leaves_nothing_behind(box):
    """As many processes are started as were asked for; all are joined, and nothing is left open."""
    procs = [1, box.random.randint(2, 3)]
    box.run(
        processes_of,
        items=[3],
        procs=procs,
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: sum(procs) <= seen <= sum(procs) + 1,
        expected=f"{sum(procs)} processes, all of them joined; nothing is left behind",
    )


def picky(number):
    if number < 0:
        raise ValueError(f"negative: {number}")
    return number


@scenario
def stage_that_raises(answer, items, procs, place):
    """pipeline of {items}, whose stage {place} refuses negative numbers"""
    stages = [plus_one, plus_one]
    stages[place] = picky
    try:
        seen = answer.pipeline(items, stages, procs, 1)
    except Exception:
        return "an exception"
    return {"returned": seen}


@check(
    kind="EXC", points="1/4", hint="A worker that dies of an exception takes its item along. Catch it, and send it on."
)
def test_an_exception_comes_out(box):
    """When a stage raises, pipeline raises, too, and every process has ended."""
    box.run(
        stage_that_raises,
        items=[box.random.randint(2, 9), -box.random.randint(2, 9), 3],
        procs=[1, 1],
        place=0,
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: same(seen, "an exception"),
        expected="an exception comes out of pipeline; nothing is left behind",
    )
