"""How the process of grade ends: all that was said is written, and what prevents that is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from at_a_desk import Desk

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
