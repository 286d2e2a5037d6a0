"""Coroutine programs: any ready task may go next, time is exact, and what blocks or waits for ever is told."""

from __future__ import annotations

import sys

import pytest
from running import many, program, values

from grader.interleave import explorer
from grader.trace import Coverage, Outcome

HEAD = "import asyncio, threading, time\n"
RUN = "\ndef main():\n    return asyncio.run(run())\n"


def explored(source: str, **plan) -> tuple[Coverage, list[Outcome]]:
    made = program("    def s(answer): return answer.main()", HEAD + source + RUN)
    seen: list[Outcome] = []
    return explorer.explore(made, "s", {}, explorer.Plan(**plan), lambda one: seen.append(one) or True), seen


def told(source: str, schedule: str):
    made = program("    def s(answer): return answer.main()", HEAD + source + RUN)
    return explorer.explain(made, "s", {}, schedule, explorer.Plan())


LOST = """
n = 0
async def add():
    global n
    mine = n
    await asyncio.sleep(0)
    n = mine + 1
async def run():
    await asyncio.gather(add(), add())
    return n
"""
ATOMIC = LOST.replace("    await asyncio.sleep(0)\n", "")
IN_A_RING = """
async def one(a, b):
    async with a:
        await asyncio.sleep(0)
        async with b:
            pass
async def run():
    a, b = asyncio.Lock(), asyncio.Lock()
    left = asyncio.create_task(one(a, b), name="left")
    right = asyncio.create_task(one(b, a), name="right")
    await left
    await right
"""


def test_an_update_that_awaits_in_the_middle_is_lost_in_some_order():
    coverage, seen = explored(LOST)
    assert coverage.exhausted
    assert sorted(one.value for one in seen) == [1, 2]


def test_what_does_not_await_is_never_interrupted():
    coverage, seen = explored(ATOMIC)
    assert coverage.exhausted
    assert [one.value for one in seen] == [2]
    assert coverage.races == ()


def test_the_interleaving_of_tasks_is_told_with_their_names_and_values():
    _, seen = explored(LOST)
    trace = told(LOST, next(one.schedule for one in seen if one.value == 1))
    rows = [(trace.threads[step.thread], step.operation, step.value) for step in trace.steps]
    assert rows.index(("Task-3", "read", "0")) < rows.index(("Task-2", "write", "1"))
    assert rows.count(("Task-2", "write", "1")) == rows.count(("Task-3", "write", "1")) == 1
    assert trace.idiom == "lost update"


def test_tasks_that_wait_for_each_other_are_a_deadlock_with_names_and_lines():
    coverage, seen = explored(IN_A_RING)
    assert coverage.exhausted
    (deadlock,) = [one for one in seen if one.ending != "done"]
    assert deadlock.ending == "deadlock"
    assert [sentence.partition(",")[0] for sentence in deadlock.detail] == [
        "Task-1 waits at answer.py:12 (left)",
        "left waits at answer.py:6 (b)",
        "right waits at answer.py:6 (b)",
    ]


@pytest.mark.parametrize("clock", ["free", "exact"])
def test_waiting_is_virtual_and_exact(clock: str):
    source = """
async def run():
    await asyncio.gather(*(asyncio.sleep(seconds) for seconds in (4, 2, 3)))
    try:
        async with asyncio.timeout(1.5):
            await asyncio.sleep(100)
    except TimeoutError:
        pass
    await asyncio.wait_for(asyncio.sleep(0.25), 9)
    return asyncio.get_running_loop().time()
"""
    _, seen = explored(source, clock=clock, executions=100)
    assert [(one.value, one.makespan) for one in seen] == [(5.75, 5.75)]


def test_on_the_exact_clock_the_order_is_asyncios_own():
    source = """
async def speak(name, said):
    for _ in range(3):
        said.append(name)
        await asyncio.sleep(0)
async def run():
    said = []
    await asyncio.gather(*(speak(name, said) for name in "abc"))
    return "".join(said)
"""
    assert [one.value for one in explored(source, clock="exact", executions=20)[1]] == ["abcabcabc"]
    assert len(explored(source, executions=200)[1]) > 10


