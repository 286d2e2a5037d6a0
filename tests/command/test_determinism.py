"""The same answer, seed and kit give the same bytes, whatever ran before and however Python hashes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_desk import ROOT

DURATION = re.compile(r'"duration": [0-9.e-]+')
ANSWERS = [
    "ex01_bank_account/bank_account.py",
    "ex01_bank_account/wrong/no_lock.py",
    "ex04_printers/printers.py",
    "ex04_printers/wrong/exhausted_keeps_the_turn.py",
]


def document(answer: str, hash_seed: str) -> str:
    """What `grade exNN answer --format json` prints in a process of its own, without the durations."""
    words = [answer[:4], str(Path("solutions") / answer), "--format", "json", "--seed", "11"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-m", "grader", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    assert '"seed": 11' in done.stdout
    return DURATION.sub('"duration": 0', done.stdout)


@pytest.mark.parametrize("answer", ANSWERS)
def test_two_gradings_are_the_same_bytes(answer: str) -> None:
    first = document(answer, "1")
    assert document(answer, "4711") == first
    assert ('"verdict": "fail"' in first) == ("/wrong/" in answer)
