"""The engine finds what goes wrong, names it, and finds nothing where nothing is."""

import gc
import sys
import warnings

import pytest
from running import Follow, many, program, run, sure, values

from grader.interleave.strategies.natural import Natural

LOST_UPDATE = """
    class Account:
        def __init__(self):
            self.balance = 0
        def deposit(self):
            self.balance += 1

    def s(answer):
        account = Account()
        together(account.deposit, account.deposit)
        return account.balance
"""


def test_natural_order_loses_no_update():
    execution = run(LOST_UPDATE)
    assert (execution.ending, execution.value) == ("done", 2)


def test_some_order_loses_an_update():
    assert sorted(values(many(LOST_UPDATE))) == [1, 2]


def test_a_lock_keeps_every_update():
    body = """
        def s(answer):
            lock, total = threading.Lock(), [0]
            def add():
                with lock:
                    total[0] += 1
            together(add, add, add)
            return total
    """
    assert sure(body) == [3]


def test_choices_tell_what_was_done_who_could_run_and_who_was_chosen_before():
    execution = run(LOST_UPDATE, Follow([0, 1, 2, 1, 2]))  # main first looks at its list of threads
    kinds = [(operation.thread, operation.kind) for operation, *_ in execution.choices]
    assert kinds[1:5] == [(1, "read"), (2, "read"), (1, "write"), (2, "write")]
    operation, runnable, before = execution.choices[2]
    assert (operation.thread, runnable, before) == (2, (1, 2), 1)
    assert execution.value == 1


def test_threads_have_their_names():
    assert run(LOST_UPDATE).threads == {0: "MainThread", 1: "A", 2: "B"}


def test_a_child_is_numbered_by_its_parent():
    body = """
        def s(answer):
            def inner(): together(lambda: None)
            together(inner, inner)
    """
    assert {tuple(sorted(one.threads)) for one in many(body)} == {(0, 1, 2, 101, 201)}


def test_locks_taken_in_two_orders_deadlock_and_the_sentences_say_who_holds_what():
    body = """
        class Pair:
            def __init__(self):
                self.left, self.right = threading.Lock(), threading.Lock()
            def one(self):
                with self.left:
                    with self.right: pass
            def other(self):
                with self.right:
                    with self.left: pass

        def s(answer):
            pair = Pair()
            together(pair.one, pair.other)
    """
    execution = run(body, Follow([1, 2]))
    assert execution.ending == "deadlock"
    assert execution.detail == (
        "MainThread waits for A to end",
        "A waits at test_it.py:8 (self.right): held by B since test_it.py:10 (self.right)",
        "B waits at test_it.py:11 (self.left): held by A since test_it.py:7 (self.left)",
    )
    assert {operation.kind for operation in execution.pending.values()} == {"join", "acquire"}


def test_a_lost_notification_is_named():
    body = """
        def s(answer):
            told = threading.Condition()
            def waiter():
                with told:
                    told.wait()
            thread = threading.Thread(target=waiter, name="W")
            thread.start()
            with told:
                told.notify()
            thread.join()
    """
    endings = {one.ending: one for one in many(body)}
    assert set(endings) == {"done", "deadlock"}
    assert any("woke nobody" in sentence for sentence in endings["deadlock"].detail)


def test_a_thread_that_never_ends_after_the_scenario_is_a_leak():
    body = """
        def s(answer):
            lock = threading.Lock()
            lock.acquire()
            threading.Thread(target=lock.acquire, daemon=DAEMON).start()
            return 1
    """
    execution = run(body.replace("DAEMON", "False"))
    assert (execution.ending, execution.value) == ("leak", 1)
    assert "held by MainThread" in execution.detail[0]
    assert run(body.replace("DAEMON", "True")).ending == "done"


def test_the_scenario_ends_when_every_thread_has_ended():
    body = """
        def s(answer):
            seen = []
            threading.Thread(target=lambda: seen.append(1)).start()
            return seen
    """
    assert values(many(body)) == [[]]