def test_a_task_that_polls_lets_the_others_go_on():
    source = """
async def run():
    ready = []
    async def waits():
        while not ready:
            await asyncio.sleep(0)
    async def sets():
        for _ in range(3):
            await asyncio.sleep(0)
        ready.append(1)
    await asyncio.gather(waits(), waits(), sets())
    return "through"
"""
    assert [one.value for one in explored(source, executions=200)[1]] == ["through"]


def test_a_task_that_blocks_is_told_and_time_passes_for_all():
    source = """
async def fetch():
    time.sleep(2)
async def run():
    await asyncio.gather(fetch(), asyncio.sleep(1))
"""
    coverage, seen = explored(source, clock="exact", executions=1)
    (stall,) = coverage.stalls
    assert (stall.thread, stall.line, stall.how) == ("Task-2", 4, "for 2 s")
    assert seen[0].makespan == 3  # the other task had not begun to sleep
    assert explored(source.replace("time.sleep(2)", "await asyncio.sleep(2)"))[0].stalls == ()


def test_threads_of_an_executor_are_interleaved_with_tasks():
    source = """
async def run():
    box = [0]
    def work():
        box[0] += 1
    await asyncio.gather(asyncio.to_thread(work), asyncio.to_thread(work))
    return box[0]
"""
    _, seen = explored(source, executions=400)
    assert sorted(one.value for one in seen) == [1, 2]


def test_two_loops_in_two_threads_do_not_meet():
    source = """
async def one(seen):
    await asyncio.sleep(1)
    seen.append(asyncio.get_running_loop().time())
async def run():
    seen = []
    threads = [threading.Thread(target=lambda: asyncio.run(one(seen))) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: await asyncio.to_thread(thread.join)
    return seen
"""
    assert [one.value for one in explored(source, clock="exact", executions=5)[1]] == [[1.0, 1.0]]


@pytest.mark.parametrize("clock", ["free", "exact"])
def test_a_thread_may_begin_with_a_loop_whose_task_is_the_first_to_do_anything(clock: str):
    body = """
    import asyncio
    def s(answer):
        seen = []
        async def one(name):
            seen.append(name)
            await asyncio.sleep(1)
            seen.append(name)
        said = together(*(lambda name=name: asyncio.run(one(name)) for name in "ab"))
        return sorted(seen), said
    """
    assert values(many(body, 30, clock=clock)) == [[["a", "a", "b", "b"], [{"value": None}] * 2]]


@pytest.mark.parametrize("clock", ["free", "exact"])
def test_a_generator_is_ended_by_the_loop_that_it_began_in(clock: str):
    body = """
    import asyncio
    def s(answer):
        seen = []
        async def numbers(name):
            try:
                for number in range(3):
                    await asyncio.sleep(0)
                    yield number
            finally:
                seen.append((name, asyncio.get_running_loop() is loops[name]))
        async def run(name):
            loops[name] = asyncio.get_running_loop()
            async for number in numbers(name):
                if number:
                    break
        loops = {}
        together(lambda: asyncio.run(run("a")), lambda: asyncio.run(run("b")))
        return sorted(seen)
    """
    assert values(many(body, 60, clock=clock)) == [[["a", True], ["b", True]]]
    assert sys.get_asyncgen_hooks() == (None, None)


@pytest.mark.filterwarnings("error")
def test_an_execution_that_is_cut_off_leaves_no_coroutine_behind(capfd: pytest.CaptureFixture[str]):
    explored(IN_A_RING)
    import gc

    gc.collect()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("call", ["asyncio.open_connection('x', 1)", "asyncio.create_subprocess_exec('ls')"])
def test_what_leaves_control_is_told(call: str):
    _, seen = explored(f"async def run():\n    await {call}\n", executions=1)
    assert seen[0].ending == "uncontrolled"
    assert "answer.py:3" in seen[0].detail[0]


def test_the_same_schedule_gives_the_same_words():
    _, seen = explored(LOST)
    bad = next(one.schedule for one in seen if one.value == 1)
    assert told(LOST, bad) == told(LOST, bad)
