"""What a run leaves behind: told, and taken away."""

from __future__ import annotations

import os
import tempfile

import pytest
from playing import TALK, children, play

from grader.processes import life


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
    assert found
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
        threading.Thread(target=random.choices, args=(range(10),), kwargs={"k": 200_000}).start()
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


SEGMENT = """
    from multiprocessing import shared_memory

    KEPT = []

    def main():
        one = shared_memory.SharedMemory(create=True, size=9)
        KEPT.append(one)
        return one.name
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
