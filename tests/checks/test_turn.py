"""Turns: exclusive while they last, given back by whoever dies, and never in the way."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from pathlib import Path

import pytest

from grader.checks.turn import PAUSE, Turns


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def free(folder: Path) -> bool:
    (path,) = folder.iterdir()
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_nobody_else_has_a_turn_meanwhile(folder: Path) -> None:
    with Turns().turn():
        assert not free(folder)
    assert free(folder)


def test_a_turn_ends_with_its_process(folder: Path) -> None:
    pid = os.fork()
    if pid == 0:
        with Turns().turn():
            os._exit(0)
    os.waitpid(pid, 0)
    assert free(folder)


def test_who_waits_too_long_goes_on_without(folder: Path) -> None:
    with Turns().turn(), Turns(patience=0).turn():
        assert not free(folder)


def test_patience_is_for_all_turns_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    others = Turns(patience=10 * PAUSE)
    with Turns().turn():
        for _ in range(3):
            with others.turn():
                pass
    assert 10 <= len(paused) <= 11


def test_a_link_of_a_stranger_leads_nowhere(folder: Path) -> None:
    (folder / f"threadmark-timing-{os.getuid()}").symlink_to(folder / "elsewhere")
    with Turns().turn():
        assert not (folder / "elsewhere").exists()


def test_where_no_file_can_be_made_the_run_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "not there"))
    with Turns().turn():
        pass
