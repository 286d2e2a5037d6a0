"""A schedule found by one Python gives the same trace on another.

`THREADMARK_PYTHONS` lists other interpreters that have the kit's dependencies, separated like PATH. Without it there is
nothing to compare with, and the test says so.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.interleave.explorer import Plan, explain, explore, replay
from grader.interleave.program import load

ROOT = Path(__file__).resolve().parents[2]
BUGGY = ROOT / "tests" / "programs" / "buggy"
PLAN = Plan(executions=150)
OTHERS = [path for path in os.environ.get("THREADMARK_PYTHONS", "").split(os.pathsep) if path]


def told(name: str) -> str:
    """A digest of everything that is said of a buggy program: outcomes with their schedules, rows, every step."""
    source = (BUGGY / f"{name}.py").read_text(encoding="utf-8")
    program = load({f"{name}.py": source}, name, "def run(answer):\n    return answer.main()\n", "scenario.py")
    outcomes = []
    explore(program, "run", {}, PLAN, lambda outcome: outcomes.append(outcome) or True)
    said = [
        (one, explain(program, "run", {}, one.schedule, PLAN), replay(program, "run", {}, one.schedule, PLAN))
        for one in outcomes
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def everything() -> str:
    """Of all programs but those with an executor: that is the standard library's own code, which is not the same."""
    paths = [path for path in sorted(BUGGY.glob("*.py")) if "concurrent.futures" not in path.read_text("utf-8")]
    return "\n".join(f"{path.stem} {told(path.stem)}" for path in paths)


@pytest.mark.skipif(not OTHERS, reason="THREADMARK_PYTHONS names no other interpreter")
@pytest.mark.parametrize("python", OTHERS)
def test_another_python_with_another_hash_seed_tells_the_same(python):
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "77"}
    code = "import test_tokens_across_versions as t; print(t.everything())"
    said = subprocess.run([python, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == everything(), said.stderr or sys.version
