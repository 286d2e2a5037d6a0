"""The walls of the tier landlock: what an answer can see and reach, asked of real code in a real box."""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import Offspring, exploring, give, need, running, seen
from msgspec.structs import replace

import grader
from grader.box import fence, seccomp
from grader.box.parent import Box
from grader.box.protocol import Fence, Limits, Settings
from grader.box.sandbox import canary, landlock
from grader.box.sandbox.interpreter import this_interpreter
from grader.box.wards import Process, Wards, overfull
from grader.errors import BoxDied, CourseError, InternalError

ROOT = Path(grader.__file__).resolve().parents[1]
AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def fenced() -> Iterator[Box]:
    need("landlock")
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as opened:
        yield opened


def told(box: Box, body: str, **given: Any) -> Any:
    """What `body`, run inside the box as an answer's function, returns."""
    source = "import os\ndef f(**given):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    ran = give(box, {"solution.py": source}).run(running(**given))
    assert ran.ending == "returned", ran
    return ran.value


def refused(box: Box, action: str, **given: Any) -> str:
    """The name of the error that `action` raises in the box, or what it returned."""
    body = f"try:\n    return repr({action})\nexcept OSError as error:\n    return type(error).__name__"
    return str(told(box, body, **given))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of the teacher's that the whole machine may read and write."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o777)
    file = tmp_path / "marks.csv"
    file.write_text("alice,10\n")
    file.chmod(0o666)
    return file


@pytest.mark.parametrize(
    "action",
    [
        "open(given['file']).read()",
        "open(given['file'], 'a')",
        "os.open(given['file'], os.O_RDONLY | os.O_TRUNC)",
        "os.truncate(given['file'], 0)",
        "os.unlink(given['file'])",
        "os.rename(given['file'], 'taken')",
        "os.link(given['file'], 'taken')",
        "os.chmod(given['file'], 0)",
        "os.utime(given['file'], (0, 0))",
        "os.chown(given['file'], -1, os.getgid())",
        "os.setxattr(given['file'], 'user.note', b'x')",
        "os.listdir(os.path.dirname(given['file']))",
        "os.mkdir(given['file'] + '.d')",
        "os.symlink('x', given['file'] + '.link')",
        "os.mkfifo(given['file'] + '.pipe')",
    ],
)
def test_a_file_outside_is_out_of_reach_whatever_its_own_rights_say(fenced: Box, mine: Path, action: str) -> None:
    before = mine.stat()
    # Landlock refuses to link and to move between folders as if these were different disks.
    assert refused(fenced, action, file=str(mine)) in ("PermissionError", "OSError")
    assert (mine.read_text(), mine.stat().st_mtime_ns) == ("alice,10\n", before.st_mtime_ns)
    assert os.listdir(mine.parent) == [mine.name]


def test_such_a_file_is_within_reach_without_walls(mine: Path) -> None:
    os.truncate(mine, 0)
    os.utime(mine, (0, 0))
    assert (mine.read_text(), mine.stat().st_mtime) == ("", 0.0)


@pytest.mark.parametrize(
    "place", ["/", "/etc", "/etc/passwd", "/home", "/tmp", "/var", "/dev/shm", "/sys", "/dev/tty", "/proc/1/environ"]
)
def test_the_machine_is_not_seen(fenced: Box, place: str) -> None:
    action = "os.listdir(given['place']) if os.path.isdir(given['place']) else open(given['place']).read()"
    assert refused(fenced, action, place=place) in ("PermissionError", "FileNotFoundError")


@pytest.mark.parametrize("part", ["checks/judging.py", "results.py", "../course.yaml", "../solutions", "../exercises"])
def test_nothing_that_judges_is_seen(fenced: Box, part: str) -> None:
    path = os.path.realpath(f"{ROOT}/grader/{part}")
    action = "os.listdir(given['path']) if os.path.isdir(given['path']) else open(given['path']).read()"
    assert os.path.exists(path)
    assert refused(fenced, action, path=path) == "PermissionError"


