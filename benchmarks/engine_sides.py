"""One side of `engine.py`, in the environment of the peers: prints {program: {"said", "rate"}} as JSON.

A program is a class with two workers and a check, so that every side can drive it. Those called wrong are.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAMS = {
    "lost update (wrong)": ("Counter", 'self.n = 0', "self.n += 1", "self.n += 1", "self.n == 2"),
    "locked (right)": (
        "Locked", "self.n, self.lock = 0, threading.Lock()",
        "with self.lock: self.n += 1", "with self.lock: self.n += 1", "self.n == 2",
    ),
    "overdraft (wrong)": (
        "Account", "self.n = 100",
        "if self.n >= 80: self.n -= 80", "if self.n >= 80: self.n -= 80", "self.n == 20",
    ),
    "early publication (wrong)": (
        "Box", "self.ready, self.value, self.seen = False, 0, None",
        "self.ready = True; self.value = 5", "self.seen = self.value if self.ready else None", "self.seen in (None, 5)",
    ),
    "publication (right)": (
        "Published", "self.ready, self.value, self.seen = False, 0, None",
        "self.value = 5; self.ready = True", "self.seen = self.value if self.ready else None", "self.seen in (None, 5)",
    ),
    "stopped driver (wrong)": (
        "Driver", "self.pending, self.stopping, self.stopped, self.bad = 1, False, False, False",
        "if not self.stopping: self.pending += 1; self.bad = self.stopped; self.pending -= 1",
        "self.stopping = True; self.pending -= 1; self.stopped = self.pending == 0", "not self.bad",
    ),
    "notified before waiting (wrong)": (
        "Gate", "self.open, self.told, self.heard = False, threading.Condition(), True",
        "self.wait()", "self.unlock()", "self.heard",
    ),
}  # fmt: skip
EXTRA = """
    def wait(self):
        if not self.open:
            with self.told:
                self.told.wait()
    def unlock(self):
        self.open = True
        with self.told:
            self.told.notify()
"""


def source(program: str) -> str:
    """A module with the class, and `main()`, which starts the two workers."""
    name, init, one, other, check = PROGRAMS[program]
    return (
        f"import threading\nclass {name}:\n    def __init__(self):\n        {init}\n"
        f"    def one(self):\n        {one}\n    def other(self):\n        {other}\n"
        f"    def check(self):\n        return {check}\n{EXTRA}\nMade = {name}\n"
        "def main():\n    made = Made()\n"
        "    threads = [threading.Thread(target=work, daemon=True) for work in (made.one, made.other)]\n"
        "    for thread in threads: thread.start()\n    for thread in threads: thread.join()\n"
        "    assert made.check()\n    assert not any(thread.is_alive() for thread in threads)\n"
    )


def module(text: str) -> dict[str, Any]:
    """Executed from a file, because the peers look at the source."""
    file = Path(tempfile.mkdtemp()) / "program.py"
    file.write_text(text, encoding="utf-8")
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, str(file), "exec"), names)
    return names


def stress(program: str, seconds: float) -> tuple[bool, int]:
    names = module(source(program).replace("thread.join()", "thread.join(1)"))
    runs, end = 0, time.perf_counter() + seconds
    found = False
    while time.perf_counter() < end:
        runs += 1
        try:
            names["main"]()
        except AssertionError:
            found = True
    return found, runs


def interleave_test(program: str, seconds: float) -> tuple[bool, int]:
    import interleave_test as peer

    main = module(source(program))["main"]
    runs, found, end, seed = 0, False, time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        result = peer.explore(main, iterations=50, seed=seed, raise_on_failure=False, timeout=5)
        seed += 1
        runs += result.schedules_run
        found = found or not result.ok
    return found, runs


def frontrun(strategy: str) -> Callable[[str, float], tuple[bool, int]]:
    def side(program: str, seconds: float) -> tuple[bool, int]:
        import frontrun as peer

        made = module(source(program))["Made"]
        # In random order it always stops at the first failure.
        options: Any = {"stop_on_first": False} if strategy == "dpor" else {"max_attempts": 50}
        runs, found, end = 0, False, time.perf_counter() + seconds
        while time.perf_counter() < end:
            result = peer.explore(
                made,
                [lambda one: one.one(), lambda one: one.other()],
                lambda one: one.check(),
                strategy=strategy,
                reproduce_on_failure=0,
                total_timeout=seconds,
                detect_io=False,
                **options,
            )
            runs += max(result.num_explored, 1)
            found = found or result.property_holds is False
        return found, runs

    return side


def ours_random(program: str, seconds: float) -> tuple[bool, int]:
    from random import Random

    from grader.interleave.program import load
    from grader.interleave.strategies.random_walk import RandomWalk

    made = load({"program.py": source(program)}, "program", "def run(answer):\n    return answer.main()\n", "s.py")
    main, walk = made.execution("run", {}), RandomWalk(Random(1))
    runs, found, end = 0, False, time.perf_counter() + seconds
    while time.perf_counter() < end:
        runs += 1
        found = made.engine.run(main, walk).ending != "done" or found
    return found, runs


def ours_dpor(program: str, seconds: float) -> tuple[bool, int]:
    """To exhaustion, again and again; loaded once, as frontrun's workers are."""
    from grader.interleave.program import load
    from grader.interleave.strategies.dpor import Dpor

    made = load({"program.py": source(program)}, "program", "def run(answer):\n    return answer.main()\n", "s.py")
    main = made.execution("run", {})
    runs, found, end = 0, False, time.perf_counter() + seconds
    while time.perf_counter() < end:
        dpor = Dpor()
        while dpor.begin() and time.perf_counter() < end:
            runs += 1
            execution = made.engine.run(main, dpor)
            found = found or not (execution.abandoned or execution.ending == "done")
    return found, runs


def ours(program: str, seconds: float) -> tuple[bool, int]:
    """The whole search, again and again, loading included."""
    from grader.interleave.explorer import Plan, explore
    from grader.interleave.program import load

    runs, found, end = 0, False, time.perf_counter() + seconds
    while time.perf_counter() < end:
        made = load({"program.py": source(program)}, "program", "def run(answer):\n    return answer.main()\n", "s.py")
        bad: list[object] = []
        coverage = explore(
            made, "run", {}, Plan(), lambda outcome, bad=bad: outcome.ending == "done" or bad.append(outcome) or True
        )
        found = found or bool(bad)
        runs += coverage.schedules
    return found, runs


SIDES: dict[str, Callable[[str, float], tuple[bool, int]]] = {
    "stress loop": stress,
    "interleave-test random": interleave_test,
    "frontrun random": frontrun("random"),
    "frontrun dpor": frontrun("dpor"),
    "threadmark random": ours_random,
    "threadmark dpor": ours_dpor,
    "threadmark whole": ours,
}


def main() -> None:
    side, seconds = SIDES[sys.argv[1]], float(sys.argv[2])
    threading.excepthook = lambda _: None
    said = {}
    for program in PROGRAMS:
        begun = time.perf_counter()
        try:
            found, runs = side(program, seconds)
            words = "found" if found else "-"
        except Exception as error:
            words, runs = type(error).__name__, 0
        said[program] = {"said": words, "rate": round(runs / (time.perf_counter() - begun))}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
