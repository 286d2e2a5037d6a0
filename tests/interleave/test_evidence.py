"""What is explained is still to be seen in the explanation, though the outcome says nothing of it."""

from __future__ import annotations

from running import program

from grader.interleave import explorer
from grader.trace import Sighting, Trace

PLAN = explorer.Plan(executions=300)
LOST = """
import threading
class Counter:
    def __init__(self):
        self.n = 0
    def add(self):
        self.n += 1
def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.add) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""
SPIN = """
import threading
def main():
    state = {"told": False}
    def wait():
        while not state["told"]:
            pass
    def tell():
        state["told"] = True
    threads = [threading.Thread(target=each) for each in (tell, wait)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""
STALL = """
import asyncio, time
async def polite():
    await asyncio.sleep(1)
async def rude():
    await asyncio.sleep(0)
    time.sleep(2)
def main():
    async def both():
        await asyncio.gather(polite(), rude())
    asyncio.run(both())
"""


SPINNING_TASK = """
import asyncio
async def wait(state):
    while not state["told"]:
        await asyncio.sleep(0)
async def tell(state):
    await asyncio.sleep(1)
    state["told"] = True
def main():
    async def both():
        state = {"told": False}
        await asyncio.gather(wait(state), tell(state))
    asyncio.run(both())
"""


def explained(answer: str, kind: str) -> tuple[Trace, Trace]:
    """The explanation of one that was seen, and what it is without having been told what to look for."""
    made = program("    def s(answer): return answer.main()", answer)
    coverage = explorer.explore(made, "s", {}, PLAN, lambda _: True)
    seen: tuple[Sighting, ...] = getattr(coverage, kind)
    first = next(one for one in seen if getattr(one, "lost", True))
    asked = made, "s", {}, first.schedule, PLAN
    return explorer.explain(*asked, first), explorer.explain(*asked)


def test_an_update_is_still_lost_in_its_explanation():
    told, plain = explained(LOST, "races")
    assert (told.idiom, plain.idiom) == ("lost update", "unenforced order")
    assert [step.operation for step in told.steps] == ["read", "write", "write"]


def test_a_thread_still_spins_in_its_explanation_and_the_place_is_marked():
    told, plain = explained(SPIN, "spins")
    assert [(step.line, step.note) for step in told.steps if step.note] == [(6, "looks again and again")]
    assert not [step for step in plain.steps if step.value == "False"]


def test_a_task_that_spins_is_marked_where_it_looks():
    told, _ = explained(SPINNING_TASK, "spins")
    assert [(step.line, step.note) for step in told.steps if step.note] == [(4, "looks again and again")]


def test_a_task_that_blocks_its_loop_is_marked():
    told, _ = explained(STALL, "stalls")
    assert [(step.operation, step.line, step.note) for step in told.steps if step.note] == [
        ("sleep", 7, "meanwhile no other task can go on")
    ]
