"""Long campaigns, run by hand: what many gradings leave, what a killed grader leaves, how much memory it takes.

    python tests/attacks/endurance.py leaks [COUNT] [TIER]         gradings of answers that leave things behind
    python tests/attacks/endurance.py kills [COUNT] [SEED] [TIER]  `grade bulk` killed at random instants
    python tests/attacks/endurance.py births [COUNT] [SEED]        killed within 4 ms of each bubblewrap's birth
    python tests/attacks/endurance.py memory [TIER]                the grader's own at its highest, flood by flood

Each exits 1 when it is not as it must be. What they said is in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

sys.path[:0] = [str(Path(__file__).resolve().parents[n] / folder) for n, folder in ((0, ""), (1, "box"), (2, ""))]

import census  # noqa: E402
import small_course  # noqa: E402
from boxes import exploring, running, seen  # noqa: E402

from grader.box.parent import Box  # noqa: E402
from grader.box.protocol import Limits  # noqa: E402
from grader.bulk.engine import STORE  # noqa: E402
from grader.errors import BoxError  # noqa: E402
from grader.exercises import find_exercise  # noqa: E402
from grader.grading import Options, grade  # noqa: E402
from grader.results import Tier  # noqa: E402
from grader.submissions.answer import answer  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MOST = 100 << 20
"""Bytes that the grader may take, whatever comes out of the box."""
PATIENCE = 10.0
"""Seconds that what a killed grader leaves has to be gone."""
WHOLE_RUN = 600.0
LONGEST_RUN = 6.0
"""Seconds within which the instants lie: from its start, and every other time from when it has its first box."""
BIRTH = 0.004
"""Seconds in which bubblewrap has made its namespaces."""
WITH_A_BOX = 6
"""Processes of `grade bulk` with one worker: that, what keeps track of it, bubblewrap, the zygote, a job,
and the shell that waits for our end."""

_LEAVES = """
import ctypes, multiprocessing, os, signal, socket, tempfile, threading
from multiprocessing.shared_memory import SharedMemory

def leave():
    {}

def f(**given):
    leave()
    return 41
"""
_MAKES_BOXES = """
import sys
sys.path.insert(0, sys.argv[1])
from grader.box.parent import Box
while True:
    with Box({"solution.py": "x = 1"}, "solution", tier="full"):
        pass
"""
LEAKS = {
    "a thread": "threading.Thread(target=threading.Event().wait).start()",
    "a process": "multiprocessing.get_context('fork').Process(target=signal.pause).start()",
    "a daemon": "os.fork() or (os.setsid(), os.fork() and os._exit(0), signal.pause())",
    "zombies": "[os.fork() or os._exit(0) for _ in range(9)]",
    "shared memory": "SharedMemory(create=True, size=9999)",
    "semaphores": "[multiprocessing.get_context('spawn').Semaphore() for _ in range(9)]",
    "files": "[tempfile.mkstemp() for _ in range(50)]",
    "descriptors": "[os.pipe() for _ in range(50)]",
    "sockets": "globals().update(kept=[socket.socketpair() for _ in range(9)])",
    "System V": "[ctypes.CDLL(None).shmget(0, 4096, 0o1666) for _ in range(3)]",
}
FLOODS = {
    "nothing": "return 41",
    "printed lines": "for n in range(300_000):\n        print('PASS', n)",
    "one endless line": "import os\n    while True:\n        os.write(1, b'x' * 65536), os.write(2, b'x' * 65536)",
    "frames on all descriptors": "import os\n    while True:\n        for n in range(3, 64):\n            try:\n"
    "                os.write(n, bytes(9) * 9999)\n            except OSError:\n                pass",
    "a long exception": "raise ValueError('x' * 50_000_000)",
    "a long value": "return 'x' * 50_000_000",
    "values of many parts, many times": "import threading\n    seen = []\n"
    "    threads = [threading.Thread(target=seen.append, args=(n,)) for n in range(5)]\n"
    "    [each.start() for each in threads], [each.join() for each in threads]\n"
    "    return [seen, [{}] * 20_000, [{}] * 20_000]",
}


def leaks(count: int = 1000, tier: str = "full") -> int:
    """So many boxes, each with a run of real processes. Everything of ours is counted before and after."""
    sources = [_LEAVES.format(text) for text in LEAKS.values()]
    limits = Limits(seconds=3, patience=1)
    with census.own_users() as users, census.own_folder():
        _grade_leaky(sources[0], limits, tier)
        before = census.take(users)
        began = time.monotonic()
        for number in range(count):
            _grade_leaky(sources[number % len(sources)], limits, tier)
        left = census.take(users).left_since(before)
    print(f"leaks: {count} gradings, tier {tier}, {time.monotonic() - began:.0f} s; left: {left or 'nothing'}")
    return int(bool(left))


def _grade_leaky(source: str, limits: Limits, tier: str) -> None:
    with Box({"solution.py": source}, "solution", limits, tier=cast(Tier, tier)) as box, suppress(BoxError):
        box.run(running(seconds=1.0))


def kills(count: int = 200, seed: int = 0, tier: str = "full") -> int:
    """`grade bulk` on leaky answers, killed and begun again; a new store whenever all are graded."""
    chance, many = random.Random(seed), 4 + count // 4
    survivors = lost = made = finished = 0
    slowest = 0.0
    with census.own_users(), census.own_folder() as folder:
        small_course.course_in(folder / "course")
        _hand_in(folder / "handed-in", many)
        kept, store = 0, folder / "out-0"
        for number in range(count):
            least = WITH_A_BOX if number % 2 else 0
            seconds, alive = _killed(folder, store, tier, chance.uniform(0, LONGEST_RUN), least)
            slowest, survivors = max(slowest, seconds), survivors + alive
            now = _gradings(store)
            lost, made, kept = lost + max(0, kept - now), made + max(0, now - kept), now
            if kept == many:
                finished, kept, store = finished + 1, 0, folder / f"out-{number}"
        _killed(folder, store, tier, WHOLE_RUN, 0)
        whole = _gradings(store) == many
    print(f"kills: {count} from seed {seed}, tier {tier}: {survivors} survivors, all gone within {slowest:.2f} s;")
    print(f"  {made} gradings kept, {lost} lost, {finished} stores filled; the last one goes on to its end: {whole}")
    return int(bool(survivors or lost or not whole))


def _hand_in(place: Path, count: int) -> None:
    texts = list(LEAKS.values())
    for number in range(count):
        folder = place / f"student{number}"
        folder.mkdir(parents=True)
        (folder / "solution.py").write_text(_LEAVES.format(texts[number % len(texts)]) + f"# {number}\n")


def _bulk(output: Path, tier: str) -> list[str]:
    command = [sys.executable, "-m", "grader", "bulk", "../handed-in"]
    return [*command, "-o", str(output), "--jobs", "1", "--tier", tier]


def _killed(folder: Path, output: Path, tier: str, after: float, least: int) -> tuple[float, int]:
    """Kills it so long `after` it has `least` processes; what `_left_by` says."""
    quiet, environment = subprocess.DEVNULL, {**os.environ, "PYTHONPATH": str(ROOT)}
    command = _bulk(output, tier)
    grader = subprocess.Popen(command, cwd=folder / "course", stdout=quiet, stderr=quiet, env=environment)
    while grader.poll() is None and len(census.offspring(grader.pid)) < least:
        time.sleep(0.005)
    with suppress(subprocess.TimeoutExpired):
        grader.wait(after)
    return _left_by(grader)


def _left_by(grader: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Kills it. Seconds until all of its were gone, and how many were not."""
    grader.kill()
    grader.wait()
    began = time.monotonic()
    while (left := _living_offspring()) and time.monotonic() - began < PATIENCE:
        time.sleep(0.005)
    gone = time.monotonic() - began
    for pid in left:
        print(f"  survivor: {census.described(pid)}")
        os.kill(pid, signal.SIGKILL)
    return gone, len(left)


