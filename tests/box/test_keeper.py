"""Whoever kills the grader leaves none of the process groups behind that it keeps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from grader.box.sandbox.keeper import Keeper

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")

PATIENCE = 60
LEADER = "sleep 1000 >/dev/null 2>&1 & echo $! >&2; kill -9 $$"
"""Dies at once, and leaves one process behind in its group: so does a bubblewrap that is killed too early."""
GRADER = """
import os, signal, subprocess, sys
from grader.box.sandbox.keeper import Keeper

def children():
    return {{int(pid) for pid in open(f"/proc/self/task/{{os.getpid()}}/children").read().split()}}

left, keepers = [], [Keeper(), Keeper()]
shells = children()
for keeper in keepers:
    leader = subprocess.Popen(["sh", "-c", {leader!r}], process_group=keeper.group, stderr=subprocess.PIPE)
    left.append(int(leader.communicate()[1]))
{then}
print(*left, *shells, flush=True)
sys.stdin.read()
"""
KILLED_AT_ONCE = """
import os, signal, sys
from grader.box.protocol import Limits
from grader.box.sandbox import bubblewrap
from grader.box.sandbox.interpreter import this_interpreter

def launched_and_killed(*given, **named):
    launched = launch(*given, **named)
    launched.process.wait()
    print(launched.last_words(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

launch, bubblewrap.launch = bubblewrap.launch, launched_and_killed
bubblewrap.Bubblewrap(sys.argv[1], this_interpreter(), Limits())
"""


def own(program: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment for a process that runs it."""
    return [sys.executable, "-c", program], {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@contextmanager
def grader(then: str = "") -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process], list[psutil.Process]]]:
    """A process that keeps two groups; what is left of each, and the shells."""
    command, environment = own(GRADER.format(leader=LEADER, then=then))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
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


def test_a_grader_that_is_killed_as_soon_as_bubblewrap_is_there_leaves_nothing(tmp_path: Path) -> None:
    script = tmp_path / "bwrap"
    script.write_text(f"#!/bin/sh\n{LEADER}\n")
    script.chmod(0o700)
    command, environment = own(KILLED_AT_ONCE)
    killed = subprocess.run([*command, str(script)], stdout=subprocess.PIPE, env=environment)
    assert killed.returncode == -signal.SIGKILL
    try:
        left = psutil.Process(int(killed.stdout))
    except psutil.NoSuchProcess:
        return
    if not ended([left]):
        left.kill()
        pytest.fail("it is still there")


def test_what_is_left_in_a_group_ends_with_it() -> None:
    with grader("keepers[1].end(); shells = children()") as (process, left, shells):
        assert len(shells) == 1
        assert ended(left[1:])
        assert left[0].is_running()
        process.kill()
        process.wait()
        assert ended([left[0], *shells])


def test_a_shell_that_was_killed_or_stopped_is_in_nobodys_way() -> None:
    meddled = "one, two = shells; os.kill(one, signal.SIGKILL); os.kill(two, signal.SIGSTOP)"
    with grader(f"{meddled}; [keeper.end() for keeper in keepers]; shells = children()") as (_, left, shells):
        assert shells == []
        assert ended(left)


def test_nothing_stays_open_or_behind() -> None:
    before = os.listdir("/proc/self/fd"), psutil.Process().children()
    Keeper().end()
    assert (os.listdir("/proc/self/fd"), psutil.Process().children()) == before


def test_a_number_that_may_be_a_strangers_is_not_killed() -> None:
    keeper = Keeper()
    assert keeper.group is not None
    stranger = subprocess.Popen(["sleep", "1000"], process_group=keeper.group)
    os.kill(keeper.group, signal.SIGKILL)
    os.waitpid(keeper.group, 0)
    keeper.end()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_where_there_is_no_shell_nothing_is_lost_but_the_second_net(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.box.sandbox.keeper.SHELL", "/nowhere/sh")
    keeper = Keeper()
    assert keeper.group is None
    keeper.end()
