"""What a run reports: values, exceptions, deadlocks with their words, what is left behind."""

from __future__ import annotations

import os
import tempfile

import pytest
from playing import QUEUE, TALK, Job, children, play

from grader.processes import life
from grader.processes.run import lay_out, run

ALARM = """
    import signal

    def main():
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        signal.pause()
        return "woken"
"""
TIMED = """
    import threading

    def main():
        return threading.Event().wait(0.1)
"""
POOL = """
    import multiprocessing

    def main():
        with multiprocessing.Pool(2) as pool:
            squares = pool.map(square, range(20))
            pool.close()
            pool.join()
        return sum(squares)

    def square(number):
        return number * number
"""


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(("program", "value"), [(TALK, [0, 1, 2]), (QUEUE, 300_000), (POOL, 2470)])
def test_right_programs_return_their_value_and_leave_nothing(program, value, start_method):
    seen = play(program, start_method=start_method)
    assert (seen.ending, seen.value, seen.detail, seen.leftovers) == ("returned", value, (), ())


@pytest.mark.parametrize(("program", "value"), [(ALARM, "woken"), (TIMED, False)])
def test_waiting_for_a_clock_is_no_deadlock(program, value):
    seen = play(program)
    assert (seen.ending, seen.value) == ("returned", value)


def test_exit_codes_are_facts():
    assert play(TALK).facts["exit_codes"] == [0]
    assert play(TALK.replace("ours.close()\n        child.join", "child.kill()\n        child.join")).facts[
        "exit_codes"
    ] == [-9]


def test_an_exception_is_told_with_the_line_of_the_answer():
    seen = play("import struct\n\ndef main():\n    return struct.unpack('>I', b'x')\n")
    assert (seen.ending, seen.file, seen.line) == ("raised", "answer.py", 4)
    assert seen.detail[0].startswith("error: unpack requires a buffer of 4 bytes (answer.py, line 4)")


def test_a_local_function_as_target_fails_only_where_it_must_be_imported():
    program = """
    import multiprocessing

    def main():
        def work():
            pass
        child = multiprocessing.Process(target=work)
        child.start()
        child.join()
    """
    assert play(program, start_method="fork").ending == "returned"
    assert play(program, start_method="spawn").ending == "raised"


def test_an_early_exit_is_no_value():
    seen = play("import os\n\ndef main():\n    os._exit(0)\n")
    assert seen.ending == "died"
    assert seen.detail == ("the parent ended with exit code 0 before the scenario was over",)


def test_a_death_by_signal_is_named():
    seen = play("import os, signal\n\ndef main():\n    os.kill(os.getpid(), signal.SIGKILL)\n")
    assert (seen.ending, "signal SIGKILL" in seen.detail[0]) == ("died", True)


def test_a_loop_without_end_is_a_timeout_and_names_the_function():
    seen = play("def main():\n    spin()\n\ndef spin():\n    while True:\n        pass\n", time_limit=1.0)
    assert seen.ending == "timeout"
    assert seen.detail == ("it had not ended after 1 s", "the parent is still in main()")
    assert (seen.file, seen.line) == ("answer.py", 1)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (TALK.replace("        child.join()\n", ""), "1 child was never joined"),
        ("import os\nKEPT = []\n\ndef main():\n    KEPT.extend(os.pipe())\n",
         "2 descriptors left open: an end of a pipe"),
        ("import socket\nKEPT = []\n\ndef main():\n    KEPT.extend(socket.socketpair())\n",
         "2 descriptors left open: an end of a Pipe()"),
        ("import threading\n\ndef main():\n    e = threading.Event()\n"
         "    threading.Thread(target=e.wait, daemon=True).start()\n", "1 thread of the parent still there"),
        ("import os\n\ndef main():\n    pid = os.fork()\n    if pid:\n        os.waitpid(pid, 0)\n",
         "a forked child came back out of the answer's function instead of ending there"),
        ("import os, signal\n\ndef main():\n    if os.fork() == 0:\n        os.setsid()\n        signal.pause()\n",
         "child 1 lives on after the parent has ended"),
    ],
)  # fmt: skip
def test_what_is_left_behind_is_named(program, words):
    seen = play(program)
    assert seen.ending == "returned"
    assert words in seen.leftovers


KEEPS_ONE = """
    import multiprocessing
    EARLIER, KEPT = multiprocessing.Lock(), []

    def main():
        KEPT.append(multiprocessing.Semaphore(2))
"""
ENDS_WITHOUT_TIDYING_UP = """
    import multiprocessing, os

    def main():
        child = multiprocessing.Process(target=leave)
        child.start()
        child.join()

    def leave():
        gate = multiprocessing.Semaphore(2)
        os._exit(0)
"""


