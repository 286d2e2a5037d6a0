"""What the meter counts of a real tree: facts without thresholds of time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec import Struct

from grader import speedup
from grader.processes import kernel
from grader.processes.run import run
from grader.processes.watch import Watch
from grader.speedup import Meter, _Count, has_one_lock, metered
from grader.trace import Metered

SCENARIO = "def call(answer):\n    return answer.main()\n"
ALONE = "def call(answer):\n    return answer is None and sum(range(100000))\n"
WORK = """
    import multiprocessing, os, threading, time

    def burn():
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
"""


class Job(Struct, frozen=True):
    source: str = SCENARIO
    file: str = "test_program.py"
    scenario: str = "call"
    arguments: dict[str, object] = {}
    start_method: str | None = "fork"
    time_limit: float = 20.0


def counted(program: str, job: Job | None = None, module: str = "answer") -> Metered:
    meter = Meter()
    ran = run(job or Job(), {"answer.py": dedent(WORK) + dedent(program)} if module else {}, module, meter)  # type: ignore[arg-type]
    assert ran.ending == "returned", ran
    told = metered(meter, ran.facts)
    assert told is not None
    return told


TWO = """
    def main():
        children = [multiprocessing.Process(target=burn) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
"""


def test_each_process_has_its_share() -> None:
    told = counted(TWO)
    assert len(told.shares) == 3
    assert sum(share.run > 0.01 for share in told.shares) >= 2
    assert not any(share.born for share in told.shares)
    assert told.wall > 0.02


def test_threads_are_one_process_unless_they_run_at_the_same_time() -> None:
    told = counted("""
    def main():
        threads = [threading.Thread(target=burn) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """)
    busy = [share for share in told.shares if share.run > 0.02]
    assert len(busy) == (1 if told.one_lock else 3)
    assert {share.beside for share in told.shares} == {not told.one_lock}


def test_threads_that_each_do_little_are_told_apart_too_where_they_run_at_the_same_time() -> None:
    counted = _Count({})
    counted.note({(9, 9): (10**6, 0, 1), **{(9, tid): (10**7, 0, 1) for tid in range(10, 22)}})
    assert [share.beside for share in counted.shares(one_lock=False)] == [True] * 13
    assert [share.beside for share in counted.shares(one_lock=True)] == [False]
    counted.note({(9, 10): (10**10, 0, 1)})
    assert [share.beside for share in counted.shares(one_lock=False)] == [False]


def test_spawned_interpreters_are_known() -> None:
    told = counted(TWO, Job(start_method="spawn"))
    assert sum(share.born for share in told.shares) >= 2
    assert told.birth > 0


def test_children_of_the_fork_server_are_no_interpreters_of_their_own() -> None:
    told = counted(TWO, Job(start_method="forkserver"))
    assert sum(not share.born for share in told.shares) == 3
    assert any(share.born for share in told.shares)


def test_what_ran_before_the_scenario_is_not_counted() -> None:
    told = counted("""
    burn()
    burn()

    def main():
        pass
    """)
    assert sum(share.run for share in told.shares) < told.birth


@pytest.mark.parametrize(
    ("ran", "waited", "late"),
    [
        (0.5, 1.5, 0.5),
        (0.5, 1.8, 0.5),
        # Processes that come and go between two looks: nobody saw them, but they could compute.
        (0.1, 0.2, 1.8),
    ],
)
def test_time_in_which_nobody_was_ready_is_late(
    monkeypatch: pytest.MonkeyPatch, ran: float, waited: float, late: float
) -> None:
    then, now = (0, 0, 1), (int(ran * 1e9), int(waited * 1e9), 2)
    clock, counters = iter([10.0, 11.0, 13.0]), iter([then, then, now])
    monkeypatch.setattr(speedup.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(Meter, "_counters", lambda _: {(1, 2**30): next(counters)})
    meter = Meter()
    watch = Watch()
    watch.begin(1)
    meter.begin(watch)
    meter.over()
    meter.end(0.0)
    told = meter.told(one_lock=True)
    assert told is not None
    assert (told.wall, told.late) == pytest.approx((1.0, late))


def test_whoever_never_says_that_the_scenario_is_over_is_counted_to_the_end() -> None:
    told = counted("def main():\n        os.kill = lambda *_: None\n        burn()\n        burn()")
    assert told.shares[0].run > 0.1


def test_what_a_child_computes_before_the_scenario_is_early() -> None:
    told = counted("""
    helper = os.fork()
    if helper == 0:
        burn()
        os._exit(0)
    os.waitpid(helper, 0)

    def main():
        pass
    """)
    assert told.early - told.birth > 0.08


def test_processes_that_nobody_sees_are_in_the_sum() -> None:
    told = counted("""
    def main():
        for _ in range(50):
            child = os.fork()
            if child == 0:
                end = time.process_time() + 0.004
                while time.process_time() < end:
                    pass
                os._exit(0)
            os.waitpid(child, 0)
    """)
    assert told.unseen + sum(share.run for share in told.shares) > 0.2


def test_what_runs_after_the_scenario_is_late_and_no_part_of_it() -> None:
    told = counted("""
    import atexit

    def main():
        atexit.register(lambda: burn() or burn())
    """)
    assert told.late > 0.1
    assert sum(share.run for share in told.shares) < 0.1


@pytest.mark.parametrize(
    ("does", "named"),
    [
        ("os.nice(5)", "priority"),
        ("open('/proc/self/autogroup', 'w').write('5')", "priority"),
        ("os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))", "policy"),
        ("os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])", "processors"),
    ],
)
def test_meddling_is_seen(does: str, named: str) -> None:
    if named == "processors" and len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor: nothing to choose from")
    if "autogroup" in does and not os.path.exists("/proc/self/autogroup"):
        pytest.skip("this kernel has no groups of sessions")
    assert counted(f"def main():\n        {does}\n        burn()\n        burn()").meddling == (named,)


@pytest.mark.skipif(not os.path.exists("/proc/self/autogroup"), reason="this kernel has no groups of sessions")
def test_a_grader_whose_session_is_nice_has_no_meddling_answers() -> None:
    told = []
    grader = os.fork()
    if not grader:
        try:
            os.setsid()
            Path("/proc/self/autogroup").write_text("5")
            told.append(counted(TWO).meddling)
        finally:
            os._exit(told != [()])
    assert os.waitpid(grader, 0)[1] == 0


def test_a_grader_in_no_session_of_its_own_has_no_meddling_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str, whole: Callable[[str], bytes] = kernel._read) -> bytes:
        return b"" if path == "/proc/self/autogroup" else whole(path)

    monkeypatch.setattr(kernel, "_read", read)
    assert counted(TWO).meddling == ()


def test_whoever_stops_itself_early_is_counted_to_the_end() -> None:
    told = counted("""
    def main():
        helper = multiprocessing.Process(target=wake, args=(os.getpid(),), daemon=True)
        helper.start()
        os.kill(os.getpid(), 19)
        burn()
        burn()

    def wake(parent):
        while os.getppid() == parent:
            os.kill(parent, 18)
    """)
    # When the helper is quick, nobody sees the stop, and all is the scenario.
    assert told.late + max(share.run for share in told.shares) > 0.05


def test_the_work_beside_holds_nothing_of_the_answer() -> None:
    told = counted("", Job(source=ALONE), module="")
    assert len(told.shares) == 1


def test_a_run_that_never_ended_has_no_figures() -> None:
    assert Meter().told(one_lock=True) is None


@pytest.mark.parametrize(
    ("built_without", "told", "one_lock"),
    [
        (0, [True, True], True),
        (0, [False, False], True),
        (None, [False, False], True),
        (1, [False, False], False),
        (1, [False, True], True),
        (1, [True, True], True),
        (1, [], True),
        (1, None, True),
    ],
)
def test_the_lock_is_believed_gone_only_where_the_interpreter_can_do_without(
    built_without: object, told: list[bool] | None, one_lock: bool
) -> None:
    assert has_one_lock(told, built_without or 0) is one_lock  # type: ignore[arg-type]
