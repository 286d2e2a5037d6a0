from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import tasks_for_workers as tasks

from grader.errors import InternalError, SubmissionError
from grader.workers import LocalPool, Task

PATIENT = 300.0


def outcomes(pool: LocalPool, *work: tuple[Any, ...], seconds: float = PATIENT) -> dict[int, Any]:
    for number, (function, *arguments) in enumerate(work):
        pool.submit(Task(number, function, tuple(arguments), seconds))
    return dict(iter(pool.next, None))


def test_each_task_is_done_once_and_keeps_its_number() -> None:
    with LocalPool(2) as pool:
        assert outcomes(pool, *((operator.mul, n, n) for n in range(9))) == {n: n * n for n in range(9)}


def test_a_task_runs_in_the_main_thread_because_a_box_dies_with_its_thread() -> None:
    with LocalPool(1) as pool:
        assert outcomes(pool, (tasks.name_of_thread,)) == {0: "main"}


def test_a_task_that_kills_its_worker_costs_only_itself() -> None:
    with LocalPool(2) as pool:
        found = outcomes(pool, (operator.add, 1, 1), (os._exit, 0), (operator.add, 2, 2))
    assert (found[0], found[2]) == (2, 4)
    assert isinstance(found[1], InternalError)


def test_a_lost_task_is_tried_once_more(tmp_path: Any) -> None:
    with LocalPool(1) as pool:
        assert outcomes(pool, (tasks.die_the_first_time, tmp_path / "mark")) == {0: "second time"}


def test_a_task_that_loses_two_workers_is_our_error_and_says_how() -> None:
    with LocalPool(1) as pool:
        (error,) = outcomes(pool, (os._exit, 7)).values()
    assert isinstance(error, InternalError)
    assert str(error) == "the worker process died (exit code 7), 2 times"


def test_a_worker_that_hangs_is_killed_and_the_others_go_on() -> None:
    with LocalPool(2) as pool:
        pool.submit(Task(0, signal.pause, (), 0.2))
        pool.submit(Task(1, operator.add, (1, 1), PATIENT))
        found = dict(iter(pool.next, None))
    assert str(found[0]) == "the worker process took longer than 0.2 s, 2 times"
    assert found[1] == 2


def test_an_error_of_the_graders_arrives_with_all_its_words() -> None:
    with LocalPool(1) as pool:
        (error,) = outcomes(pool, (tasks.refuse, "not a notebook")).values()
    assert isinstance(error, SubmissionError)
    assert (error.message, error.remedy, error.slug) == ("not a notebook", "mend it", "some-slug")


def test_any_other_exception_is_our_fault_and_keeps_its_traceback() -> None:
    with LocalPool(1) as pool:
        (error,) = outcomes(pool, (operator.truediv, 1, 0)).values()
    assert isinstance(error, InternalError)
    assert str(error).startswith("ZeroDivisionError: division by zero\nTraceback")


def test_an_interrupt_is_not_ignored_because_boxes_would_inherit_that() -> None:
    with LocalPool(1) as pool:
        (found,) = outcomes(pool, (tasks.disposition_of_interrupt,)).values()
    assert "lambda" in found


def test_who_measures_is_alone_among_the_workers_of_its_pool(tmp_path: Path) -> None:
    with LocalPool(2) as pool:
        found = outcomes(pool, (tasks.is_alone, tmp_path), (tasks.makes_room, tmp_path))
    assert found == {0: True, 1: True}


def test_garbage_is_looked_for_between_tasks() -> None:
    with LocalPool(1) as pool:
        for _ in range(2):
            assert outcomes(pool, (tasks.leave_a_cycle,)) == {0: False}
            assert outcomes(pool, (tasks.what_is_left_of_the_cycle,)) == {0: None}


def test_no_worker_is_left_when_the_pool_ends() -> None:
    with LocalPool(2) as pool:
        found = outcomes(pool, *[(tasks.pid_of_worker,)] * 4)
    assert not any(psutil.pid_exists(pid) for pid in found.values())


MASTER = """
import operator, sys, tasks_for_workers
from grader.workers import LocalPool, Task
if __name__ == "__main__":
    pool = LocalPool(1)
    pool.submit(Task(0, tasks_for_workers.pid_of_worker, (), 300.0))
    print(pool.next()[1], flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_workers_die_with_a_killed_parent(tmp_path: Any) -> None:
    script = tmp_path / "master.py"
    script.write_text(MASTER)
    path = os.pathsep.join((os.path.dirname(__file__), *filter(None, sys.path)))
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as master:
        assert master.stdout is not None
        worker = psutil.Process(int(master.stdout.readline()))
        master.kill()
    assert psutil.wait_procs([worker], timeout=60)[1] == []
