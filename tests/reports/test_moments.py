"""What is known of values, locks and threads after each step."""

from __future__ import annotations

import pytest

from grader.reports.moments import UNKNOWN, Moments, moments
from grader.trace import Step, Trace

BALANCE, LOCK, OTHER = 2, 4, 6


def step(thread: int, operation: str, key: int, value: str = "", target: str = "", **more) -> Step:
    words = target or {BALANCE: "self.balance", LOCK: "self.lock", OTHER: "other"}.get(key, "something")
    return Step(thread, "bank.py", 10 + thread, operation, words, value, key=key, **more)


def of(*steps: Step, telling: tuple[int, ...] = ()) -> Moments:
    return moments(Trace(("MainThread", "A", "B"), steps, (), telling=telling))


LOST = (
    step(1, "read", BALANCE, "100"),
    step(2, "read", BALANCE, "100"),
    step(1, "write", BALANCE, "110"),
    step(2, "write", BALANCE, "105"),
)
LOCKED = (
    step(1, "acquire", LOCK),
    step(1, "write", BALANCE, "1"),
    step(1, "release", LOCK),
    step(2, "acquire", LOCK),
    step(2, "write", BALANCE, "2"),
    step(2, "release", LOCK),
)


def values(shown: Moments, name: str) -> list[str]:
    place = shown.values.index(name)
    return [told(shown, moment.values[place]) for moment in shown.moments]


def known(shown: Moments, thread: int) -> list[str]:
    return [told(shown, moment.known[0][thread]) for moment in shown.moments]


def told(shown: Moments, number: int) -> str:
    return "?" if number == UNKNOWN else shown.steps[number].value


def stands(shown: Moments, thread: int) -> list[str]:
    return [moment.threads[thread].says for moment in shown.moments]


def test_there_is_a_moment_before_the_first_step_and_one_after_each():
    assert len(of(*LOST).moments) == len(LOST) + 1


def test_a_value_is_what_was_written_last_and_before_that_what_was_first_read():
    assert values(of(*LOST), "self.balance") == ["100", "100", "100", "110", "105"]


def test_a_value_that_nobody_looked_at_is_not_known_before_it_is_written():
    assert values(of(*LOCKED), "self.balance")[:3] == ["?", "?", "1"]


def test_a_thread_knows_what_it_read_or_wrote_last_even_when_that_is_out_of_date():
    assert known(of(*LOST), thread=1) == ["?", "?", "100", "100", "105"]


def test_a_lock_is_held_from_taking_to_giving_back():
    assert [moment.owners[0] for moment in of(*LOCKED).moments] == [UNKNOWN, 0, 0, UNKNOWN, 1, 1, UNKNOWN]


def test_who_is_about_to_take_a_lock_that_another_holds_waits_for_it():
    shown = of(*LOCKED)
    assert [moment.waiting[0] for moment in shown.moments] == [(), (1,), (1,), (), (), (), ()]
    assert stands(shown, thread=1)[:4] == [
        "next: acquire self.lock",
        "waits for self.lock, held by A",
        "waits for self.lock, held by A",
        "next: acquire self.lock",
    ]


def test_a_thread_without_further_steps_is_through():
    assert stands(of(*LOCKED), thread=0)[-1] == "is through"


def test_what_is_never_had_is_waited_for_to_the_end():
    shown = of(
        step(1, "acquire", LOCK),
        step(2, "acquire", OTHER),
        step(1, "acquire", OTHER, result="never"),
        step(2, "acquire", LOCK, result="never"),
    )
    assert [each.says for each in shown.moments[-1].threads] == [
        "waits for other, held by B",
        "waits for self.lock, held by A",
    ]
    assert dict(zip(shown.locks, shown.moments[-1].waiting, strict=True)) == {"self.lock": (1,), "other": (0,)}


def test_who_wants_a_lock_that_it_holds_waits_for_itself():
    shown = of(step(1, "acquire", LOCK), step(1, "acquire", LOCK, result="never"), step(2, "notify", LOCK))
    assert shown.moments[-1].threads[0].says == "waits for self.lock, held by itself"


def test_a_try_in_vain_takes_nothing():
    shown = of(step(1, "acquire", LOCK), step(2, "try", LOCK, result="in vain"), step(1, "release", LOCK))
    assert [moment.owners[0] for moment in shown.moments] == [UNKNOWN, 0, 0, UNKNOWN]


