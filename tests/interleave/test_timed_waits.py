"""On the free clock a wait that may time out does so before anybody else has moved, too, and that is searched."""

from __future__ import annotations

import pytest
from running import program
from test_library_in_hand import explored

from grader.interleave import explorer
from grader.interleave.schedule import Hesitant, deviations, preemptions

PROVEN = {
    "an item": (
        "q, got = queue.Queue(), []\nt = threading.Thread(target=q.put, args=(1,)); t.start()\n"
        "try: got.append(q.get(timeout=0.5))\nexcept queue.Empty: got.append('Empty')\nt.join()\nreturn got",
        [[1], ["Empty"]],
    ),
    "a semaphore": (
        "s = threading.Semaphore(0)\nt = threading.Thread(target=s.release); t.start()\n"
        "won = s.acquire(timeout=0.5)\nt.join()\nreturn won", [False, True],
    ),
    "a lock": (
        "lock, got = threading.Lock(), []\nlock.acquire()\n"
        "t = threading.Thread(target=lambda: got.append(lock.acquire(timeout=0.5))); t.start()\n"
        "lock.release()\nt.join()\nreturn got", [[False], [True]],
    ),
    "a lock by another name": (
        "lock, got = threading.Lock(), []\ntake = lock.acquire\ndef hold():\n    with lock: pass\n"
        "def late():\n    got.append(take(timeout=0.5))\n    if got[0]: lock.release()\n"
        "both(hold, late)\nreturn got", [[False], [True]],
    ),
    "an event": (
        "e = threading.Event()\nt = threading.Thread(target=e.set); t.start()\n"
        "seen = e.wait(0.01), e.is_set()\nt.join()\nreturn seen", [[False, False], [False, True], [True, True]],
    ),
    "a condition, and the lock only later": (
        "c, data = threading.Condition(), []\ndef add():\n    with c: data.append(1); c.notify()\n"
        "with c:\n    t = threading.Thread(target=add); t.start()\n    seen = c.wait(0.5), len(data)\n"
        "t.join()\nreturn seen", [[False, 0], [False, 1], [True, 1]],
    ),
    "a condition, for no time": (
        "c, data = threading.Condition(), []\ndef add():\n    with c: data.append(1); c.notify()\n"
        "with c:\n    t = threading.Thread(target=add); t.start()\n    seen = c.wait(0), len(data)\n"
        "t.join()\nreturn seen", [[False, 0], [False, 1], [True, 1]],
    ),
    "the end of a thread": (
        "t = threading.Thread(target=len, args=([],)); t.start()\nt.join(1)\nlives = t.is_alive()\nt.join()\n"
        "return lives", [False, True],
    ),
    "a timer": (
        "got = []\nt = threading.Timer(1, got.append, ['timer']); t.start()\ngot.append('main')\nt.join()\nreturn got",
        [["main", "timer"], ["timer", "main"]],
    ),
    "a timer that is cancelled": (
        "got = []\nt = threading.Timer(1, got.append, ['timer']); t.start()\nt.cancel()\nt.join()\nreturn got",
        [[], ["timer"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PROVEN)
def test_a_wait_times_out_first_too_and_all_orders_are_proven(what: str) -> None:
    body, values = PROVEN[what]
    seen, coverage = explored("", body)
    assert seen == sorted(values, key=repr)
    assert coverage.exhausted
    assert not coverage.notes


POLLING = {
    "an event": (
        "stop, got = threading.Event(), []\ndef work():\n    while not stop.wait(0.1): got.append(1)\n"
        "t = threading.Thread(target=work); t.start()\nstop.set()\nt.join()\nreturn min(len(got), 1)", [0, 1],
    ),
    "a queue": (
        "q, got = queue.Queue(), []\ndef work():\n    while len(got) < 2:\n"
        "        try: got.append(q.get(timeout=1))\n        except queue.Empty: pass\n"
        "t = threading.Thread(target=work); t.start()\nq.put(1); q.put(2)\nt.join()\nreturn got", [[1, 2]],
    ),
    "with a wait of its own each time": (
        "got = []\ndef work():\n    while not got: threading.Event().wait(1)\n"
        "t = threading.Thread(target=work); t.start()\ngot.append(1)\nt.join()\nreturn got", [[1]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", POLLING)
def test_whoever_polls_stands_back_so_that_each_order_ends_and_nothing_is_proven(what: str) -> None:
    body, values = POLLING[what]
    seen, coverage = explored("", body)
    assert seen == sorted(values, key=repr)
    assert not coverage.exhausted


def test_one_that_times_out_may_swallow_the_call_for_another_so_that_nothing_is_proven() -> None:
    body = """
        c, got = threading.Condition(), {}
        def wait(name, seconds):
            with c: got[name] = c.wait(seconds)
        a, b = threading.Thread(target=wait, args=("a", 1)), threading.Thread(target=wait, args=("b", 2))
        a.start(); b.start()
        with c: c.notify()
        a.join(); b.join()
        return got["a"], got["b"]
    """
    seen, coverage = explored("", body)
    assert seen == [[False, False], [False, True], [True, False]]
    assert not coverage.exhausted


def test_by_itself_a_thread_goes_on_waiting_and_leaving_it_is_no_preemption() -> None:
    waiting = Hesitant((0, 1))
    waiting.late = frozenset([0])
    assert deviations([(0, (0,)), (1, waiting), (0, (0,))]) == {}
    assert deviations([(0, (0,)), (0, waiting)]) == {(0, 1): 0}
    assert preemptions([(0, (0,)), (1, waiting)]) == 0


def test_the_first_order_tried_is_the_one_in_which_nothing_is_late() -> None:
    body = """
        def s(answer):
            q = queue.Queue()
            t = threading.Thread(target=q.put, args=(1,)); t.start()
            try: return q.get(timeout=1)
            except queue.Empty: return "Empty"
            finally: t.join()
    """
    made, seen = program(body), []
    explorer.explore(made, "s", {}, explorer.Plan(), lambda one: seen.append((one.value, one.schedule)) or True)
    assert seen[0] == (1, "")
    outcome = explorer.replay(made, "s", {}, seen[1][1], explorer.Plan()).outcome
    assert outcome is not None
    assert outcome.value == "Empty"
