"""Locks taken in different orders are told, with who and where, unless something keeps the threads apart."""

from textwrap import dedent

import pytest
from running import program

from grader.interleave.explorer import Plan, explore, replay
from grader.interleave.lock_order import LockOrders, name_of, possible
from grader.interleave.program import load
from grader.interleave.strategies.natural import Natural

SCENARIO = "def s(answer):\n    return answer.main()\n"
HEAD = """\
from threading import Condition, Event, Lock, RLock, Semaphore, Thread
from queue import Queue
def run(*functions):
    threads = [Thread(target=each, name="ABCDE"[place]) for place, each in enumerate(functions)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""
TWO = """
def main():
    left, right = {kind}(), {kind}()
    def one():
        with left:
            with right: pass
    def other():
        with right:
            with left: pass
    {threads}
"""


def orders(body):
    """The rings of the natural execution: (thread, outer words, inner words) of each."""
    made = load({"answer.py": HEAD + dedent(body)}, "answer", SCENARIO, "scenario.py")
    return orders_of(made)


def orders_of(made):
    watcher = LockOrders(made.engine.scheduler, made.engine.sites)
    strategy = Natural()
    strategy.begin()
    execution = made.engine.run(made.execution("s", {}), strategy, observers=(watcher,))
    assert execution.ending == "done", execution.detail
    sites = made.engine.sites
    # What the cheap look overlooks would never be watched.
    cheap = {name_of(ring) for ring in possible(execution, sites)}
    assert {name_of(ring) for ring in watcher.rings()} <= cheap
    return [
        [
            (execution.threads[one.thread], sites[one.held[ring[place - 1].inner]].words, sites[one.site].words)
            for place, one in enumerate(ring)
        ]
        for ring in watcher.rings()
    ]


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Condition"])
def test_two_orders_of_two_locks_are_a_ring_though_nothing_went_wrong(kind):
    found = orders(TWO.format(kind=kind, threads="run(one, other)"))
    assert found == [[("A", "left", "right"), ("B", "right", "left")]]


def test_one_order_everywhere_is_none():
    assert orders(TWO.format(kind="Lock", threads="run(one, one)")) == []


def test_three_threads_in_a_ring_are_found_once():
    found = orders("""
        def main():
            a, b, c = Lock(), Lock(), Lock()
            def nest(outer, inner):
                with outer:
                    with inner: pass
            run(lambda: nest(a, b), lambda: nest(b, c), lambda: nest(c, a))
    """)
    assert [[thread for thread, *_ in ring] for ring in found] == [["A", "B", "C"]]


def test_the_lock_in_the_middle_may_lie_between_the_two():
    found = orders("""
        def main():
            a, b, c = Lock(), Lock(), Lock()
            def one():
                with a, b, c: pass
            def other():
                with c, a: pass
            run(one, other)
    """)
    assert found == [[("A", "a", "c"), ("B", "c", "a")]]


@pytest.mark.parametrize("gate", ["Lock()", "Semaphore(1)"])
def test_a_gate_keeps_the_two_apart_while_both_are_inside(gate):
    # Nobody stands before the gate when it is given back, so that it tells nobody anything.
    body = f"""
        def main():
            gate, left, right, other_things = {gate}, Lock(), Lock(), Lock()
            def one():
                with gate:
                    {{inside}}
                {{outside}}
            def other():
                with other_things: pass
                with gate:
                    with right, left: pass
            run(one, other)
    """
    nested = "with left, right: pass"
    assert orders(body.format(inside=nested, outside="pass")) == []
    assert len(orders(body.format(inside="pass", outside=nested))) == 1


def test_two_gates_are_no_gate():
    found = orders("""
        def main():
            mine, yours, left, right = Lock(), Lock(), Lock(), Lock()
            def one():
                with mine, left, right: pass
            def other():
                with yours, right, left: pass
            run(one, other)
    """)
    assert found == [[("A", "left", "right"), ("B", "right", "left")]]


def test_who_is_started_after_the_other_was_joined_meets_nobody():
    assert orders(TWO.format(kind="Lock", threads="run(one); run(other)")) == []


def test_what_main_does_before_it_starts_the_other_is_over():
    assert orders(TWO.format(kind="Lock", threads="one(); run(other)")) == []


def test_a_lock_that_main_took_before_there_were_threads_is_held():
    found = orders(
        """
        def main():
            left, right = Lock(), Lock()
            def other():
                with right:
                    if left.acquire(timeout=1):
                        left.release()
                with right:
                    with left: pass
            thread = Thread(target=other, name="A")
            with left:
                thread.start()
                with right: pass
            thread.join()
        """,
    )
    assert found == [[("MainThread", "left", "right"), ("A", "right", "left")]]


@pytest.mark.parametrize(
    ("tell", "hear"),
    [("gone.set()", "gone.wait()"), ("items.put(1)", "items.get()")],
)
def test_who_waits_until_the_other_tells_meets_nobody(tell, hear):
    body = """
        def main():
            left, right, gone, items = Lock(), Lock(), Event(), Queue()
            def one():
                with left:
                    with right: pass
                {tell}
            def other():
                {hear}
                with right:
                    with left: pass
            run({first})
    """
    for first in ("one, other", "other, one"):
        assert orders(body.format(tell=tell, hear=hear, first=first)) == []
        assert orders(body.format(tell="pass", hear="pass", first=first)) != []


def test_telling_inside_the_ring_does_not_keep_it_from_closing():
    found = orders("""
        def main():
            left, right, gone = Lock(), Lock(), Event()
            def one():
                with left:
                    gone.set()
                    with right: pass
            def other():
                gone.wait()
                with right:
                    with left: pass
            run(one, other)
    """)
    assert found == [[("A", "left", "right"), ("B", "right", "left")]]


def test_one_thread_alone_takes_them_in_any_order():
    assert orders(TWO.format(kind="Lock", threads="run(lambda: (one(), other()), lambda: None)")) == []


def test_an_rlock_taken_again_is_waited_for_by_nobody():
    found = orders("""
        def main():
            left, right = RLock(), RLock()
            def one():
                with left, right, left: pass
            run(one, one)
    """)
    assert found == []


@pytest.mark.parametrize("attempt", ["acquire(blocking=False)", "acquire(timeout=1)"])
def test_who_gives_up_waits_for_nobody(attempt):
    body = """
        def main():
            left, right = Lock(), Lock()
            def one():
                with left:
                    with right: pass
            def other():
                with right:
                    if left.{attempt}:
                        left.release()
            run(one, other)
    """
    assert orders(body.format(attempt=attempt)) == []
    assert orders(body.format(attempt="acquire()")) != []


@pytest.mark.parametrize("timeout", ["", "timeout=1"])
def test_a_wait_gives_its_lock_back_and_takes_it_again(timeout):
    # Taken back while `right` is held: whoever holds the condition's lock and wants `right` can stop it.
    body = """
        def main():
            ready, right, done = Condition(), Lock(), []
            def one():
                with ready:
                    {nested}:
                        while not done: ready.wait({timeout})
            def other():
                with ready:
                    done.append(1)
                    ready.notify()
            def third():
                with ready:
                    with right: pass
            run(third, one, other)
    """
    (found,) = orders(body.format(nested="with right", timeout=timeout))
    assert [(thread, outer) for thread, outer, _ in found] == [("A", "ready"), ("B", "right")]
    assert orders(body.format(nested="if True", timeout=timeout)) == []


@pytest.mark.parametrize(("mine", "yours", "rings"), [("turn.release()", "pass", 1), ("pass", "turn.release()", 0)])
def test_a_lock_that_another_gives_back_is_a_signal_and_no_part_of_a_ring(mine, yours, rings):
    body = f"""
        def main():
            turn, data = Lock(), Lock()
            def one():
                turn.acquire()
                with data: pass
                {mine}
            def other():
                with data: pass
                {yours}
                with data:
                    with turn: pass
            run(one, other)
    """
    assert len(orders(body)) == rings


def test_a_semaphore_is_nobodys_and_no_part_of_a_ring():
    assert orders(TWO.format(kind="Semaphore", threads="run(one, other)")) == []


def test_what_a_scenario_does_is_not_the_answers_doing():
    made = program("""
        def s(answer):
            left, right = threading.Lock(), threading.Lock()
            def nest(outer, inner):
                with outer:
                    with inner: pass
            together(lambda: nest(left, right), lambda: nest(right, left))
    """)
    assert orders_of(made) == []


def test_a_loop_says_it_once():
    found = orders("""
        def main():
            left, right = Lock(), Lock()
            def nest(outer, inner):
                for _ in range(500):
                    with outer:
                        with inner: pass
            run(lambda: nest(left, right), lambda: nest(right, left))
    """)
    assert len(found) == 1


def test_a_search_of_everything_says_nothing():
    # The two meet only in the order that the flag allows, which no lock and no signal shows.
    made = load({"answer.py": HEAD + dedent(FLAG)}, "answer", SCENARIO, "scenario.py")
    assert len(orders_of(made)) == 1
    coverage = explore(made, "s", {}, Plan(), lambda _: True)
    assert (coverage.exhausted, coverage.lock_orders) == (True, ())
    some = explore(made, "s", {}, Plan(executions=1), lambda _: True)
    assert (some.exhausted, len(some.lock_orders)) == (False, 1)


FLAG = """
    class Flag: up = False
    def main():
        left, right, flag, seen = Lock(), Lock(), Flag(), []
        def one():
            with left:
                with right: pass
            flag.up = True
        def other():
            if flag.up:
                with right:
                    with left: pass
        run(one, other)
