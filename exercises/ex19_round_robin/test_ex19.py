"""The public checks of ex19. The hidden ones draw who pauses, who sleeps and for how long."""

from __future__ import annotations

import time

from grader.checks import attempt, check, same, scenario


def in_turn(rounds):
    """A1 B1 C1 A2 ...: who has said everything is passed over."""
    longest = max(rounds.values(), default=0)
    return [f"{name}{turn}" for turn in range(1, longest + 1) for name in rounds if turn <= rounds[name]]


@scenario
def demo(answer):
    """dead_at_the_end()"""
    return answer.dead_at_the_end()


@check(kind="EDGE", points="1/2", hint="Which of them has come to the end of its function? The others only wait.")
def test_the_demo_of_the_notes(box):
    """In the demo of the notes one of the three greenlets has ended, and it is said which."""
    box.call(
        demo,
        allowed=lambda seen: same(seen, {"test1": False, "test2": True, "test3": False}),
        expected="the one that has come to its end, and no other",
    )


@scenario
def taken_turns(answer, rounds):
    """tasks that speak and pause, as often as {rounds} says; what comes after run() is said last"""
    scheduler, said = answer.Scheduler(), []

    def speak(name):
        for turn in range(1, rounds[name] + 1):
            said.append(f"{name}{turn}")
            rest(scheduler)

    for name in rounds:
        scheduler.spawn(speak, name)
    said.append("nothing yet")
    scheduler.run()
    return [*said, "end"]


def rest(scheduler):
    """Deep inside."""
    scheduler.pause()


@check(kind="FAIR", points=1, hint="Who is next, when somebody pauses? And who, when somebody has ended?")
def test_tasks_take_turns(box):
    """A1 B1 C1 A2 B2 ...: first come, first served; then run() returns."""
    for rounds in ({"A": 3, "B": 3, "C": 3}, {"A": 1, "B": 3, "C": 2}, {"A": 2}, {}):
        right = ["nothing yet", *in_turn(rounds), "end"]
        box.explore(
            taken_turns,
            rounds=rounds,
            allowed=lambda said, right=right: same(said, right),
            expected=" ".join(right),
            executions=100,
        )


@scenario
def family(answer):
    """A, which pauses twice, spawns C, which ends at once and spawns D; B and D pause once"""
    scheduler, said = answer.Scheduler(), []

    def speak(name, pauses, *children):
        said.append(f"{name} begins")
        for child in children:
            scheduler.spawn(speak, *child)
        for _ in range(pauses):
            scheduler.pause()
            said.append(f"{name} goes on")
        said.append(f"{name} ends")

    scheduler.spawn(speak, "A", 2, ("C", 0, ("D", 1)))
    scheduler.spawn(speak, "B", 1)
    scheduler.run()
    return said


FAMILY = [
    *("A begins", "B begins", "C begins", "C ends", "A goes on", "B goes on", "B ends"),
    *("D begins", "A goes on", "A ends", "D goes on", "D ends"),
]


@check(
    kind="LIVE",
    points="1/2",
    hint="Who is the parent of a greenlet that a task has made? Where does it go when it ends?",
)
def test_tasks_spawn_tasks(box):
    """A task that is spawned by a task comes behind all that are ready; all of them end."""
    box.explore(family, allowed=lambda said: same(said, FAMILY), expected=", ".join(FAMILY), executions=100)


@scenario
def accident(answer):
    """B raises KeyError('paper') in its second turn; A and C have three turns"""
    scheduler, said = answer.Scheduler(), []

    def speak(name):
        for turn in range(1, 4):
            if (name, turn) == ("B", 2):
                raise KeyError("paper")
            said.append(f"{name}{turn}")
            scheduler.pause()

    tasks = [scheduler.spawn(speak, name) for name in "ABC"]
    out = attempt(scheduler.run)
    return {"run": out, "said": said, "errors": [repr(task.error) for task in tasks]}


@check(kind="EXC", points="1/2", hint="What a greenlet lets escape comes out where its parent called switch().")
def test_a_task_that_raises_ends_alone(box):
    """A task that raises has the exception in its error; run() raises nothing, and the others go on."""
    wanted = {
        "run": {"value": None},
        "said": ["A1", "B1", "C1", "A2", "C2", "A3", "C3"],
        "errors": ["None", "KeyError('paper')", "None"],
    }
    box.explore(accident, allowed=lambda seen: same(seen, wanted), expected=str(wanted), executions=100)


@scenario
def sleepers(answer, naps):
    """tasks that sleep as {naps} says, and one that pauses three times meanwhile"""
    scheduler, said = answer.Scheduler(), []

    def doze(name):
        for seconds in naps[name]:
            scheduler.sleep(seconds)
            said.append([name, round(time.monotonic() - start, 6)])

    def work():
        for turn in range(3):
            said.append([f"work {turn}", round(time.monotonic() - start, 6)])
            scheduler.pause()

    start = time.monotonic()
    for name in naps:
        scheduler.spawn(doze, name)
    scheduler.spawn(work)
    scheduler.run()
    return said


@check(kind="PAR", points="1/2", hint="If a task calls time.sleep, all others sleep, too. Who may call it, and when?")
def test_sleeping_holds_up_nobody(box):
    """While some sleep the others go on; who sleeps wakes at its time, and nobody asks for the time again and again."""
    naps = {"A": [3.125], "B": [1.0, 1.0], "C": [2.0]}
    working = [[f"work {turn}", 0.0] for turn in range(3)]
    right = [*working, ["B", 1.0], ["C", 2.0], ["B", 2.0], ["A", 3.125]]
    box.explore(
        sleepers,
        naps=naps,
        clock="exact",
        executions=20,
        allowed=lambda said: same(said, right),
        expected=str(right),
    )
