"""Whoever kills the grader leaves none of the process groups behind that it keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from grader.box.sandbox.keeper import Keeper

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")

PATIENCE = 60
LEADER = "sleep 1000 >/dev/null & echo $!; kill -9 $$"
"""Dies at once, and leaves one process behind in its group: so does a bubblewrap that is killed too early."""
GRADER = """
import os, signal, subprocess, sys
from grader.box.sandbox.keeper import Keeper

def children():
    return {{int(pid) for pid in open(f"/proc/self/task/{{os.getpid()}}/children").read().split()}}

left, keepers = [], []
for _ in range(2):
    leader = subprocess.Popen(["sh", "-c", {leader!r}], start_new_session=True, stdout=subprocess.PIPE)
    left.append(int(leader.communicate()[0]))
    keepers.append(Keeper(leader.pid))
shells = children()
{then}
print(*left, *shells, flush=True)
sys.stdin.read()
"""


@contextmanager
def grader(then: str = "") -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process], list[psutil.Process]]]:
    """A process that keeps two groups; what is left of each, and the shells."""
    path = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-c", GRADER.format(leader=LEADER, then=then)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        told = [psutil.Process(int(word)) for word in process.stdout.readline().split()]
        try:
            yield process, told[:2], told[2:]
        finally:
            process.kill()
            for each in told:
                if each.is_running():
                    each.kill()


def ended(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=PATIENCE)[1]


def test_what_is_kept_ends_with_a_killed_grader() -> None:
    with grader() as (process, left, shells):
        assert len(shells) == 2
        process.kill()
        process.wait()
        assert ended([*left, *shells])


def test_what_was_let_go_may_be_a_strangers() -> None:
    with grader("keepers[1].let_go(); shells = children()") as (process, left, shells):
        assert len(shells) == 1
        process.kill()
        process.wait()
        assert ended([left[0], *shells])
        assert left[1].is_running()


def test_a_shell_that_was_killed_or_stopped_is_in_nobodys_way() -> None:
    meddled = "one, two = shells; os.kill(one, signal.SIGKILL); os.kill(two, signal.SIGSTOP)"
    with grader(f"{meddled}; [keeper.let_go() for keeper in keepers]; shells = children()") as (_, left, shells):
        assert shells == []
        assert all(each.is_running() for each in left)


def test_nothing_stays_open_or_behind() -> None:
    before = os.listdir("/proc/self/fd"), psutil.Process().children()
    Keeper(2**22 + 1).let_go()
    assert (os.listdir("/proc/self/fd"), psutil.Process().children()) == before


def test_a_shell_that_somebody_else_waited_for_is_gone() -> None:
    keeper = Keeper(2**22 + 1)
    assert keeper._shell is not None
    os.kill(keeper._shell, 9)
    os.waitpid(keeper._shell, 0)
    keeper.let_go()


def test_where_there_is_no_shell_nothing_is_lost_but_the_second_net(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.box.sandbox.keeper.SHELL", "/nowhere/sh")
    Keeper(2**22 + 1).let_go()
