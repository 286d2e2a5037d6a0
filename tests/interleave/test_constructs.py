"""Each construct of `constructs.py`: its wrong program shows two outcomes or a bad one, its right program only one,
which is proven. And each call that cannot be controlled is told with its file and line, and holds up nobody."""

from __future__ import annotations

import pytest
from constructs import DATA, WAITING, update, waiting
from running import run

from grader.interleave.explorer import Plan, explore
from grader.interleave.program import load
from grader.trace import Coverage, Outcome


def explored(source: str, enough: int) -> tuple[list[Outcome], Coverage]:
    """All outcomes, or as soon as one is bad or there are `enough`."""
    program = load({"answer.py": source}, "answer", "def run(answer):\n    return answer.main()\n", "scenario.py")
    seen: list[Outcome] = []

    def heard(outcome: Outcome) -> bool:
        seen.append(outcome)
        return outcome.ending == "done" and len(seen) < enough

    return seen, explore(program, "run", {}, Plan(executions=3000), heard)


def is_seen_to_be_wrong(source: str) -> bool:
    seen, _ = explored(source, 2)
    return len(seen) == 2 or seen[0].ending != "done"


def is_proven(source: str) -> bool:
    seen, coverage = explored(source, 100)
    real_races = [race for race in coverage.races if race.pattern != "single access"]
    return len(seen) == 1 and seen[0].ending == "done" and coverage.exhausted and not real_races


@pytest.mark.parametrize("name", DATA)
def test_an_update_is_lost_without_a_lock_and_never_with_one(name):
    assert is_seen_to_be_wrong(update(name, "if True:"))
    assert is_proven(update(name, "with lock:"))


@pytest.mark.parametrize("name", WAITING)
def test_a_wrong_use_shows_and_a_right_one_is_proven(name):
    assert is_seen_to_be_wrong(waiting(name, 1))
    assert is_proven(waiting(name, 2))


PIPE = "import os; reading, writing = os.pipe()\n"
FIFO = "import os, tempfile; path = tempfile.mkdtemp() + '/fifo'; os.mkfifo(path)\n"
ESCAPES = {
    "signal.pause": "import signal\nsignal.pause()",
    "signal.sigwait": "import signal\nsignal.sigwait({signal.SIGUSR1})",
    "signal.alarm": "import signal\nsignal.alarm(1)",
    "signal.raise_signal": "import signal\nsignal.raise_signal(signal.SIGUSR1)",
    "open of a pipe, socket or terminal": PIPE + "open(reading, 'rb')",
    "open of a pipe, socket or terminal ": PIPE + "os.fdopen(reading)",
    "open of a pipe, socket or terminal  ": FIFO + "open(path)",
    "os.open of a pipe, socket or terminal": FIFO + "os.open(path, os.O_RDONLY)",
    "open of a pipe, socket or terminal   ": FIFO + "import pathlib; pathlib.Path(path).read_text()",
    "os.read, which would block,": PIPE + "os.read(reading, 1)",
    "os.readv": PIPE + "os.readv(reading, [bytearray(1)])",
    "os.write, which would block,": PIPE + "os.write(writing, b'x' * 100_000)",
    "fcntl.flock": "import fcntl\nfcntl.flock(0, fcntl.LOCK_EX)",
    "select.select": "import select\nselect.select([], [], [], 2)",
    "http.client.HTTPConnection": "import http.client\nhttp.client.HTTPConnection('localhost', 1)",
    "ctypes.util.find_library": "import ctypes.util\nctypes.util.find_library('c')",
    "urllib.request.urlopen": "import urllib.request, urllib.parse\nurllib.request.urlopen('http://localhost:1')",
    "urllib.request.urlopen ": "from urllib import parse, request\nrequest.urlopen('http://localhost:1')",
    "socket.getaddrinfo": "import xmlrpc.client\nxmlrpc.client.ServerProxy('http://localhost:1').x()",
    "_thread.start_": "import pydoc\npydoc._start_server(lambda *_: '', '127.0.0.1', 0)",
    "concurrent.futures.process.ProcessPoolExecutor": "import concurrent.futures as c\nc.ProcessPoolExecutor()",
    "multiprocessing.pool.ThreadPool": "from multiprocessing.pool import ThreadPool\nThreadPool(2)",
}


@pytest.mark.parametrize("what", ESCAPES)
def test_what_cannot_be_controlled_is_told_with_file_and_line(what):
    execution = run("def s(answer):\n    " + "\n    ".join(ESCAPES[what].split("\n")))
    assert execution.ending == "uncontrolled"
    assert execution.detail[0].startswith(f"not under control: {what.rstrip()}")
    assert execution.detail[0].endswith("test_it.py:5")


def test_what_holds_up_nobody_works():
    body = """
    def s(answer):
        import os, os.path, signal, tempfile, urllib.parse
        from urllib.parse import quote
        reading, writing = os.pipe()
        os.write(writing, b"x")
        with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "a"), "w+") as file:
            file.write("hello")
            file.seek(0)
            with open("/dev/null") as empty:
                return [os.read(reading, 1).decode(), file.read(), empty.read(), signal.SIGINT.name, quote("a b")]
    """
    assert run(body).value == ["x", "hello", "", "SIGINT", "a%20b"]
