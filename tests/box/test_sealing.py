"""A /dev/shm for each box of the tier landlock: what the C library keeps there works, and nobody else sees it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import give, need, running

import grader
from grader.box.parent import Box
from grader.box.protocol import Fence, Limits
from grader.box.sealing import Seal
from grader.errors import BoxDied
from grader.processes import kernel

HEAD = """
import errno, multiprocessing, os, threading
from multiprocessing import resource_tracker, shared_memory

def opened(path, flags=os.O_RDWR, mode=0o600):
    descriptor = os.open(path, flags | os.O_NOFOLLOW, mode)
    os.close(descriptor)
    return "opened"

def error_of(action):
    try:
        return action()
    except OSError as error:
        return errno.errorcode[error.errno]

"""
CREATE = "os.O_CREAT | os.O_EXCL | os.O_RDWR"


@pytest.fixture(scope="module")
def fenced() -> Iterator[Box]:
    need("landlock")
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as opened:
        yield opened


def told(box: Box, body: str, **given: Any) -> Any:
    source = HEAD + "def f(**given):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    ran = give(box, {"solution.py": source}).run(running(**given))
    assert ran.ending == "returned", ran
    return ran.value


LEAVES = """
segment = shared_memory.SharedMemory(create=True, size=100)
segment.buf[0] = 42
again = shared_memory.SharedMemory(name=segment.name)
seen = again.buf[0]
again.close()
resource_tracker.unregister("/" + segment.name, "shared_memory")
return [segment.name, seen]
"""


def test_a_segment_is_seen_by_its_own_box_in_its_own_job_and_by_nobody_else(fenced: Box) -> None:
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as other:
        name, seen = told(fenced, LEAVES)
        assert seen == 42
        assert not os.path.lexists(f"/dev/shm/{name}")
        find = "return error_of(lambda: shared_memory.SharedMemory(name=given['name']))"
        assert told(other, find, name=name) == "ENOENT"
        assert told(fenced, find, name=name) == "ENOENT"


def test_two_boxes_at_a_time_use_one_name_each_for_itself(fenced: Box) -> None:
    leaves = f"return opened(given['path'], {CREATE})"
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as other:
        path = f"/dev/shm/{os.urandom(8).hex()}"
        assert [told(box, leaves, path=path) for box in (fenced, other)] == ["opened", "opened"]


def test_semaphores_of_all_kinds_work(fenced: Box) -> None:
    body = """
locks = [multiprocessing.get_context(way).Lock() for way in ("fork", "spawn")]
for lock in locks:
    with lock:
        pass
process = multiprocessing.get_context("fork").Process(target=locks[0].acquire)
process.start()
process.join()
return [locks[0].acquire(block=False), locks[1].acquire(block=False)]
"""
    assert told(fenced, body) == [False, True]


def test_many_threads_may_ask_at_once(fenced: Box) -> None:
    body = f"""
found = []
def ask(number):
    for step in range(20):
        found.append(opened(f"/dev/shm/{{number}}-{{step}}", {CREATE}))
threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
return [len(found), set(found) == {{"opened"}}]
"""
    assert told(fenced, body) == [400, True]


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (f"opened('/dev/shm/x', {CREATE})", "opened"),
        (f"[opened('/dev/shm/x', {CREATE}) for _ in 'ab']", "EEXIST"),
        ("opened('/dev/shm/x')", "ENOENT"),
        ("os.unlink('/dev/shm/x')", "ENOENT"),
        ("os.link('/dev/shm/x', '/dev/shm/y')", "ENOENT"),
        (f"opened('/dev/shm/' + 'x' * 300, {CREATE})", "ENAMETOOLONG"),
        ("opened('/dev/shm/x/y', os.O_CREAT)", "ENOENT"),
        ("opened('/dev/shm/../../etc/passwd', os.O_RDONLY)", "EACCES"),
        ("opened('/dev/shm/..', os.O_RDONLY)", "EACCES"),
        ("opened('/dev//shm/x', os.O_CREAT)", "EACCES"),
        ("open('/dev/shm/x', 'w')", "EACCES"),
        ("os.listdir('/dev/shm')", "EACCES"),
        ("os.mkdir('/dev/shm/x')", "EACCES"),
        ("os.mkfifo('/dev/shm/x')", "EACCES"),
        ("os.symlink('/etc/passwd', '/dev/shm/x')", "EACCES"),
        ("opened('/etc/passwd', os.O_RDONLY)", "EACCES"),
        (f"opened('mine', {CREATE})", "opened"),
        (f"opened('mine', {CREATE}) and os.link('mine', 'other') or opened('other')", "opened"),
        (f"opened('mine', {CREATE}) and os.link('mine', '/dev/shm/x')", "EXDEV"),
    ],
)
def test_there_are_plain_files_in_it_and_nothing_else(fenced: Box, action: str, error: str) -> None:
    assert told(fenced, f"return error_of(lambda: {action})") == error


@pytest.mark.parametrize(
    "action",
    ["os.mkfifo(given['shared'] + '/x')", "os.symlink('/', given['shared'] + '/x')", "os.rmdir(given['shared'])"],
)
def test_nothing_can_be_laid_there_that_would_lead_the_zygote_astray(fenced: Box, action: str) -> None:
    walls: Any = fenced._open().walls
    assert told(fenced, f"return error_of(lambda: {action})", shared=f"{walls._folder}/shared") == "EACCES"


def test_a_path_that_cannot_be_read_is_the_askers_own_loss(fenced: Box) -> None:
    body = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.open(ctypes.c_void_p(1), os.O_NOFOLLOW)
return errno.errorcode[ctypes.get_errno()]
"""
    assert told(fenced, body) == "EFAULT"


