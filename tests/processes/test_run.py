"""What a run reports: values, exceptions, time limits, what happened in it that the value need not show."""

from __future__ import annotations

import pytest
from playing import QUEUE, TALK, Job, play

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


def test_an_exception_is_told_before_a_program_that_does_not_end():
    program = """
    import threading

    def main():
        threading.Thread(target=threading.Event().wait).start()
        raise LookupError("gone")
    """
    seen = play(program)
    assert (seen.ending, seen.leftovers[-1]) == ("raised", "the program does not end: it waits for a thread")


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