def test_the_kit_can_be_read_and_not_written(fenced: Box) -> None:
    import_it = "import grader.processes.watch\nreturn [grader.processes.watch.__file__, os.__file__]"
    for path in told(fenced, import_it):
        assert refused(fenced, "open(given['path'], 'r+')", path=path) == "PermissionError"
        assert refused(fenced, "os.open(given['path'], os.O_RDONLY | os.O_TRUNC)", path=path) == "PermissionError"


def test_the_scratch_folder_is_empty_for_each_job(fenced: Box) -> None:
    litter = """
os.chdir('..')
os.makedirs('closed/within')
os.mkdir('nothing', 0)
open(b'\\xff\\n-rf', 'w').close()
os.mkfifo('fifo')
os.symlink('/', 'link')
for _ in range(1200):
    os.mkdir('deep')
    os.chdir('deep')
"""
    assert told(fenced, litter) is None
    look = "return [name for name in os.listdir('..') if not name.startswith('run-')]"
    assert told(fenced, look) == []


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("__import__('socket').socket()", "OSError"),
        ("__import__('socket').socket(__import__('socket').AF_INET6)", "OSError"),
        ("__import__('socket').socket(type=__import__('socket').SOCK_DGRAM)", "OSError"),
        ("__import__('socket').socket(__import__('socket').AF_UNIX, __import__('socket').SOCK_DGRAM)", "OSError"),
        ("__import__('socket').socketpair(type=__import__('socket').SOCK_DGRAM)", "OSError"),
        ("__import__('socket').socket(__import__('socket').AF_UNIX).connect('x')", "PermissionError"),
        ("__import__('socket').socket(__import__('socket').AF_UNIX).connect('\\0x')", "PermissionError"),
    ],
)
def test_no_socket_reaches_anybody(fenced: Box, action: str, error: str) -> None:
    assert refused(fenced, action) == error


ON_OTHERS = [
    "os.kill(given['pid'], 9)",
    "os.kill(given['pid'], 19)",
    "__import__('signal').pidfd_send_signal(os.pidfd_open(given['pid']), 9)",
    "__import__('resource').prlimit(given['pid'], __import__('resource').RLIMIT_CPU, (0, 0))",
    "os.setpriority(os.PRIO_PROCESS, given['pid'], 19)",
    "os.setpriority(os.PRIO_USER, 0, 19)",
    "os.sched_setaffinity(given['pid'], {0})",
    "open(f\"/proc/{given['pid']}/mem\", 'rb')",
    "open(f\"/proc/{given['pid']}/environ\", 'rb')",
    "open(f\"/proc/{given['pid']}/oom_score_adj\", 'w')",
    "__import__('fcntl').fcntl(os.pipe()[0], 8, given['pid'])",
]


@pytest.mark.parametrize("action", ON_OTHERS)
@pytest.mark.parametrize("whose", ["zygote", "grader"])
def test_neither_the_grader_nor_the_zygote_can_be_hurt(fenced: Box, whose: str, action: str) -> None:
    walls: Any = fenced._open().walls
    pid = os.getpid() if whose == "grader" else walls._launched.process.pid
    assert refused(fenced, action, pid=pid) == "PermissionError"
    assert fenced._open().walls is walls


@pytest.mark.parametrize("action", ON_OTHERS)
def test_where_landlock_knows_no_signals_the_filter_spares_them(
    monkeypatch: pytest.MonkeyPatch, fenced: Box, action: str
) -> None:
    """As on Ubuntu 24.04: an older Landlock is asked for, as the ABI says."""
    monkeypatch.setattr(fence, "abi", lambda: 5)
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as older:
        walls: Any = older._open().walls
        zygote = walls._launched.process.pid
        assert [refused(older, action, pid=pid) for pid in (zygote, os.getpid())] == ["PermissionError"] * 2
        assert older._open().walls is walls