@pytest.mark.parametrize(("source", "compiled"), [("def main():\n    return 1\n", 2), ("def main(:\n", 1)])
def test_without_the_gil_what_is_imported_is_compiled_before(source, compiled, monkeypatch, tmp_path):
    monkeypatch.setattr("grader.processes.run._FREE_THREADED", True)
    lay_out(Job(), None, {"answer.py": source}, "answer", str(tmp_path))
    assert len(list(tmp_path.glob("__pycache__/*.pyc"))) == compiled
    assert (tmp_path / "answer.py").read_text() == source


@pytest.mark.parametrize("sets", ["pass", "multiprocessing.set_start_method('spawn')"])
def test_the_start_method_is_fork_or_what_the_answer_says(sets):
    program = f"""
    import multiprocessing

    def main():
        {sets}
        return multiprocessing.get_start_method()
    """
    assert play(program, start_method=None).value == ("fork" if sets == "pass" else "spawn")


@pytest.fixture
def found(monkeypatch):
    """Files of semaphores that the run has made, whether or not they are still there."""
    paths: list[str] = []
    plain = life.take_away

    def noted(folder):
        paths.extend(f"/dev/shm/sem.{name.lstrip('/')}" for name in life.listed(folder, life.SEMAPHORES))
        plain(folder)

    monkeypatch.setattr(life, "take_away", noted)
    return paths


@pytest.mark.parametrize("program", [KEEPS_ONE, ENDS_WITHOUT_TIDYING_UP])
@pytest.mark.parametrize("start_method", ["spawn", "forkserver"])
def test_a_semaphore_that_is_left_behind_is_told(program, start_method, found):
    assert play(program, start_method=start_method).leftovers == ("1 semaphore left behind",)
    assert not any(map(os.path.exists, found))


def test_semaphores_of_a_program_that_is_killed_are_taken_away(found):
    seen = play(KEEPS_ONE + "        EARLIER.acquire()\n        EARLIER.acquire()\n", start_method="spawn")
    assert seen.ending == "deadlock"
    assert len(found) == 2
    assert not any(map(os.path.exists, found))


def test_a_forked_process_has_no_semaphore_to_leave_behind():
    assert play(KEEPS_ONE).leftovers == ()


def test_a_helper_of_the_library_that_is_about_to_end_is_not_left_behind():
    seen = play("""
    import random, threading

    def main():
        threading.Thread(target=random.choices, args=(range(10),), kwargs={"k": 500_000}).start()
        return 42
    """)
    assert (seen.value, seen.leftovers) == (42, ())


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("signal.pause", ("1 child was never joined",
                          "1 daemon is still alive: daemons are killed when the program ends, finished or not")),
        ("print", ("1 child was never joined",)),
    ],
)  # fmt: skip
def test_a_daemon_that_is_still_alive_is_told(target, left, start_method):
    program = f"""
    import multiprocessing, signal
    from multiprocessing.connection import wait

    def main():
        child = multiprocessing.Process(target={target}, daemon=True)
        child.start()
        {"wait([child.sentinel])" if target == "print" else ""}
    """
    assert play(program, start_method=start_method).leftovers == left


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import threading\n\ndef main():\n    threading.Thread(target=threading.Event().wait).start()\n"
         "    return 42\n",
         ("1 thread of the parent still there", "the program does not end: it waits for a thread")),
        ("import threading\n\ndef main():\n    threading.Thread(target=spin).start()\n    return 42\n\n"
         "def spin():\n    while True:\n        pass\n",
         ("1 thread of the parent still there",
          "the program does not end: a thread of the parent is still in spin()")),
        ("import multiprocessing, signal\n\ndef main():\n    multiprocessing.Process(target=signal.pause).start()\n"
         "    return 42\n",
         ("1 child was never joined", "the program does not end: it waits for child 1 to end")),
        ("import multiprocessing\n\ndef main():\n    multiprocessing.Queue().put('x' * 300_000)\n    return 42\n",
         ("1 thread of the parent still there", "2 descriptors left open: an end of a pipe",
          "the program does not end: it waits until somebody reads what it put into a Queue")),
        ("import atexit, signal\n\ndef main():\n    atexit.register(signal.pause)\n    return 42\n",
         ("the program does not end",)),
    ],
)  # fmt: skip
def test_a_program_that_does_not_end_has_answered_all_the_same(program, words):
    seen = play(program, time_limit=2.0)
    assert (seen.ending, seen.value, seen.leftovers) == ("returned", 42, words)


def test_an_exception_is_told_before_a_program_that_does_not_end():
    program = """
    import threading

    def main():
        threading.Thread(target=threading.Event().wait).start()
        raise LookupError("gone")
    """
    seen = play(program)
    assert (seen.ending, seen.leftovers[-1]) == ("raised", "the program does not end: it waits for a thread")


