"""`tests/programs/features/`: under control each program gives what the running Python gives, in every order tried.

Each is right, so that its value depends on no order; a file a feature.
"""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from grader.interleave.program import load, plain
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.random_walk import RandomWalk

FEATURES = Path(__file__).parents[1] / "programs" / "features"
NAMES = sorted(path.stem for path in FEATURES.glob("*.py"))
SCENARIO = "def run(answer):\n    return answer.main()\n"
TIMED = frozenset(
    {"barrier_with_action", "bounded_semaphore", "condition_timeouts", "queue_timeouts", "thread_attributes"}
)
"""Their value says that something did or did not time out, which on the free clock may be either way."""


def natively(source: str) -> object:
    module = ModuleType("answer")
    hook = threading.excepthook
    sys.modules["answer"] = module  # where dataclasses look for it
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "answer.py", "exec"), module.__dict__)
            return plain(module.main())
    finally:
        threading.excepthook = hook
        del sys.modules["answer"]


NEWER = {
    "contexts of threads": (3, 14, """
import contextvars
import threading

number = contextvars.ContextVar("number", default=0)

def main():
    seen = []
    number.set(5)
    own = contextvars.copy_context()
    own.run(number.set, 7)

    def look():
        seen.append(number.get())
        number.set(9)

    for context in (None, own, contextvars.Context()):
        thread = threading.Thread(target=look, context=context)
        thread.start()
        thread.join()
    return seen, number.get(), own[number]
"""),
    "lazy imports": (3, 15, """
lazy import concurrent.futures
lazy from concurrent.futures import ThreadPoolExecutor
lazy import threading as t
from concurrent import futures

def main():
    started = t.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(started.set)
        started.wait()
    same = futures.ThreadPoolExecutor is concurrent.futures.ThreadPoolExecutor is ThreadPoolExecutor
    return same, ThreadPoolExecutor.__init__.__globals__["threading"] is t, hasattr(futures, "nothing")
"""),
}  # fmt: skip
"""What older versions of Python cannot say: the first version that can, and the program."""


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_does_under_control_what_it_does_in_python(name):
    source = (FEATURES / f"{name}.py").read_text(encoding="utf-8")
    assert controlled(source, ["exact"] if name in TIMED else ["exact", "free"]) == [natively(source)] * 30


@pytest.mark.parametrize("name", NEWER)
def test_so_does_a_newer_one(name):
    *version, source = NEWER[name]
    if sys.version_info < tuple(version):
        pytest.skip(f"Python {version[0]}.{version[1]} began with it")
    # Natively first: then the real modules are there, where they could be found by mistake.
    assert [natively(source)] * 30 == controlled(source, ["exact", "free"])


def controlled(source: str, clocks: list[str]) -> list[object]:
    made = load({"answer.py": source}, "answer", SCENARIO, "scenario.py")
    main, walk, seen = made.execution("run", {}), RandomWalk(Random(3)), []
    for turn in range(30):
        strategy = walk if turn else Natural()
        strategy.begin()
        execution = made.engine.run(main, strategy, clock=clocks[turn % len(clocks)])
        seen.append(execution.value if execution.ending == "done" else execution.detail)
    return seen
