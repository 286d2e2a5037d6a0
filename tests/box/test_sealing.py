"""A /dev/shm for each box of the tier landlock: what the C library keeps there works, and nobody else sees it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import give, need, running

from grader.box import fence, rights, sealing, seccomp
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


def test_a_seal_that_does_not_hold_is_found_out(tmp_path: Path) -> None:
    need("landlock")
    pid = os.fork()
    if pid == 0:
        os._exit(_try_out_without(tmp_path))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _try_out_without(folder: Path) -> int:
    """In a process of its own: where the zygote may not look into a job, the trial fails, and the tier with it."""
    rights._prctl(38, 1)  # no new privileges
    sealed = Fence(0, (), str(folder), str(folder))
    try:
        Seal(sealed, seccomp.program(seccomp.Shared())).try_out()
        sealing._read = lambda thread, address: b""
        Seal(sealed, seccomp.program(seccomp.Shared())).try_out()
    except OSError as error:
        # The first one held; the second one was refused nothing, but made its file in the machine's own folder.
        return 0 if "does not hold" in str(error) else 3
    except BaseException:
        return 4
    return 2


def test_where_somebody_else_is_shown_the_calls_already_it_is_said() -> None:
    need("landlock")
    pid = os.fork()
    if pid == 0:
        rights._prctl(38, 1)
        fence.seal(seccomp.program(seccomp.Shared()), Fence(0, (), "/tmp", "/tmp"))
        try:
            fence.seal(seccomp.program(seccomp.Shared()), Fence(0, (), "/tmp", "/tmp"))
        except OSError as error:
            os._exit(0 if "busy" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_who_waits_for_the_zygote_is_in_the_midst_of_a_call() -> None:
    """Else a run could be told as a deadlock, while its box has much to do."""
    need("landlock")
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        rights._prctl(38, 1)
        shown = fence.seal(seccomp.program(seccomp.Shared()), Fence(0, (), "/tmp", "/tmp"))
        socket.send_fds(theirs, [b"."], [shown])
        os.close(shown)
        os.unlink("/dev/shm/threadmark-nobody-answers")
        os._exit(0)
    _, shown_here, _, _ = socket.recv_fds(ours, 1, 1)
    try:
        while kernel.state(pid, pid) != "D":  # just before it sleeps, S is seen
            pass
        assert [kernel.state(pid, pid) for _ in range(20)] == ["D"] * 20
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(shown_here[0])
        ours.close()
        theirs.close()