def test_no_privilege_is_left_but_to_pass_closed_folders(fenced: Box) -> None:
    lines = told(fenced, "return open('/proc/self/status').read().splitlines()")
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    walls: Any = fenced._open().walls
    allowed = {"0" * 16, f"{4:016x}"} if walls._user else {"0" * 16}
    assert {status[name].strip() for name in ("CapPrm", "CapEff", "CapAmb", "CapInh")} <= allowed
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")
    assert "0" not in status["Uid"].split()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("while True:\n    open(os.urandom(8).hex(), 'wb').write(b'x' * (1 << 20))", "disk"),
        ("while True:\n    open(os.urandom(8).hex(), 'wb').close()", "disk"),
    ],
)
def test_what_takes_too_much_in_all_is_ended(fenced: Box, body: str, words: str) -> None:
    source = "import os\ndef f(**given):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    scenario = "def ask(answer):\n    return answer.f()\n"
    with pytest.raises(BoxDied, match=words):
        give(fenced, {"solution.py": source}).run(running(scenario, seconds=50))


def test_too_many_processes_and_threads_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kernel counts them for a user, and an ordinary one has other boxes, and programs of his own."""
    settings = Settings(Limits(tasks=9), namespaced=False, fence=Fence(7, (), str(tmp_path), str(tmp_path)))
    for threads, excess in ((3, ""), (4, "processes")):
        alive = [Process(pid, 1, 0, threads) for pid in (2, 3, 4)]
        monkeypatch.setattr(Wards, "all", lambda self, alive=alive: alive)
        assert Wards(settings, -1).excess() == excess


def test_root_gives_each_box_a_user_of_its_own(fenced: Box) -> None:
    if not AS_ROOT:
        pytest.skip("an ordinary user has no other users to give")
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="landlock") as other:
        users = {told(box, "return os.getuid()") for box in (fenced, other)}
    assert len(users) == 2
    assert min(users) >= 1 << 30


KILLED = """
import sys
sys.path[:0] = sys.argv[1:]
from boxes import running
from grader.box.parent import Box
from grader.box.protocol import Limits
answer = "import os, time\\ndef f():\\n    if os.fork() == 0:\\n        os.setsid()\\n    time.sleep(3600)\\n"
box = Box({"solution.py": answer}, "solution", Limits(seconds=60), tier="landlock")
walls = box._open().walls
print(walls._launched.process.pid, walls._folder, flush=True)
box.run(running())
"""


def test_when_the_grader_is_killed_the_zygote_ends_them_all(fenced: Box) -> None:
    folders = [str(ROOT), str(Path(__file__).parent)]
    with subprocess.Popen([sys.executable, "-c", KILLED, *folders], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        pid, folder = grader.stdout.readline().split()
        ended, within = os.pidfd_open(int(pid)), Offspring(int(pid))
        while len(within.alive()) < 4:  # the zygote, the job, the run and its child
            pass
        grader.kill()
    try:
        assert select.select([ended], [], [], 60)[0]
        assert within.alive() == []
        assert os.listdir(f"{folder}/scratch") == []
    finally:
        os.close(ended)
        landlock.sweep()
    assert not os.path.exists(folder)


def test_folders_of_graders_that_live_stay(fenced: Box) -> None:
    walls: Any = fenced._open().walls
    landlock.sweep()
    assert os.path.isdir(walls._folder)


def test_a_folder_too_deep_for_the_library_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    monkeypatch.chdir(deep)
    for _ in range(1200):
        os.mkdir("deep")
        os.chdir("deep")
    os.chdir(tmp_path)
    landlock.remove(str(deep))
    assert os.listdir(tmp_path) == []


def test_counting_stops_at_the_bound(tmp_path: Path) -> None:
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / "file").write_bytes(b"x" * 100_000)
    assert overfull(str(tmp_path), 50_000)
    assert not overfull(str(tmp_path), 500_000)


@pytest.mark.parametrize(("version", "words"), [(0, "no Landlock"), (1, "too old"), (2, "ABI 2, and 3 is needed")])
def test_a_kernel_without_enough_of_landlock_is_told(monkeypatch: pytest.MonkeyPatch, version: int, words: str) -> None:
    monkeypatch.setattr(fence, "abi", lambda: version)
    assert words in canary.why_not_landlock(this_interpreter())
    with pytest.raises(CourseError, match=words):
        Box({}, "solution", tier="landlock")


def test_a_processor_without_a_filter_has_no_such_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "program", lambda *_: b"")
    assert "this kind of processor" in landlock.why_not()


@pytest.mark.parametrize(("version", "user", "count"), [(5, 1000, 1), (6, 1000, 0), (5, 0, 0)])
def test_what_an_older_kernel_lacks_is_told(
    monkeypatch: pytest.MonkeyPatch, version: int, user: int, count: int
) -> None:
    monkeypatch.setattr(fence, "abi", lambda: version)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert len(landlock.lacking()) == count


@pytest.mark.parametrize("version", range(3, 8))
def test_every_version_of_landlock_is_asked_for_what_it_knows(
    monkeypatch: pytest.MonkeyPatch, fenced: Box, version: int
) -> None:
    if version > fence.abi():
        pytest.skip(f"this kernel knows ABI {fence.abi()}")
    monkeypatch.setattr(fence, "abi", lambda: version)
    with Box({"solution.py": "def f():\n    return 42\n"}, "solution", Limits(seconds=60), tier="landlock") as older:
        assert [outcome.value for outcome in seen(older, exploring("def ask(answer):\n    return answer.f()\n"))] == [
            42
        ]


def test_a_fence_that_does_not_hold_is_found_out_before_any_answer_runs(
    monkeypatch: pytest.MonkeyPatch, fenced: Box
) -> None:
    monkeypatch.setattr(landlock, "Fence", lambda abi, read, *rest: replace(made(abi, read, *rest), read=(*read, "/")))
    assert "do not hold" in canary.why_not_landlock(this_interpreter())
    with Box({}, "solution", tier="landlock") as open_box, pytest.raises(InternalError, match="do not hold"):
        give(open_box, {"solution.py": ""}).run(running())


made = landlock.Fence


def test_without_bubblewrap_landlock_is_chosen_and_remembered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fenced: Box
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(canary, "program", lambda: None)
    assert canary.choose_tier(this_interpreter()) == "landlock"
    monkeypatch.setattr(canary, "why_not_landlock", lambda _: pytest.fail("asked again"))
    assert canary.choose_tier(this_interpreter()) == "landlock"


def test_a_bubblewrap_that_works_again_is_preferred(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fenced: Box
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(canary, "why_not_full", lambda _: "broken")
    assert canary.choose_tier(this_interpreter()) == "landlock"
    monkeypatch.setattr(canary, "why_not_full", lambda _: "")
    assert canary.choose_tier(this_interpreter()) == "full"


def test_the_doctor_says_what_it_is_good_for_and_how_to_be_stronger(
    monkeypatch: pytest.MonkeyPatch, fenced: Box
) -> None:
    monkeypatch.setattr(canary, "program", lambda: None)
    (fact,) = canary.doctor(this_interpreter())[:1]
    assert (fact.good, "landlock" in fact.saying, "install bubblewrap" in fact.remedy) == (False, True, True)


def test_nothing_of_a_box_is_left_in_the_folder_for_temporary_files(fenced: Box) -> None:
    # Others may work beside this process: what it made carries its number.
    mine = f"{landlock.PREFIX}{os.getpid()}-"

    def boxes() -> set[str]:
        return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith(mine)}

    before = boxes()
    with Box({"solution.py": "def f():\n    return 1\n"}, "solution", Limits(seconds=60), tier="landlock") as box:
        box.run(running("def ask(answer):\n    return answer.f()\n"))
        assert len(boxes() - before) == 1
    assert not boxes() - before


def test_the_answer_to_the_question_for_the_version_is_the_kernels() -> None:
    answered = ctypes.CDLL(None).syscall(444, None, 0, 1)
    assert fence.abi() == max(0, answered)
