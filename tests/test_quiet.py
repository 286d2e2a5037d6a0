"""Who measures is alone; who does not, is beside others; nobody waits for itself or for the dead."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from grader.quiet import Quiet

BESIDE, ALONE = fcntl.LOCK_SH, fcntl.LOCK_EX


def sharing(folder: Path) -> Quiet:
    quiet, files = Quiet(), (folder / "door", folder / "room")
    for file in files:
        file.touch()
    quiet.share(*files)
    return quiet


def may(folder: Path, name: str, how: int) -> bool:
    """Whether another process could have the door or the room now."""
    with open(folder / name, "ab") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_nobody_comes_in_while_somebody_is_alone(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with quiet.alone():
        assert not may(tmp_path, "door", BESIDE)
        assert not may(tmp_path, "room", BESIDE)
    assert may(tmp_path, "door", ALONE)
    assert may(tmp_path, "room", ALONE)


def test_others_come_in_beside_others_and_who_wants_to_be_alone_waits(tmp_path: Path) -> None:
    one, two = sharing(tmp_path), sharing(tmp_path)
    with one.beside_others(), two.beside_others():
        assert may(tmp_path, "door", ALONE), "or the next one would wait at the door"
        assert may(tmp_path, "room", BESIDE)
        assert not may(tmp_path, "room", ALONE)
    assert may(tmp_path, "room", ALONE)


def test_who_is_alone_runs_what_it_measures_without_waiting_for_itself(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with quiet.alone():
        with quiet.beside_others():
            pass
        assert not may(tmp_path, "room", BESIDE), "it is still alone"


def test_what_goes_wrong_lets_the_others_in(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    for part in (quiet.alone, quiet.beside_others):
        with pytest.raises(ZeroDivisionError), part():
            raise ZeroDivisionError
    assert may(tmp_path, "door", ALONE)
    assert may(tmp_path, "room", ALONE)
    with quiet.beside_others():
        assert not may(tmp_path, "room", ALONE), "it waits again as everybody does"


def test_the_dead_hold_nothing(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    pid = os.fork()
    if pid == 0:
        other = sharing(tmp_path)
        with other.alone():
            os._exit(0)
    os.waitpid(pid, 0)
    with quiet.alone():
        pass


def test_without_company_nobody_waits() -> None:
    one, two = Quiet(), Quiet()
    with one.alone(), two.alone(), two.beside_others():
        pass