def test_too_many_descriptors_are_an_error_and_no_wait_without_end(fenced: Box) -> None:
    body = f"""
kept = []
try:
    while True:
        kept.append(os.open(f"/dev/shm/{{len(kept)}}", {CREATE}))
except OSError as error:
    for each in kept:
        os.close(each)
    return errno.errorcode[error.errno]
"""
    assert told(fenced, body) == "EMFILE"


def test_a_call_that_is_withdrawn_before_anybody_looks_harms_nobody(tmp_path: Path) -> None:
    seal = Seal(Fence(0, (), str(tmp_path), str(tmp_path)), b"")
    seal._shown, other = os.pipe()
    try:
        seal._serve()
        assert seal.descriptors() == [seal._shown]
    finally:
        seal.release()
        os.close(other)


def test_who_is_killed_in_the_midst_of_such_calls_leaves_the_box_as_it_was(fenced: Box) -> None:
    body = f"""
def ask():
    while True:
        for number in range(50):
            try:
                os.close(os.open(f"/dev/shm/{{os.getpid()}}", {CREATE}))
                os.unlink(f"/dev/shm/{{os.getpid()}}")
            except OSError:
                pass
for _ in range(40):
    processes = [multiprocessing.get_context("fork").Process(target=ask) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.kill()
        process.join()
return opened("/dev/shm/x", {CREATE})
"""
    assert told(fenced, body) == "opened"


def test_it_is_bounded(fenced: Box) -> None:
    fill = f"""
for number in range(10 ** 6):
    descriptor = os.open(f"/dev/shm/{{number}}", {CREATE})
    os.write(descriptor, b"x" * (1 << 20))
    os.close(descriptor)
"""
    source = HEAD + "def f(**given):\n" + "".join(f"    {line}\n" for line in fill.splitlines())
    with pytest.raises(BoxDied, match="disk"):
        give(fenced, {"solution.py": source}).run(running(seconds=50))
    assert told(fenced, f"return opened('/dev/shm/1', {CREATE})") == "opened"


ALONE = """
import os, signal, socket, sys
from grader.box import fence, rights, sealing, seccomp
from grader.box.protocol import Fence
from grader.box.sealing import Seal

folder = sys.argv[1]
program, fenced = seccomp.program(seccomp.Shared()), Fence(0, (), folder, folder)
rights._prctl(38, 1)  # no new privileges
"""
"""A process like a zygote, that is not enclosed: it can be sealed itself."""


def alone(body: str, folder: Path, *given: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ALONE + body, str(folder), *given]
    root = Path(grader.__file__).parents[1]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, pass_fds=map(int, given))


def test_a_seal_that_does_not_hold_is_found_out(tmp_path: Path) -> None:
    """Where the zygote may not look into a job, the trial fails, and the tier with it."""
    need("landlock")
    body = """
Seal(fenced, program).try_out()
print("held")
sealing._read = lambda thread, address: b""
try:
    Seal(fenced, program).try_out()
except OSError as error:
    print(error)
"""
    with alone(body, tmp_path) as process:
        said, _ = process.communicate()
    assert said.splitlines()[0] == "held"
    assert "does not hold" in said.splitlines()[1]


def test_where_somebody_else_is_shown_the_calls_already_it_is_said(tmp_path: Path) -> None:
    need("landlock")
    body = """
fence.seal(program, fenced)
try:
    fence.seal(program, fenced)
except OSError as error:
    print(error)
"""
    with alone(body, tmp_path) as process:
        assert "busy" in process.communicate()[0]


def test_who_waits_for_the_zygote_is_in_the_midst_of_a_call(tmp_path: Path) -> None:
    """Else a run could be told as a deadlock, while its box has much to do."""
    need("landlock")
    body = """
theirs = socket.socket(fileno=int(sys.argv[2]))
shown = fence.seal(program, fenced)
socket.send_fds(theirs, [b"."], [shown])
os.close(shown)
os.unlink("/dev/shm/threadmark-nobody-answers")
"""
    ours, theirs = socket.socketpair()
    with ours, theirs, alone(body, tmp_path, str(theirs.fileno())) as process:
        _, shown, _, _ = socket.recv_fds(ours, 1, 1)
        try:
            while kernel.state(process.pid, process.pid) != "D":  # just before it sleeps, S is seen
                pass
            assert [kernel.state(process.pid, process.pid) for _ in range(20)] == ["D"] * 20
        finally:
            process.kill()
            os.close(shown[0])
