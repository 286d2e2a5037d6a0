"""A trial run at the top level that waits for ever is told at once, and one that only takes its time is not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from boxes import give, need

from grader.box.import_watch import ImportWatch
from grader.box.parent import Box
from grader.box.protocol import Limits, Preflight

HOURS = 3600.0
FORK = "import multiprocessing, signal, time\nfork = multiprocessing.get_context('fork')\n"
"""Not the default: from 3.14 on that is the fork server, which needs sockets."""
FOR_EVER = {
    "a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "a thread": "import threading\nthread = threading.Thread(target=threading.Event().wait)\nthread.start()\n"
    "thread.join()",
    "a queue": "import queue\nqueue.Queue().get()",
    "a pipe": "import os\nreading, writing = os.pipe()\nos.read(reading, 1)",
    "a child": f"{FORK}child = fork.Process(target=signal.pause)\nchild.start()\nchild.join()",
    "a grandchild": "import os\nreading, writing = os.pipe()\nif os.fork() == 0:\n    if os.fork() == 0:\n"
    "        os.read(reading, 1)\n    os._exit(0)\nos.close(writing)\nos.read(reading, 1)",
    "a connection": "import socket\nours, theirs = socket.socketpair()\nours.recv(1)",
    "a coroutine": "import asyncio\nasync def main():\n    await asyncio.Event().wait()\nasyncio.run(main())",
}
FOR_A_WHILE = {
    "a clock": "import time\ntime.sleep(0.3)",
    "an alarm": "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.3)\nsignal.pause()",
    "an alarm that is waited for": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.3)\nsignal.sigwait({signal.SIGALRM})",
    "a timer": "import threading\ngate = threading.Event()\nthreading.Timer(0.3, gate.set).start()\ngate.wait()",
    "a child": f"{FORK}child = fork.Process(target=time.sleep, args=(0.3,))\nchild.start()\nchild.join()",
    "an orphan": "import os, time\nreading, writing = os.pipe()\nif os.fork() == 0:\n    if os.fork() == 0:\n"
    "        time.sleep(0.3)\n        os.write(writing, b'x')\n    os._exit(0)\nos.wait()\nos.read(reading, 1)",
}


@pytest.fixture(scope="module", params=["full", "landlock"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    need(request.param)
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier=request.param) as opened:
        yield opened


@pytest.mark.parametrize("waiting", FOR_EVER.values(), ids=FOR_EVER)
def test_what_waits_for_ever_is_told_long_before_the_limit(box: Box, waiting: str) -> None:
    found = give(box, {"solution.py": waiting}).preflight(Preflight(seconds=HOURS)).problem
    assert found is not None
    assert (found.kind, found.file) == ("endless", "solution.py")
    assert found.line == len(waiting.splitlines())


@pytest.mark.parametrize("waiting", FOR_A_WHILE.values(), ids=FOR_A_WHILE)
def test_what_only_takes_its_time_is_right(box: Box, waiting: str) -> None:
    assert give(box, {"solution.py": waiting}).preflight(Preflight(seconds=HOURS)).problem is None


def test_what_waits_for_a_clock_has_the_patience_for_a_busy_machine(box: Box) -> None:
    found = give(box, {"solution.py": "import time\ntime.sleep(3600)"}).preflight(Preflight(seconds=0.3)).problem
    assert found is not None
    assert (found.kind, found.line) == ("endless", 2)


@pytest.mark.parametrize(("after", "too_long"), [(8.9, False), (9.1, True)])
def test_an_import_has_six_times_its_processor_time_on_the_clock(
    monkeypatch: pytest.MonkeyPatch, after: float, too_long: bool
) -> None:
    monkeypatch.setattr("grader.processes.watch.Watch.settled", lambda *_: False)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watch = ImportWatch(Preflight(), 0, "")
    now[0] += after
    assert watch._is_too_long() is too_long
