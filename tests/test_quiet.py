"""Who measures is alone; who does not, is beside others; nobody waits for itself or for the dead."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.quiet import Quiet

BESIDE, ALONE = fcntl.LOCK_SH, fcntl.LOCK_EX


def sharing(folder: Path) -> Quiet:
    quiet, files = Quiet(), (folder / "door", folder / "room")
    for file in files:
        file.touch()
    quiet.share(*files)
    return quiet


def another(folder: Path, body: str) -> subprocess.Popen[bytes]:
    """A process that does this, as `quiet` of the same files."""
    head = f"import os, pathlib; from grader.quiet import Quiet; folder = pathlib.Path({str(folder)!r})\n"
    head += "quiet = Quiet(); quiet.share(folder / 'door', folder / 'room')\n"
    return subprocess.Popen([sys.executable, "-c", head + body], cwd=Path(grader.__file__).parents[1])


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


def test_others_work_beside_others_and_who_wants_to_be_alone_waits(tmp_path: Path) -> None:
    one, two = sharing(tmp_path), sharing(tmp_path)
    with one.at_work(), two.at_work():
        assert may(tmp_path, "door", ALONE), "or the next one would wait at the door"
        assert may(tmp_path, "room", BESIDE)
        assert not may(tmp_path, "room", ALONE)
    assert may(tmp_path, "room", ALONE)


def test_who_is_at_work_steps_out_to_measure_and_in_again(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with quiet.at_work():
        with quiet.alone():
            quiet.give_way()  # what it measures does not wait for it
            assert not may(tmp_path, "room", BESIDE)
            assert not may(tmp_path, "door", BESIDE)
        assert may(tmp_path, "door", ALONE)
        assert may(tmp_path, "room", BESIDE)
        assert not may(tmp_path, "room", ALONE)
    assert may(tmp_path, "room", ALONE)


def test_two_who_measure_and_work_take_turns(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with another(tmp_path, "for _ in range(200):\n    with quiet.at_work(), quiet.alone(): pass") as other:
        for _ in range(200):
            with quiet.at_work(), quiet.alone():
                assert not may(tmp_path, "room", BESIDE)
        assert other.wait() == 0


def test_who_gives_way_comes_in_again_when_nobody_measures_any_more(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with quiet.at_work():
        quiet.give_way()
        assert not may(tmp_path, "room", ALONE), "nobody asked it to step out"
        with another(tmp_path, "with quiet.alone(): (folder / 'measured').touch()") as measuring:
            while not (tmp_path / "measured").exists():
                quiet.give_way()
            assert measuring.wait() == 0
        assert not may(tmp_path, "room", ALONE)


def test_what_goes_wrong_lets_the_others_in(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    for part in (quiet.alone, quiet.at_work):
        with pytest.raises(ZeroDivisionError), part():
            raise ZeroDivisionError
    assert may(tmp_path, "door", ALONE)
    assert may(tmp_path, "room", ALONE)
    quiet.give_way()
    assert may(tmp_path, "room", ALONE), "it is not at work any more"


def test_the_dead_hold_nothing(tmp_path: Path) -> None:
    quiet = sharing(tmp_path)
    with another(tmp_path, "with quiet.alone(): os._exit(0)") as other:
        assert other.wait() == 0
    with quiet.alone():
        pass


def test_without_company_nobody_waits() -> None:
    one, two = Quiet(), Quiet()
    with one.alone(), two.at_work(), two.alone():
        two.give_way()
