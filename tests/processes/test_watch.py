"""When a blocked call waits for ever, and how stacks become places."""

from __future__ import annotations

import os

import pytest

from grader.processes import kernel
from grader.processes.kernel import Call
from grader.processes.watch import Watch
from grader.processes.words import Frame, _line_of, _stacks

MINUS_ONE = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("call", "for_ever"),
    [
        (Call("read", (3, 0, 1, 0, 0, 0)), True),
        (Call("wait4", (77, 0, 0, 0, 0, 0)), True),
        (Call("poll", (1, 1, MINUS_ONE, 0, 0, 0)), True),
        (Call("poll", (1, 1, 500, 0, 0, 0)), False),
        (Call("ppoll", (1, 1, 0, 0, 0, 0)), True),
        (Call("ppoll", (1, 1, 4096, 0, 0, 0)), False),
        (Call("epoll_wait", (1, 1, 1, MINUS_ONE, 0, 0)), True),
        (Call("epoll_wait", (1, 1, 1, 0, 0, 0)), False),
        (Call("futex", (1, 128 | 9, 0, 0, 0, 0)), True),
        (Call("futex", (1, 128 | 9, 0, 4096, 0, 0)), False),
        (Call("futex", (1, 1, 0, 0, 0, 0)), False),
        (Call("fcntl", (3, 7, 0, 0, 0, 0)), True),
        (Call("fcntl", (3, 3, 0, 0, 0, 0)), False),
    ],
)
def test_only_a_call_without_a_timeout_waits_for_ever(call, for_ever):
    assert kernel.waits_for_ever(call) is for_ever


def test_a_sleep_is_no_call_that_waits_for_ever():
    assert "nanosleep" not in kernel.CALLS.values()
    assert "clock_nanosleep" not in kernel.CALLS.values()


def test_a_process_that_is_gone_has_nothing():
    gone = 2**22 + 1
    assert kernel.state(gone, gone) == ""
    assert kernel.blocked_in(gone, gone) is None
    assert (kernel.threads(gone), kernel.children(gone), kernel.descriptors(gone)) == ([], [], [])
    assert kernel.catches(gone, 10) is False


def test_whoever_is_just_becoming_the_resource_tracker_is_no_child(monkeypatch):
    commands = iter(["", "", ""])
    tracker = "python -c from multiprocessing.resource_tracker import main;main(4)"
    monkeypatch.setattr(kernel, "command", lambda _: next(commands, tracker))
    watch = Watch()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    try:
        watch.begin(0)
        assert watch.children() == []
    finally:
        os.close(writing)
        os.close(reading)
        os.waitpid(pid, 0)


def test_the_ends_of_a_pipe_are_told_apart():
    reading, writing = os.pipe()
    try:
        mine = {each.number: each for each in kernel.descriptors(os.getpid())}
        assert (mine[reading].reads, mine[reading].writes) == (True, False)
        assert (mine[writing].reads, mine[writing].writes) == (False, True)
        assert mine[reading].target == mine[writing].target
    finally:
        os.close(reading)
        os.close(writing)


def test_the_main_threads_stack_comes_first_innermost_frame_first():
    text = (
        'Thread 0x00007f (most recent call first):\n  File "/a/b.py", line 3 in work\n\n'
        "Current thread 0x00007e (most recent call first):\n"
        '  File "/x.py", line 9 in recv\n  File "/a/b.py", line 5 in main\n'
    )
    assert _stacks(text) == [
        [Frame("/x.py", 9, "recv"), Frame("/a/b.py", 5, "main")],
        [Frame("/a/b.py", 3, "work")],
    ]


def test_the_line_of_a_function_is_that_of_its_def():
    assert _line_of("b", "def a():\n    pass\n\ndef b():\n    pass\n") == 4
    assert _line_of("b", "def a(:\n") == 0
