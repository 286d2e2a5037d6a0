"""What a run reports: values, exceptions, deadlocks with their words, what is left behind."""

from __future__ import annotations

import os
import tempfile

import pytest
from playing import Job, children, play

from grader.processes.run import run

TALK = """
    import multiprocessing

    def main(rounds=3):
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.Process(target=echo, args=(ours, theirs))
        child.start()
        theirs.close()
        answers = []
        for number in range(rounds):
            ours.send(number)
            answers.append(ours.recv())
        ours.close()
        child.join()
        return answers

    def echo(ours, theirs):
        ours.close()
        while True:
            try:
                theirs.send(theirs.recv())
            except EOFError:
                return
"""
QUEUE = """
    import multiprocessing

    def main():
        queue = multiprocessing.Queue()
        child = multiprocessing.Process(target=fill, args=(queue,))
        child.start()
        got = len(queue.get())
        child.join()
        queue.close()
        queue.join_thread()
        del queue
        return got

    def fill(queue):
        queue.put("x" * 300_000)
"""
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


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
def test_a_copy_of_the_other_end_that_stays_open_is_named(start_method):
    seen = play(TALK.replace("        ours.close()\n        while", "        while"), start_method=start_method)
    assert seen.ending == "deadlock"
    assert seen.detail[0].startswith("the parent waits in join() at answer.py:14")
    assert seen.detail[1] == (
        "child 1 waits in recv() at answer.py:20: only child 1 itself still has the other end open, "
        "so the end of the stream never comes"
    )
    assert (seen.file, seen.line) == ("answer.py", 14)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            TALK.replace("answers.append(ours.recv())", "answers.append(ours.recv() + ours.recv())"),
            "still open in child 1",
        ),
        (TALK.replace("ours.send(number)", "ours.send('x' * 3_000_000)").replace("theirs.recv()", "'x' * 3_000_000"),
         "the parent waits in send() at answer.py:11: the pipe is full, and child 1 does not read from it"),
        ("import os\n\ndef main():\n    reading, writing = os.pipe()\n    os.read(reading, 1)\n",
         "the parent waits in os.read() at answer.py:5: only the parent itself still has the other end open"),
        ("import os\n\ndef main():\n    reading, writing = os.pipe()\n    os.write(writing, b'x' * 100_000)\n",
         "the parent waits in os.write() at answer.py:5: the pipe is full, and nobody else could read from it"),
        ("import threading\n\ndef main():\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()\n",
         "at answer.py:6 for a lock, or for another thread"),
        (QUEUE.replace("        got = len(queue.get())\n        child.join()", "        child.join()\n        got = 0"),
         "the parent waits in join() at answer.py:8 for child 1 to end"),
    ],
)  # fmt: skip
def test_a_deadlock_is_seen_and_its_words_say_who_waits_for_what(program, words):
    seen = play(program)
    assert seen.ending == "deadlock"
    assert any(words in sentence for sentence in seen.detail), seen.detail


def test_a_deadlock_is_found_long_before_the_time_limit():
    assert play("import signal\n\ndef main():\n    signal.pause()\n", time_limit=3600.0).ending == "deadlock"


def test_the_same_run_is_told_in_the_same_words():
    broken = TALK.replace("        ours.close()\n        while", "        while")
    assert play(broken) == play(broken)


def test_a_child_that_died_is_named_in_a_deadlock():
    program = TALK.replace("theirs.close()\n        answers", "answers").replace(
        "theirs.send(theirs.recv())", "theirs.send(1 / 0)"
    )
    seen = play(program)
    assert seen.ending == "deadlock"
    assert "an exception ended a child: ZeroDivisionError: division by zero" in seen.detail


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


FORK_BESIDE_A_THREAD = """
    import multiprocessing, threading
    lock, held, over = threading.Lock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            over.wait()

    def want():
        with lock:
            pass

    def main():
        threading.Thread(target=hold, daemon=True).start()
        held.wait()
        {first}
        child = multiprocessing.Process(target=want)
        child.start()
        child.join()
"""


def test_a_deadlock_names_the_line_that_forked_while_a_thread_held_a_lock():
    seen = play(FORK_BESIDE_A_THREAD.format(first="pass"))
    assert seen.ending == "deadlock"
    assert seen.detail[-1].startswith("answer.py:19 forks while another thread runs: locks that it holds")
    assert play(FORK_BESIDE_A_THREAD.format(first="over.set(); lock.acquire(); lock.release()")).ending == "returned"


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


def test_a_deadlock_names_the_lines_of_threads_too():
    seen = play(
        """
        import queue, threading

        def main():
            inbox = queue.Queue()
            thread = threading.Thread(target=listen, args=(inbox,))
            thread.start()
            thread.join()

        def listen(inbox):
            inbox.get()
        """
    )
    assert seen.ending == "deadlock"
    assert "a thread of the parent waits in get() at answer.py:11" in seen.detail


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