def test_an_exception_of_the_scenario_is_told_with_its_innermost_line_in_the_answer():
    execution = run("def s(answer):\n    answer.fail()", answer="\n\ndef fail():\n    return {}['x']")
    assert execution.ending == "raised"
    assert execution.error[1:] == ("KeyError", "'x'", "answer.py", 4)
    assert execution.detail == ("MainThread: KeyError: 'x' at answer.py:4",)


def test_an_exception_that_escapes_from_a_thread_is_told_and_nothing_reaches_stderr(capfd):
    body = """
        def s(answer):
            def fail(): raise ValueError("no")
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            return 5
    """
    execution = run(body)
    assert (execution.ending, execution.value) == ("raised", 5)
    assert [failure[:3] for failure in execution.thread_errors] == [(1, "ValueError", "no")]
    assert capfd.readouterr().err == ""


def test_leaving_the_program_is_raised():
    assert run("def s(answer):\n    import sys; sys.exit(3)").error.type == "SystemExit"


def test_what_is_printed_is_kept(capsys):
    execution = run("def s(answer):\n    print('hello')")
    assert execution.printed == "hello\n"
    assert capsys.readouterr().out == ""


def test_addresses_are_not_told():
    assert run("def s(answer):\n    raise ValueError(object())").error.message == "<object object at 0x...>"


@pytest.mark.parametrize("loop", ["while True: pass", "for _ in iter(int, 1): pass"])
def test_an_endless_loop_without_shared_data_is_a_livelock(loop):
    execution = run(f"def s(answer):\n    {loop}", limit=100)
    assert execution.ending == "livelock"
    assert "test_it.py:4" in execution.detail[0]


def test_threads_that_move_for_ever_are_a_livelock():
    body = """
        def s(answer):
            count = [0]
            def work():
                while True: count[0] += 1
            together(work, work)
    """
    execution = run(body, limit=300)
    assert execution.ending == "livelock"
    assert len(execution.choices) == 300


SPIN = """
    class Flag:
        up = False

    def s(answer):
        flag = Flag()
        def wait():
            while not flag.up: PASS
            return 1
        def raise_():
            flag.up = True
        return together(WHO)
"""


@pytest.mark.parametrize("clock", ["free", "exact"])
@pytest.mark.parametrize("body", ["pass", "time.sleep(0.1)", "time.sleep(0)"])
def test_a_spin_ends_when_somebody_changes_what_it_looks_at(body, clock):
    executions = many(SPIN.replace("PASS", body).replace("WHO", "wait, raise_"), clock=clock)
    assert {one.ending for one in executions} == {"done"}
    # On the exact clock the other thread is done before the first sleep is over.
    polls_in_vain = clock == "free" or body != "time.sleep(0.1)"
    assert {spin.thread for one in executions for spin in one.spins} == ({1} if polls_in_vain else set())


@pytest.mark.parametrize("clock", ["free", "exact"])
@pytest.mark.parametrize("body", ["pass", "time.sleep(0.1)"])
def test_a_spin_that_nobody_ends_is_a_busy_wait(body, clock):
    execution = run(SPIN.replace("PASS", body).replace("WHO", "wait"), clock=clock)
    assert execution.ending == "busy-wait"
    assert "while not flag.up" in execution.detail[0]


def test_a_loop_that_gets_on_is_no_spin():
    body = """
        class Limit: value = 50
        def s(answer):
            limit = Limit()
            def count():
                n = 0
                while n < limit.value: n += 1
                return n
            def change(): limit.value = 40
            return together(count, change)[0]
    """
    assert all(not one.spins for one in many(body))


def test_threads_that_are_left_unwind_through_finally_without_scheduling():
    body = """
        def s(answer):
            lock, log = threading.Lock(), []
            lock.acquire()
            def wait():
                try:
                    lock.acquire()
                finally:
                    log.append(1)
                    with lock: pass
            threading.Thread(target=wait, daemon=True).start()
            return log
    """
    made = program(body)
    strategy = Natural()
    for _ in range(3):
        strategy.begin()
        assert made.engine.run(made.execution("s", {}), strategy).value == []
    assert made.engine.scheduler.stuck == []


