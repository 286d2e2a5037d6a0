"""The walls: what an answer in the box can see and reach, asked of real code in a real box."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from boxes import Namespace, give, need_full, running

import grader
from grader.box import fence
from grader.box.parent import Box
from grader.box.protocol import Limits
from grader.box.sandbox import canary, limits
from grader.box.sandbox.bubblewrap import Bubblewrap, arguments
from grader.box.sandbox.interpreter import Interpreter, kit, this_interpreter
from grader.errors import CourseError, InternalError

ROOT = Path(grader.__file__).resolve().parents[1]

pytestmark = pytest.mark.usefixtures("walls_stand")


def told(box: Box, body: str, **given: Any) -> Any:
    """What `body`, run inside the box as an answer's function, returns."""
    source = "import os\ndef f(**given):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    ran = give(box, {"solution.py": source}).run(running(**given))
    assert ran.ending == "returned", ran
    return ran.value


def test_the_course_and_its_solutions_are_not_there(box: Box) -> None:
    places = [
        str(ROOT),
        str(ROOT / "solutions"),
        str(ROOT / "exercises"),
        "/home",
        "/etc/passwd",
        "/var",
        "/kit/grader/checks/judging.py",
    ]
    assert told(box, "return [p for p in given['places'] if os.path.exists(p)]", places=places) == []


def test_the_kit_holds_nothing_that_judges(box: Box) -> None:
    parts = told(box, "return sorted(os.listdir('/kit/grader')) + sorted(os.listdir('/kit/grader/checks'))")
    assert set(parts) <= {*(part.partition("/")[0] for part in kit()), "tools.py"}


@pytest.mark.parametrize(
    "place", ["/kit/x", "/usr/x", "/x", "/dev/x", "/proc/sys/vm/swappiness", "/proc/sys/kernel/hostname"]
)
def test_nothing_can_be_written_outside_of_the_scratch_folders(box: Box, place: str) -> None:
    body = "try:\n    open(given['place'], 'w').write('1')\nexcept OSError as error:\n    return type(error).__name__"
    assert told(box, body, place=place) in ("PermissionError", "OSError", "FileNotFoundError")


def test_scratch_space_is_there_and_bounded(box: Box) -> None:
    assert told(box, "s = os.statvfs('/tmp')\nreturn s.f_blocks * s.f_frsize") == Limits().scratch


def test_the_answer_is_nobody_and_can_become_nobody_else(box: Box) -> None:
    body = "try:\n    os.setuid(0)\nexcept OSError:\n    return [os.getuid(), os.getgroups()]"
    user, groups = told(box, body)
    assert user != 0
    assert set(groups) <= {user, 65534}


def test_no_capability_and_no_new_privilege_is_left(box: Box) -> None:
    lines = told(box, "return open('/proc/self/status').read().splitlines()")
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    assert {status[name].strip() for name in ("CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"].strip() == "1"


def test_only_the_box_is_seen_in_the_list_of_processes(box: Box) -> None:
    pids = told(box, "return sorted(int(n) for n in os.listdir('/proc') if n.isdigit())")
    assert pids[0] == 1
    assert len(pids) <= 6


def test_the_environment_is_the_boxes_own(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SECRET", "x")
    with Box({"solution.py": ""}, "solution", Limits(seconds=60)) as fresh:
        names = told(fresh, "return sorted(os.environ)")
    assert "COURSE_SECRET" not in names
    assert "PYTHONHASHSEED" in names


def test_there_is_no_way_to_the_network(box: Box) -> None:
    body = (
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), 1)\n"
        "except OSError as error:\n    return error.errno"
    )
    assert told(box, body) == 101


def test_the_zygote_cannot_be_looked_into(box: Box) -> None:
    body = (
        "seen = []\nfor name in ('mem', 'environ', 'maps'):\n    try:\n        open(f'/proc/1/{name}', 'rb').close()\n"
        "    except OSError:\n        continue\n    seen.append(name)\nreturn seen"
    )
    assert told(box, body) == []


@pytest.mark.parametrize("number", ["SIGKILL", "SIGSTOP", "SIGTERM", "SIGINT", "SIGCHLD", "SIGSEGV"])
def test_the_zygote_cannot_be_killed_or_stopped_from_within(box: Box, number: str) -> None:
    before = box._open()
    assert told(box, f"import signal\nfor _ in range(9):\n    os.kill(1, signal.{number})\nreturn 6") == 6
    assert told(box, "return 7") == 7
    assert box._open() is before


@pytest.mark.parametrize(
    "action",
    [
        "os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
        "os.sched_setaffinity(1, {0})",
        "os.setpriority(os.PRIO_PROCESS, 1, 19)",
        "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
        "__import__('resource').prlimit(1, __import__('resource').RLIMIT_CPU, (0, 0))",
    ],
)
def test_the_zygote_that_keeps_watch_cannot_be_slowed_down_from_within(box: Box, action: str) -> None:
    assert told(box, f"try:\n    {action}\nexcept PermissionError:\n    return 'refused'") == "refused"


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 400),
        ("RLIMIT_DATA", 512 * 1024**2 + 400 * 8 * 1024**2),
        ("RLIMIT_MEMLOCK", 64 * 1024),
        ("RLIMIT_MSGQUEUE", 64 * 1024),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_FSIZE", 16 * 1024**2),
    ],
)
def test_limits_hold_in_the_process_of_the_answer(box: Box, name: str, bound: int) -> None:
    assert told(box, f"import resource\nreturn resource.getrlimit(resource.{name})[1]") <= bound


