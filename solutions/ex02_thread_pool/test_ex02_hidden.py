"""The hidden checks of ex02: the moments in which two things meet."""

from __future__ import annotations

import threading

from grader.checks import attempt, check, same, scenario, together


def double(number):
    return 2 * number


@scenario
def submit_meets_shutdown(answer, workers, number):
    """a pool of {workers}: A submits a task and asks for its result while B shuts the pool down"""
    pool = answer.ThreadPool(workers)
    submitted, closed = together(lambda: pool.submit(double, number).result(), pool.shutdown)
    return {"A": submitted.get("raised", submitted.get("value")), "B": closed.get("raised", "returned")}


@check(
    kind="LIVE",
    points="1/2",
    hint="'Is it closed?' and 'put it into the queue': what if shutdown comes between the two?",
)
def test_submit_meets_shutdown(box):
    """A task that is submitted while the pool shuts down is run or refused, never lost."""
    number = box.random.randint(10, 99)
    for workers in (1, 2):
        box.explore(
            submit_meets_shutdown,
            workers=workers,
            number=number,
            allowed=lambda seen: seen["A"] in (2 * number, "RuntimeError") and seen["B"] == "returned",
            expected=f"A gets {2 * number} or RuntimeError; B returns",
            executions=1000,
        )


@scenario
def callback_meets_the_end(answer, names):
    """callbacks {names} are added while the task may just be ending"""
    calls = []
    with answer.ThreadPool(1) as pool:
        future = pool.submit(double, 1)
        for name in names:
            future.add_done_callback(lambda done, name=name: calls.append([name, done.result()]))
    return sorted(calls)


@check(kind="SAFE", points="1/2", hint="What if the task ends between your `if done` and your `append`?")
def test_callback_meets_the_end(box):
    """A callback that is added in the moment in which the task ends is called exactly once."""
    names = box.random.sample(["ann", "ben", "cem", "dana"], 2)
    box.explore(
        callback_meets_the_end,
        names=names,
        allowed=lambda calls: same(calls, [[name, 2] for name in sorted(names)]),
        expected=f"{names[0]} and {names[1]} are called once each",
        executions=1000,
    )


@scenario
def task_in_a_task(answer, number):
    """a pool of 1; a task submits another one and returns its future"""
    with answer.ThreadPool(1) as pool:
        return pool.submit(lambda: pool.submit(double, number)).result().result()


@scenario
def shutdown_in_a_task(answer, number):
    """a pool of 1; its first task calls shutdown(), a second one may be queued behind it"""
    pool = answer.ThreadPool(1)
    first = pool.submit(pool.shutdown)
    second = attempt(lambda: pool.submit(double, number).result())
    return {"first": attempt(first.result), "second": second.get("raised", second.get("value"))}


@check(
    kind="LIVE",
    points="1/2",
    hint="Which thread runs the task that calls submit or shutdown, and for whom would it wait?",
)
def test_a_task_uses_the_pool(box):
    """A task may submit a task and may shut the pool down, without waiting for itself."""
    number = box.random.randint(10, 99)
    box.explore(
        task_in_a_task,
        number=number,
        allowed=lambda seen: same(seen, 2 * number),
        expected=str(2 * number),
        executions=1000,
    )
    box.explore(
        shutdown_in_a_task,
        number=number,
        allowed=lambda seen: seen["first"] == {"value": None} and seen["second"] in (2 * number, "RuntimeError"),
        expected="shutdown() returns; the second task is run or refused",
        executions=1000,
    )


@scenario
def meeting(answer, workers):
    """a pool of {workers} with as many tasks, each of which waits for all the others"""
    barrier = threading.Barrier(workers)
    with answer.ThreadPool(workers) as pool:
        futures = [pool.submit(barrier.wait) for _ in range(workers)]
        return sorted(future.result() for future in futures)


@check(kind="PAR", points="1/2", hint="Are there as many workers as promised at the moment in which they are needed?")
def test_tasks_that_wait_for_each_other_meet(box):
    """As many tasks as the pool has workers may wait for each other: on every schedule they meet."""
    box.explore(
        meeting,
        workers=2,
        allowed=lambda places: same(places, [0, 1]),
        expected="both tasks get past the barrier",
        executions=1000,
    )


@scenario
def whatever_is_raised(answer, code):
    """a pool of 1: a task that raises SystemExit({code}), one whose callback raises, then one that returns"""

    def leave():
        raise SystemExit(code)

    def stumble(_):
        raise OSError("swallow me")

    with answer.ThreadPool(1) as pool:
        left = pool.submit(leave)
        left.add_done_callback(stumble)
        said = outcome_of(left)
        return {"SystemExit": said, "the next task": pool.submit(double, code).result()}


def outcome_of(future):
    try:
        return future.result()
    except SystemExit as leaving:
        return [type(leaving).__name__, leaving.code, future.exception() is leaving]


@check(kind="EXC", points="1/2", hint="Exception is not the base of all: what of BaseException?")
def test_whatever_a_task_raises(box):
    """SystemExit belongs to the task's future as well; a callback that raises takes no worker with it."""
    code = box.random.randint(2, 99)
    wanted = {"SystemExit": ["SystemExit", code, True], "the next task": 2 * code}
    box.explore(
        whatever_is_raised,
        code=code,
        allowed=lambda seen: same(seen, wanted),
        expected=f"result() raises SystemExit({code}), exception() returns it, the next task returns {2 * code}",
        executions=300,
    )