def test_a_thread_that_catches_everything_for_ever_still_unwinds():
    body = """
        def s(answer):
            lock = threading.Lock()
            lock.acquire()
            def stubborn():
                while True:
                    try: lock.acquire()
                    except: pass
            threading.Thread(target=stubborn, daemon=True).start()
    """
    assert run(body).ending == "done"


def test_an_abandoned_execution_is_marked_and_the_strategy_is_told():
    strategy = Follow([1, -1])
    execution = run(LOST_UPDATE, strategy)
    assert execution.abandoned
    assert strategy.ended is execution
    assert len(execution.choices) == 1


def test_the_answer_is_imported_anew_in_each_execution():
    executions = many("def s(answer):\n    answer.seen.append(1)\n    return answer.seen", 3, answer="seen = []")
    assert values(executions) == [[1]]


def test_random_numbers_are_the_same_in_each_execution():
    assert isinstance(sure("def s(answer):\n    import random\n    return random.random()", times=5), float)


def test_streams_modules_and_the_collector_are_as_before():
    before = sys.stdout, sys.stderr, sys.stdin, gc.isenabled()
    run("def s(answer):\n    return 1")
    assert before == (sys.stdout, sys.stderr, sys.stdin, gc.isenabled())
    assert "answer" not in sys.modules


def test_a_thread_that_computes_does_not_stop_the_exact_clock():
    body = """
        def s(answer):
            stop, count = [], [0]
            def work():
                while not stop: count[0] += 1
            thread = threading.Thread(target=work)
            thread.start()
            time.sleep(1)
            stop.append(1)
            thread.join()
    """
    execution = run(body, clock="exact")
    assert (execution.ending, execution.makespan) == ("done", 1.0)


def test_waiting_is_free_and_the_makespan_exact():
    body = """
        def s(answer):
            gate = threading.Semaphore(2)
            def work():
                with gate: time.sleep(1)
            together(*[work] * 5)
    """
    assert {one.makespan for one in many(body, 30, clock="exact")} == {3.0}


def test_sleeping_orders_nothing_on_the_free_clock():
    body = """
        def s(answer):
            seen = []
            thread = threading.Thread(target=lambda: seen.append(1))
            thread.start()
            time.sleep(0.5)
            found = list(seen)
            thread.join()
            return found
    """
    assert values(many(body, clock="exact")) == [[1]]
    assert sorted(values(many(body, clock="free"))) == [[], [1]]


CHAIN = """
    def s(answer):
        seen = []
        def start(left):
            if left:
                thread = threading.Thread(target=start, args=(left - 1,))
                thread.start()
                thread.join()
            seen.append(left)
        start(150)
        return len(seen)
"""
DEEP = """
    import sys
    def s(answer):
        sys.setrecursionlimit(sys.getrecursionlimit() + 100)
        def fall(n):
            try:
                return fall(n + 1)
            except RecursionError:
                return n
        def start(n):
            return start(n - 1) if n else together(*[lambda: fall(0)] * 2)
        return [sys.getrecursionlimit()] + [one["value"] for n in (0, 300) for one in start(n)]
"""


def test_a_thread_begins_at_the_bottom_of_its_stack_however_deep_the_one_is_that_starts_it():
    assert run(CHAIN).value == 151
    limit, *depths = sure(DEEP)
    assert limit == sys.getrecursionlimit() + 100
    assert len(depths) == 4
    assert len(set(depths)) == 1


def test_filters_of_warnings_are_those_of_before_in_each_execution():
    body = """
    def s(answer):
        import warnings
        before = len(warnings.filters)
        def work():
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                time.sleep(1)
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        warnings.simplefilter("ignore")
        return before
    """
    filters = warnings.filters, list(warnings.filters), warnings.showwarning
    executions = many(body, 20)
    assert {one.value for one in executions} == {len(filters[1])}
    assert (warnings.filters, list(warnings.filters), warnings.showwarning) == filters
    assert warnings.filters is filters[0]