"""

DEEP = """
    def main():
        left, right, steps = Lock(), Lock(), []
        def one():
            with left:
                with right: pass
            for _ in range(40):
                steps.append(1)
        def other():
            with right:
                with left: pass
            for _ in range(40):
                steps.append(1)
        run(one, other)
        return "done"
"""


def test_a_deadlock_that_the_budget_does_not_reach_is_named_with_lines_and_a_schedule():
    made = load({"answer.py": HEAD + dedent(DEEP)}, "answer", SCENARIO, "scenario.py")
    plan, seen = Plan(executions=60), []
    coverage = explore(made, "s", {}, plan, lambda outcome: not seen.append(outcome.ending))
    assert seen == ["done"]
    (order,) = coverage.lock_orders
    assert [(one.thread, one.outer, one.outer_line, one.inner, one.inner_line) for one in order.nestings] == [
        ("A", "left", 11, "right", 12),
        ("B", "right", 16, "left", 17),
    ]
    assert {one.inner_file for one in order.nestings} == {"answer.py"}
    assert replay(made, "s", {}, order.schedule, plan).outcome.value == "done"


def test_on_the_exact_clock_nothing_is_said():
    made = load({"answer.py": HEAD + dedent(FLAG)}, "answer", SCENARIO, "scenario.py")
    assert explore(made, "s", {}, Plan(executions=1, clock="exact"), lambda _: True).lock_orders == ()


def test_data_races_may_be_ignored_and_lock_orders_are_told_all_the_same():
    made = load({"answer.py": HEAD + dedent(FLAG)}, "answer", SCENARIO, "scenario.py")
    assert len(explore(made, "s", {}, Plan(executions=1, races="ignore"), lambda _: True).lock_orders) == 1