def test_a_waiter_is_woken_and_then_needs_the_lock_back():
    shown = of(
        step(1, "acquire", LOCK),
        step(1, "release", LOCK),
        step(2, "acquire", LOCK),
        step(2, "notify", LOCK, wakes=(1,)),
        step(2, "release", LOCK),
        step(1, "wait", LOCK),
        step(1, "release", LOCK),
    )
    assert stands(shown, thread=0)[2:7] == [
        "waits on self.lock to be woken",
        "waits on self.lock to be woken",
        "is woken, and waits for self.lock, held by B",
        "next: wait self.lock",
        "next: release self.lock",
    ]
    assert shown.moments[6].owners == (0,)


def test_a_wait_that_timed_out_has_its_lock_back():
    given = (step(2, "acquire", LOCK), step(2, "release", LOCK), step(1, "acquire", LOCK), step(1, "release", LOCK))
    shown = of(*given, step(1, "wait", LOCK, result="in vain"))
    assert [moment.owners[0] for moment in shown.moments[-2:]] == [UNKNOWN, 0]


def test_what_is_only_ever_held_for_an_instant_is_a_signal():
    signalled = (step(1, "acquire", OTHER), step(1, "notify", OTHER), step(1, "release", OTHER))
    shown = of(*LOCKED, *signalled, step(2, "acquire", OTHER), step(2, "release", OTHER))
    assert dict(zip(shown.locks, shown.signals, strict=True)) == {"self.lock": False, "other": True}
    assert [shown.steps[n].target for n in range(len(shown.steps)) if n not in shown.every] == ["other", "other"]


def test_what_one_thread_has_for_itself_is_left_out_and_so_is_what_nobody_changes():
    shown = of(step(0, "read", 8, "mine"), step(1, "read", 9, "all"), step(2, "read", 9, "all"), *LOST)
    assert shown.values == ("self.balance",)
    assert shown.threads == ("A", "B")


def test_a_marked_step_is_kept_whatever_it_touches():
    shown = of(step(0, "read", 8, "mine"), *LOST, telling=(0, 3))
    assert shown.telling == (0, 3)
    assert shown.steps[0].value == "mine"


def test_without_marks_every_step_tells():
    assert of(*LOST).telling == (0, 1, 2, 3)


def test_two_things_of_one_name_are_told_apart():
    two = (step(1, "write", 20, target="x.n"), step(2, "write", 22, target="x.n"))
    shown = of(*two, step(2, "read", 20, target="x.n"), step(1, "read", 22, target="x.n"))
    assert shown.values == ("x.n (1)", "x.n (2)")
    assert [each.target for each in shown.steps] == ["x.n (1)", "x.n (2)", "x.n (1)", "x.n (2)"]


def test_one_thing_of_two_names_keeps_both():
    shown = of(step(1, "write", BALANCE, "1"), step(2, "write", BALANCE, "2", target="mine.balance"))
    assert shown.values == ("self.balance",)
    assert shown.steps[1].target == "mine.balance (the same as self.balance)"


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Step(-5, "", -1, "", ""),),
        (step(7, "release", LOCK), step(99, "notify", LOCK, wakes=(3, -1, 10**9)), step(7, "wait", -1)),
        (step(1, "acquire", LOCK, result="never"), step(1, "write", LOCK, "x"), step(1, "wait", LOCK, result="never")),
    ],
)
def test_a_trace_without_sense_gives_moments_all_the_same(steps: tuple[Step, ...]):
    shown = of(*steps, telling=(5, -1))
    assert len(shown.moments) == len(shown.steps) + 1


def test_who_waits_for_a_semaphore_waits_until_somebody_gives_it_back():
    given = of(step(1, "release", LOCK, wakes=(2,)), step(2, "acquire", LOCK), step(2, "write", BALANCE, "1"))
    assert stands(given, 1)[:2] == ["waits for self.lock", "next: acquire self.lock"]
    shown = of(step(1, "acquire", LOCK), step(1, "release", LOCK, wakes=(2,)), step(2, "acquire", LOCK))
    assert stands(shown, 1)[1:3] == ["waits for self.lock, held by A", "next: acquire self.lock"]
