"""When a scenario may say that nobody else of the run has anything to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

from grader.processes.rest import all_rest

BLOCKED = "print(flush=True); input()"
BUSY = "print(flush=True)\nwhile True: pass"
GRANDCHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


@contextmanager
def running(*arguments):
    """A program that has said that it is there."""
    with subprocess.Popen(
        [sys.executable, "-c", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdout.readline()
        yield process
        os.killpg(process.pid, signal.SIGKILL)


def rests_in_the_end(caller, waiting):
    """Between its last word and its sleep a program still runs for a moment, and so does one that is being killed."""
    while not all_rest(caller, waiting):
        os.sched_yield()
    return True


def me():
    return {threading.get_native_id()}


def test_who_waits_for_something_rests():
    with running(BLOCKED) as process:
        assert rests_in_the_end(process.pid, ())
        assert rests_in_the_end(os.getpid(), me())


def test_who_computes_does_not_rest():
    with running(BUSY) as process:
        assert not any(all_rest(process.pid, ()) for _ in range(20))


def test_children_of_children_count():
    with running(GRANDCHILD, BUSY):
        assert not any(all_rest(os.getpid(), me()) for _ in range(20))
    with running(GRANDCHILD, BLOCKED):
        assert rests_in_the_end(os.getpid(), me())


def test_who_asks_counts_unless_it_is_left_out():
    assert not all_rest(os.getpid(), ())
    assert rests_in_the_end(os.getpid(), {int(name) for name in os.listdir("/proc/self/task")})


def test_other_threads_of_the_one_who_asks_count():
    busy, stop = threading.Event(), threading.Event()

    def compute():
        busy.set()
        while not stop.is_set():
            pass

    thread = threading.Thread(target=compute)
    thread.start()
    busy.wait()
    try:
        assert not any(all_rest(os.getpid(), me()) for _ in range(20))
        assert rests_in_the_end(os.getpid(), me() | {thread.native_id})
    finally:
        stop.set()
        thread.join()
