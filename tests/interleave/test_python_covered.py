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


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_does_under_control_what_it_does_in_python(name):
    source = (FEATURES / f"{name}.py").read_text(encoding="utf-8")
    made = load({"answer.py": source}, "answer", SCENARIO, "scenario.py")
    main, walk, seen = made.execution("run", {}), RandomWalk(Random(3)), []
    clocks = ["exact"] if name in TIMED else ["exact", "free"]
    for turn in range(30):
        strategy = walk if turn else Natural()
        strategy.begin()
        execution = made.engine.run(main, strategy, clock=clocks[turn % len(clocks)])
        seen.append(execution.value if execution.ending == "done" else execution.detail)
    assert seen == [natively(source)] * 30