def test_standard_input_is_empty(box: Box) -> None:
    assert told(box, "return os.read(0, 10).decode()") == ""


def test_a_box_that_cannot_start_is_our_fault_and_not_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.box.sandbox.bubblewrap.arguments", lambda *_: ["--no-such-option"])
    with (
        Box({"solution.py": ""}, "solution", tier="full") as broken,
        pytest.raises(InternalError, match="did not start"),
    ):
        give(broken, {"solution.py": "x = 1"}).run(running())


def test_a_bubblewrap_that_cannot_be_run_costs_no_descriptor() -> None:
    before = os.listdir("/proc/self/fd")
    with pytest.raises(FileNotFoundError):
        Bubblewrap("/no/such/bwrap", this_interpreter(), Limits())
    assert os.listdir("/proc/self/fd") == before


def no_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "abi", lambda: 0)


def test_a_canary_that_dies_means_the_weaker_tier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("grader.box.sandbox.bubblewrap.arguments", lambda *_: ["--no-such-option"])
    no_landlock(monkeypatch)
    assert canary.choose_tier(this_interpreter()) == "limits"
    assert list(tmp_path.iterdir()) == []


def test_that_a_tier_works_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert canary.choose_tier(this_interpreter()) == "full"
    monkeypatch.setattr(canary, "why_not_full", lambda _: pytest.fail("asked again"))
    assert canary.choose_tier(this_interpreter()) == "full"


def test_another_bubblewrap_is_asked_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert canary.choose_tier(this_interpreter()) == "full"
    monkeypatch.setattr(canary, "program", lambda: None)
    no_landlock(monkeypatch)
    assert canary.choose_tier(this_interpreter()) == "limits"


def test_without_bubblewrap_the_doctor_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "program", lambda: None)
    fact = canary.doctor(this_interpreter())[0]
    assert (fact.good, "bubblewrap" in fact.remedy) == (False, True)


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_bubblewrap_these_tests_are_skipped_but_fail_on_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, ends: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(canary, "program", lambda: None)
    with pytest.raises(ends, match=r"needs the tier full.*bubblewrap is not installed"):
        need_full()


def test_with_bubblewrap_the_doctor_is_content() -> None:
    assert canary.doctor(this_interpreter())[0].good


@pytest.mark.parametrize("tier", ["landlock", "full"])
def test_a_tier_that_is_not_there_is_the_courses_fault(monkeypatch: pytest.MonkeyPatch, tier: Any) -> None:
    monkeypatch.setattr(canary, "program", lambda: None)
    no_landlock(monkeypatch)
    with pytest.raises(CourseError, match=tier):
        Box({}, "solution", tier=tier)


def test_root_does_not_run_answers_as_root_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    closed = tmp_path / "python"
    closed.write_text("")
    closed.chmod(0o600)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    hidden = Interpreter(str(closed), str(tmp_path), {})
    with pytest.raises(CourseError, match="as root"):
        limits.user_for(hidden, as_root=False)
    assert limits.user_for(hidden, as_root=True) == 0


def test_an_ordinary_user_stays_who_he_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert limits.user_for(this_interpreter(), as_root=False) == 0


def test_an_ordinary_user_gets_a_user_namespace_and_root_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for user, expected in ((1000, True), (0, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        made = arguments(this_interpreter(), Limits(), 9)
        assert ("--unshare-user" in made, "--disable-userns" in made) == (expected, expected)
        assert ("CAP_SETUID" in made) == (not expected)


KILLED = """
import sys
sys.path[:0] = sys.argv[1:]
from boxes import running
from grader.box.parent import Box
from grader.box.protocol import Limits
answer = "import time\\ndef f():\\n    time.sleep(3600)\\n"
box = Box({"solution.py": answer}, "solution", Limits(seconds=60), tier="full")
bwrap = box._open().walls._launched.process.pid
box._open().walls.control.recv(1, 2)  # MSG_PEEK: it is ready
print(open(f"/proc/{bwrap}/task/{bwrap}/children").read(), flush=True)
box.run(running())
"""


def test_when_the_grader_is_killed_nothing_of_the_box_is_left() -> None:
    folders = [str(ROOT), str(Path(__file__).parent)]
    with subprocess.Popen([sys.executable, "-c", KILLED, *folders], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        init = int(grader.stdout.readline())
        namespace, ended = Namespace(str(init)), os.pidfd_open(init)
        while len(namespace.alive()) < 3:  # the zygote, the job, the run
            pass
        grader.kill()
    try:
        assert select.select([ended], [], [], 60)[0]
    finally:
        os.close(ended)


def test_the_weakest_tier_grades_too() -> None:
    """Only with a harmless answer: where tests run as root, this one runs as root as well."""
    with Box({"solution.py": "def f(**given):\n    return 4\n"}, "solution", tier="limits", as_root=True) as weak:
        assert weak.tier == "limits"
        zygote = weak._open().walls._launched.process.pid  # type: ignore[attr-defined]
        assert weak.run(running()).value == 4
    assert not os.path.exists(f"/proc/{zygote}")