def births(count: int = 400, seed: int = 0) -> int:
    """What makes one box after the other, killed while bubblewrap makes its namespaces."""
    chance, survivors, slowest = random.Random(seed), 0, 0.0
    with census.own_users():
        for _ in range(count):
            maker = subprocess.Popen([sys.executable, "-c", _MAKES_BOXES, str(ROOT)], stderr=subprocess.DEVNULL)
            while "bwrap" not in census.names_of_children(maker.pid):
                pass
            until = time.perf_counter() + chance.uniform(0, BIRTH)
            while time.perf_counter() < until:
                pass
            seconds, alive = _left_by(maker)
            slowest, survivors = max(slowest, seconds), survivors + alive
    print(f"births: {count} from seed {seed}: {survivors} survivors, all gone within {slowest:.2f} s")
    return int(bool(survivors))


def _living_offspring() -> list[int]:
    """Orphans come to this process, which reaps the dead."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return []
    return census.offspring(os.getpid())


def _gradings(output: Path) -> int:
    """How many the store holds; raises where it is damaged."""
    if not (output / STORE).exists():
        return 0
    with sqlite3.connect(output / STORE) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gradings'").fetchone()[0]
        return int(store.execute("SELECT count(*) FROM gradings").fetchone()[0]) if tables else 0


def memory(tier: str = "full") -> int:
    """A process for each flood, since the highest mark of one is kept for its whole life."""
    highest = {}
    for name in FLOODS:
        done = subprocess.run(
            [sys.executable, __file__, "flood", name, tier], capture_output=True, text=True, check=True
        )
        highest[name] = int(done.stdout)
    for name, size in highest.items():
        print(f"memory: {size / 2**20:6.1f} MiB  {name}")
    return int(max(highest.values()) > MOST)


def flood(name: str, tier: str) -> int:
    """One grading as a whole, and one search that wants to see all; prints the most bytes that it ever held."""
    with tempfile.TemporaryDirectory() as folder:
        exercise = find_exercise(small_course.course_in(Path(folder)), small_course.EXERCISE)
        source = f"def f():\n    {FLOODS[name]}\n"
        result = grade(exercise, answer({"solution.py": source}, "handed in"), Options(tier=cast(Tier, tier)))
        assert result.verdict == "fail"
    with Box({"solution.py": source}, "solution", tier=cast(Tier, tier)) as box, suppress(BoxError):
        print(len(seen(box, exploring())), "outcomes", file=sys.stderr)
    print(_highest())
    return 0


def _highest() -> int:
    """Bytes. Not `ru_maxrss`, which begins at what the parent had when it forked us."""
    with open("/proc/self/status", encoding="ascii") as file:
        (line,) = (line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


CAMPAIGNS: dict[str, Callable[..., int]] = {
    "leaks": leaks,
    "kills": kills,
    "births": births,
    "memory": memory,
    "flood": flood,
}

if __name__ == "__main__":
    words = [int(word) if word.isdigit() else word for word in sys.argv[2:]]
    sys.exit(CAMPAIGNS[sys.argv[1]](*words))