SEGMENT = """
    from multiprocessing import shared_memory

    KEPT = []

    def main():
        one = shared_memory.SharedMemory(create=True, size=9)
        KEPT.append(one)
        return one.name
"""
UNGUARDED = """
    import multiprocessing

    def prepare():
        pass

    POOL = multiprocessing.Pool(1, prepare)

    def main():
        return POOL.map(abs, [-1])
"""
SUBMITTED = """
    from concurrent.futures import ProcessPoolExecutor

    def main():
        with ProcessPoolExecutor(1) as pool:
            future = pool.submit(divide, 0)
        {look}

    def divide(number):
        return 1 / number
"""


ORPHAN = """
    import multiprocessing, os, signal

    def leave_one():
        if os.fork() == 0:
            signal.pause()

    def main():
        child = multiprocessing.Process(target={target})
        child.start()
        child.join()
"""


def test_a_process_that_outlives_the_child_that_started_it_is_an_orphan():
    told = "1 orphan left behind: started by a child that has ended, so that nobody waits"
    assert told in play(ORPHAN.format(target="leave_one")).leftovers
    assert play(ORPHAN.format(target="int")).leftovers == ()


def test_a_segment_that_nobody_unlinks_is_left_behind_and_taken_away():
    seen = play(SEGMENT)
    assert "1 shared memory segment left behind" in seen.leftovers
    assert not os.path.exists(f"/dev/shm/{seen.value}")
    tidy = SEGMENT.replace("KEPT.append(one)", "one.close()\n        one.unlink()")
    assert play(tidy).leftovers == ()


@pytest.mark.parametrize("start_method", ["spawn", "forkserver"])
def test_processes_that_are_started_at_import_are_named_and_not_respawned_for_ever(start_method):
    seen = play(UNGUARDED, start_method=start_method, time_limit=20.0)
    assert seen.ending == "raised"
    assert "processes are started while the file is imported" in seen.detail[0]


@pytest.mark.parametrize(("look", "heard"), [("return 1", False), ("return repr(future.exception())[:4]", True)])
def test_an_exception_of_a_task_that_nobody_asks_for_is_told(look, heard):
    said = play(SUBMITTED.format(look=look)).detail
    assert said == (() if heard else ("nobody asked for the exception of a task: ZeroDivisionError: division by zero",))


def test_an_exception_that_ends_a_child_is_told_though_the_parent_returns():
    program = TALK.replace("theirs.send(theirs.recv())", "theirs.send(theirs.recv() / 0)").replace("ours.recv()", "0")
    assert play(program, arguments={"rounds": 1}).detail[0].startswith("an exception ended a child: ZeroDivisionError")


@pytest.mark.parametrize(("first", "told"), [(True, True), (False, False)])
def test_a_fork_beside_a_running_thread_is_told_with_its_line(first, told):
    fork = "pid = os.fork()\n    if pid == 0:\n        os._exit(0)\n    os.waitpid(pid, 0)\n"
    start = "gate = threading.Event()\n    thread = threading.Thread(target=gate.wait)\n    thread.start()\n"
    both = [start, fork] if first else [fork, start]
    seen = play("import os, threading\n\ndef main():\n    " + "    ".join(both) + "    gate.set()\n    thread.join()\n")
    assert [said.split(" forks")[0] for said in seen.detail] == (["answer.py:7"] if told else [])


@pytest.mark.parametrize(
    "program",
    [
        TALK,
        "import threading\n\ndef main():\n    threading.Thread(target=threading.Event().wait).start()\n",
        "import os, signal\n\ndef main():\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0:\n            signal.pause()\n        os._exit(0)\n",
        "import signal\n\ndef main():\n    signal.pause()\n",
    ],
)
def test_nothing_is_left_after_a_run(program, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, open_before = children(), os.listdir("/proc/self/fd")
    play(program)
    assert children() == before
    assert os.listdir("/proc/self/fd") == open_before
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("before", ["", "# one\n", "#!/bin/python\r", " \t# a coding, of no "])
def test_an_encoding_that_the_answer_names_is_not_applied_a_second_time(before):
    program = before + "# coding: latin-1 coding: utf-7\ndef main():\n    return 'Grüße +AGE-'\n"
    assert run(Job(), {"answer.py": program}, "answer").value == "Grüße +AGE-"


def test_what_is_printed_is_kept_and_cut():
    assert play("def main():\n    print('hello')\n").printed == "hello\n"
    assert len(play("def main():\n    print('x' * 9000)\n").printed) == 2000


def test_a_value_that_is_not_json_says_so():
    assert play("def main():\n    return {'a': b'x', 'b': (1, 2)}\n").value == {
        "a": {"not JSON": "object of type bytes"},
        "b": [1, 2],
    }


def test_the_scenario_has_the_tools_of_the_checks():
    source = """
from grader.checks import attempt, check, scenario, together

@scenario
def call(answer):
    return [attempt(answer.main, 0), *together(lambda: answer.main(1), lambda: answer.main(2))]
"""
    seen = play("def main(number):\n    return 6 // number\n", source=source)
    assert seen.value == [
        {"raised": "ZeroDivisionError", "args": [seen.value[0]["args"][0]]},
        {"value": 6},
        {"value": 3},
    ]
