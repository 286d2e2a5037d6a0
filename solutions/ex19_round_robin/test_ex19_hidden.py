"""The hidden checks of ex19: turns, naps and accidents are drawn, and a scheduler is used twice."""

from __future__ import annotations

import heapq
import time
from collections import deque

from grader.checks import check, same, scenario


@scenario
def played(answer, plays):
    """tasks that do what {plays} says: 0 pauses, a number sleeps, "x" raises"""
    scheduler, said = answer.Scheduler(), []

    def play(name):
        for number, act in enumerate(plays[name]):
            said.append([name, number, round(time.monotonic() - start, 6)])
            if act == "x":
                raise LookupError(name)
            if act:
                scheduler.sleep(act)
            else:
                scheduler.pause()

    start = time.monotonic()
    tasks = {name: scheduler.spawn(play, name) for name in plays}
    scheduler.run()
    return {"said": said, "errors": [name for name in plays if isinstance(tasks[name].error, LookupError)]}


def right(plays):
    """The same by a list of who is ready and a list of who sleeps, without any tasks."""
    ready, asleep, said, errors = deque((name, 0) for name in plays), [], [], []
    now, serial = 0.0, 0
    while ready or asleep:
        if not ready:
            now = asleep[0][0]
        while asleep and asleep[0][0] <= now:
            ready.append(heapq.heappop(asleep)[2])
        name, number = ready.popleft()
        if number == len(plays[name]):
            continue
        said.append([name, number, round(now, 6)])
        act = plays[name][number]
        serial += 1
        if act == "x":
            errors.append(name)
        elif act:
            heapq.heappush(asleep, (now + act, serial, (name, number + 1)))
        else:
            ready.append((name, number + 1))
    return {"said": said, "errors": [name for name in plays if name in errors]}


@check(kind="FAIR", points="1/2", hint="Play it by hand with two lists: who is ready, and who sleeps until when.")
def test_a_drawn_play(box):
    """Five tasks that pause, sleep and raise as drawn: who speaks when is as it must be."""
    random = box.random
    naps = [0, 0, 0.5, 1.25, 2.0]
    plays = {name: [random.choice(naps) for _ in range(random.randint(1, 4))] for name in "ABCDE"}
    plays[random.choice("ABCDE")].append("x")
    wanted = right(plays)
    box.explore(
        played,
        plays=plays,
        clock="exact",
        executions=10,
        allowed=lambda seen: same(seen, wanted),
        expected=str(wanted["said"]),
    )


@scenario
def used_twice(answer, crowd, turns):
    """{crowd} tasks with {turns} turns each; then run() once more, with one task that was spawned later"""
    scheduler, total, late = answer.Scheduler(), [], []

    def work():
        for _ in range(turns):
            total.append(1)
            scheduler.pause()

    for _ in range(crowd):
        scheduler.spawn(work)
    scheduler.run()
    first = len(total)
    scheduler.spawn(late.append, "later")
    before = list(late)
    scheduler.run()
    scheduler.run()
    return [first, before, late, len(total)]


@check(kind="LIVE", points="1/2", hint="Does every switch go by way of the hub? And what does run() leave behind?")
def test_a_crowd_and_a_second_run(box):
    """Many tasks with many turns all end; run() can be called again, and with nothing to do returns at once."""
    crowd, turns = box.random.randint(20, 30), box.random.randint(20, 30)
    wanted = [crowd * turns, [], ["later"], crowd * turns]
    box.call(used_twice, crowd=crowd, turns=turns, expected=wanted)
