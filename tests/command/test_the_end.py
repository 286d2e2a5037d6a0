"""How the process of grade ends: all that was said is written, and what prevents that is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_desk import Desk
from mini_course import NO_LOCK, RIGHT, lay_out

from grader import cli

BUFFERED = os.environ | {"PYTHONUNBUFFERED": "", "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
SCHEMA = [sys.executable, "-P", "-m", "grader", "schema"]
ENDING = """
import sys
from grader import cli
cli.main = lambda: print("told") or print("why", file=sys.stderr) or 3
cli.run()
"""


def test_the_process_ends_with_all_that_was_said() -> None:
    done = subprocess.run([sys.executable, "-c", ENDING], env=BUFFERED, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "told\n", "why\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *SCHEMA], env=BUFFERED, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_mark_needs_no_stream(tmp_path: Path, closed: str) -> None:
    command = [sys.executable, "-P", "-m", "grader", "ex01", "--format", "json", "--output", "result.json"]
    for answer, code in ((RIGHT, 0), (NO_LOCK, 1)):
        lay_out(tmp_path, {"exercises/ex01_counter/counter.py": answer})
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", *command],
            cwd=tmp_path, env=BUFFERED, capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = json.loads((tmp_path / "result.json").read_text())
        assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
        assert told["verdict"] == ("fail" if code else "pass")


@pytest.mark.parametrize("words", [["ex01"], ["all"], [], ["show", "ex01"], ["hint", "ex01"]], ids=str)
def test_what_nobody_can_read_is_no_fault_of_ours(tmp_path: Path, words: list[str]) -> None:
    lay_out(tmp_path, {"exercises/ex01_counter/counter.py": RIGHT})
    command = [sys.executable, "-P", "-m", "grader", *words]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        cwd=tmp_path, env=BUFFERED, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_is_told_as_one() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(SCHEMA, env=BUFFERED, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("grade: no room is left to write what it says: make some")


def test_a_reader_who_has_gone_is_no_fault_of_ours(desk: Desk) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "grader"]
    done = subprocess.run(
        command, cwd=desk.root, env=BUFFERED, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")
