"""`grade bulk` killed with SIGKILL before and after each thing that it writes, and started again."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from made_up import MadeUpPool, NoProgress, course_in, wanted_of

from grader.bulk.engine import STORE, grade_all
from grader.bulk.outputs import write_all
from grader.course import Course
from grader.store import Store
from grader.submissions.collect import collect

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks in the middle of a test")

CLASS = {"ann/door.py": "right", "ann/window.py": "wrong", "ben/door.py": "right", "cem/door.py": "wrong"}
GRADINGS = 3
"""Of CLASS: two of the same text are one."""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "course")


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    for name, text in CLASS.items():
        path = tmp_path / "handed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "handed"


def run(course: Course, handed_in: Path, output: Path) -> int:
    """What `grade bulk` does, with a pool that grades at once. How many gradings were made."""
    pool = MadeUpPool()
    output.mkdir(exist_ok=True)
    with Store(output / STORE) as store:
        graded = grade_all(collect([handed_in], course), wanted_of(course), store, pool, NoProgress())
    write_all(output, course, graded)
    return len(pool.graded)


@contextmanager
def instants(reached: Callable[[], None]) -> Iterator[None]:
    """Calls `reached` before and after each grading that is kept and each file that is written or renamed."""

    def around(function: Callable[..., object]) -> Callable[..., object]:
        def called(*given: object, **named: object) -> object:
            reached()
            result = function(*given, **named)
            reached()
            return result

        return called

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "put", around(Store.put))
        patch.setattr(os, "fsync", around(os.fsync))
        patch.setattr(Path, "replace", around(Path.replace))
        yield


def killed_at(instant: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own, which is killed at that instant. False: it ended before."""
    child = os.fork()
    if not child:
        passed = count()

        def reached() -> None:
            if next(passed) == instant:
                os.kill(os.getpid(), signal.SIGKILL)

        ended = 1
        try:
            with instants(reached):
                work()
            ended = 0
        finally:
            os._exit(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


def files(output: Path) -> dict[str, bytes]:
    """All that a run wrote, but its store."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and not path.name.startswith(STORE)
    }


def kept(output: Path) -> int:
    with Store(output / STORE) as store:
        return len(store)


def test_killed_at_every_instant_it_ends_the_same_and_grades_nothing_twice(
    course: Course, handed_in: Path, tmp_path: Path
) -> None:
    assert run(course, handed_in, tmp_path / "whole") == GRADINGS
    whole = files(tmp_path / "whole")
    assert {"gradebook.csv", "results.json", "feedback/ann.html"} <= whole.keys()
    for instant in count():
        output = tmp_path / f"killed{instant}"
        if not killed_at(instant, lambda output=output: run(course, handed_in, output)):  # type: ignore[misc]
            break
        before = kept(output)
        assert run(course, handed_in, output) == GRADINGS - before, instant
        assert files(output) == whole, instant
    # before and after: each put, and of gradebook, results and three pages each fsync and rename
    assert instant == 2 * (GRADINGS + 2 * 5)


def test_killed_again_and_again_it_still_gets_to_the_end(course: Course, handed_in: Path, tmp_path: Path) -> None:
    run(course, handed_in, tmp_path / "whole")
    output = tmp_path / "killed"
    for instant in (1, 1, 1, 3, 8):
        assert killed_at(instant, lambda: run(course, handed_in, output))
    assert run(course, handed_in, output) == 0
    assert files(output) == files(tmp_path / "whole")
