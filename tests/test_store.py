"""What was reported as done is never lost; what is damaged is said, with the way out."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from grader.cli import LARGEST_SEED
from grader.errors import CourseError
from grader.results import CheckResult, ExerciseResult, Exploration, Finding, Submitted, TimedPair, Timing
from grader.store import Key, Store
from grader.trace import Step, Trace

ROOT = Path(__file__).parent.parent
KEY = Key("print", "answer", 7, "full", "0.1.0")


def result(score: Fraction = Fraction(1, 3)) -> ExerciseResult:
    steps = (Step(0, "printers.py", 3, "read", "self.turn", "1"),)
    trace = Trace(("main",), steps, ("main waits",), preemptions=1, schedule="0.1")
    finding = Finding("race", "a lost update", "ran", "saw", "expected", trace=trace)
    check = CheckResult(
        "order",
        "in order",
        "SAFE",
        "fail",
        score,
        Fraction(2, 3),
        0.5,
        exploration=Exploration(3, True, None),
        findings=(finding,),
        timing=Timing((TimedPair(0.3, 0.16, 0.31, 0.2, 1.9, 1.01, 2),), 1.3),
    )
    return ExerciseResult(
        "ex04",
        "Printers",
        "fail",
        score,
        Fraction(8),
        7,
        "full",
        "3.11",
        "0.1.0",
        Submitted("a", "b"),
        (check,),
        finding,
    )


def test_a_grading_comes_back_equal_with_its_fractions_exact(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        assert store.get(KEY) is None
        store.put(KEY, result())
        assert store.get(KEY) == result()
        assert len(store) == 1


@pytest.mark.parametrize(
    "change", [{"exercise": "x"}, {"answer": "x"}, {"seed": 8}, {"tier": "limits"}, {"grader": "2"}], ids=str
)
def test_every_part_of_the_key_counts(tmp_path: Path, change: dict[str, Any]) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(KEY, result())
        assert store.get(replace(KEY, **change)) is None


def test_the_largest_seed_is_held(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(replace(KEY, seed=LARGEST_SEED), result())
        assert store.get(replace(KEY, seed=LARGEST_SEED)) == result()
        assert store.get(replace(KEY, seed=LARGEST_SEED - 1)) is None


def test_the_same_key_again_replaces(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put(KEY, result())
        store.put(KEY, result(Fraction(2, 7)))
        assert store.get(KEY) == result(Fraction(2, 7))
        assert len(store) == 1


def test_readers_look_on_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as writer, Store(path) as reader:
        writer.put(KEY, result())
        assert reader.get(KEY) == result()
        writer._database.execute("BEGIN IMMEDIATE")  # a write that is not done yet
        writer.put(replace(KEY, seed=8), result())
        assert reader.get(KEY) == result()
        assert reader.get(replace(KEY, seed=8)) is None
        writer._database.execute("COMMIT")
        assert reader.get(replace(KEY, seed=8)) == result()


WRITER = """
import os, signal, sqlite3, sys
from pathlib import Path
sys.path.insert(0, {root!r})
sys.path.insert(0, {tests!r})
import test_store as here
from msgspec.structs import replace
from grader.store import Store

real, statements = sqlite3.connect, [0]
def connect(*arguments, **options):
    database = real(*arguments, **options)
    def begun(_statement):
        statements[0] += 1
        if statements[0] == {nth}:
            os.kill(os.getpid(), signal.SIGKILL)
    database.set_trace_callback(begun)
    return database
sqlite3.connect = connect

with Store(Path({path!r})) as store:
    for seed in range(4):
        store.put(replace(here.KEY, seed=seed), here.result())
        print(seed, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("nth", range(1, 18))
def test_killed_at_any_statement_nothing_that_was_done_is_lost(tmp_path: Path, nth: int) -> None:
    path = tmp_path / "s.sqlite"
    program = WRITER.format(root=str(ROOT), tests=str(Path(__file__).parent), nth=nth, path=str(path))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    done = [int(line) for line in run.stdout.split()]
    with Store(path) as store:
        assert all(store.get(replace(KEY, seed=seed)) == result() for seed in done)
        assert len(store) in (len(done), len(done) + 1)
        store.put(replace(KEY, seed=99), result())
        assert store.get(replace(KEY, seed=99)) == result()


def test_the_kills_reach_from_the_first_statement_to_after_the_last(tmp_path: Path) -> None:
    """The range of the test above bites: its last number lets all four gradings be done."""
    program = WRITER.format(root=str(ROOT), tests=str(Path(__file__).parent), nth=17, path=str(tmp_path / "s.sqlite"))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["0", "1", "2", "3"]


@pytest.mark.parametrize("kept", [0, 1, 31, 32, 500, 4096, 8000])
def test_a_log_that_was_cut_off_by_a_power_cut_opens(tmp_path: Path, kept: int) -> None:
    path, copy = tmp_path / "s.sqlite", tmp_path / "copy.sqlite"
    with Store(path) as store:
        store.put(KEY, result())
        log = Path(f"{path}-wal").read_bytes()
        copy.write_bytes(path.read_bytes())
        Path(f"{copy}-wal").write_bytes(log[:kept])
    with Store(copy) as store:
        store.put(KEY, result())
        assert store.get(KEY) == result()


def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CourseError, match="is damaged") as caught:
        Store(path)
    assert "s.sqlite" in caught.value.message
    assert "move s.sqlite* away" in caught.value.remedy


def test_damage_inside_is_named_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        for seed in range(50):
            store.put(replace(KEY, seed=seed), result())
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(CourseError, match="is damaged"), Store(path) as store:
        store.get(KEY)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE theirs (x)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(CourseError, match="database of something else"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_grader_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Store(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CourseError, match="newer grader"):
        Store(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be used"):
        Store(tmp_path / "nowhere" / "s.sqlite")


def test_a_result_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.put(KEY, result())
        store._database.execute("UPDATE gradings SET result = ?", (b'{"score": "1/0"}',))
        assert store.get(KEY) is None
