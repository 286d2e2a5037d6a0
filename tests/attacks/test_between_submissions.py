"""What one submission leaves behind, the next one does not find (t05); nor does one find another at work (t06)."""

from __future__ import annotations

import os
from typing import Any

from boxes import need, running

from grader.box import fence
from grader.box.parent import Box
from grader.box.protocol import Limits
from grader.results import Tier

LEAVES = """
import ctypes, os, signal, socket

def f():
    libc = ctypes.CDLL(None)
    left = [libc.shmget(0x7EAD0002, 4096, 0o1666) >= 0, libc.semget(0x7EAD0002, 1, 0o1666) >= 0]
    left.append(libc.syscall(248, b"user", b"threadmark", b"x", 1, -4) >= 0)
    for place in ("/tmp/left", "/dev/shm/left"):
        with open(place, "w") as file:
            left.append(file.write("x") == 1)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("\\0left")
    if os.fork() == 0:
        os.setsid()
        signal.pause()
    return left
"""
FINDS = """
import ctypes, os, socket

def f():
    libc = ctypes.CDLL(None)
    found = [libc.shmget(0x7EAD0002, 4096, 0) >= 0, libc.semget(0x7EAD0002, 1, 0) >= 0]
    found.append(libc.syscall(249, b"user", b"threadmark", None, 0) >= 0)
    found += [os.path.exists(place) for place in ("/tmp/left", "/dev/shm/left")]
    found.append(socket.socket(socket.AF_UNIX).connect_ex("\\0left") == 0)
    return found
"""


def box(source: str, tier: Tier = "full") -> Box:
    return Box({"solution.py": source}, "solution", Limits(seconds=60), tier=tier)


def test_the_next_submission_finds_nothing_of_this_one() -> None:
    with box(LEAVES) as first:
        left = first.run(running()).value
    with box(FINDS) as second:
        assert second.run(running()).value == [False] * 6
    # System V and keyrings are closed to both; everything else could be left.
    assert left == [False, False, False, True, True]


LOOKS = """
import os

def f(folder, pid):
    found = []
    for what in (folder, f"{folder}/scratch", f"/proc/{pid}/environ", f"/proc/{pid}/maps", f"/proc/{pid}/fd/0"):
        try:
            found.append(os.listdir(what) if os.path.isdir(what) else open(what).read())
        except OSError:
            pass
    try:
        os.kill(pid, 0)
    except OSError:
        return found
    return [*found, "could send it a signal"]
"""


def test_without_namespaces_two_submissions_see_that_the_other_is_there_and_no_more() -> None:
    need("landlock")
    with box("def f(**given):\n    return 1\n", "landlock") as first, box(LOOKS, "landlock") as second:
        assert first.run(running()).value == 1
        walls: Any = first._open().walls
        assert os.path.isdir(f"{walls._folder}/scratch")
        if fence.abi() >= fence.SCOPE_ABI or os.geteuid() == 0:
            assert second.run(running(folder=walls._folder, pid=walls._launched.process.pid)).value == []


def test_two_submissions_at_the_same_time_do_not_find_each_other() -> None:
    with box(LEAVES) as first, box(FINDS) as second:
        first.run(running())
        assert second.run(running()).value == [False] * 6


def test_the_next_check_of_the_same_submission_finds_no_file_and_no_process() -> None:
    both = LEAVES + FINDS.replace("def f()", "def g()")
    scenario = "def ask(answer):\n    return answer.g()\n"
    with box(both) as one:
        one.run(running())
        assert one.run(running(scenario)).value == [False] * 6
