"""`grade bulk` as a teacher runs it: real workers, real boxes, killed in the middle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made_up import course_in

from grader.course import read_course
from grader.exercises import find_exercise
from grader.scaffold import new_exercise

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a course of one real exercise, and eight submissions to it."""
    root = tmp_path_factory.mktemp("bulk")
    new_exercise(course_in(root / "course"), "counter", points=4)
    exercise = find_exercise(read_course(root / "course"), "counter")
    works = [exercise.solution, *exercise.right, *exercise.wrong, exercise.stub]
    for number, work in enumerate(works):
        assert work
        folder = root / "submissions" / f"student{number}"
        folder.mkdir(parents=True)
        shutil.copy(work, folder / "counter.py")
    (root / "submissions" / "student7").mkdir()
    (root / "submissions" / "student7" / "counter.py").write_text("import os\nos._exit(0)\n")
    shutil.copytree(root / "submissions" / "student3", root / "submissions" / "student3b")
    return root


def command(root: Path, out: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "grader", "bulk", root / "submissions", "-o", out, "-j", "2"]
    words += ["--i-trust-these-submissions"]
    return subprocess.Popen(
        words,
        cwd=root / "course",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_that_is_killed_goes_on_and_ends_like_one_that_was_not(handed_in: Path, tmp_path: Path) -> None:
    whole = command(handed_in, tmp_path / "whole")
    said, progress = whole.communicate()
    assert whole.returncode == 0, progress
    rows = (tmp_path / "whole" / "gradebook.csv").read_text().splitlines()
    assert [row.split(",")[4] for row in rows] == ["ex03", "4", "4", "4", "2", "2", "2", "0", "0"]
    assert "8 submissions of 8 students: 3 with all checks passed" in said
    pages = sorted(path.name for path in (tmp_path / "whole" / "feedback").iterdir())
    assert len(pages) == 8

    with command(handed_in, tmp_path / "killed") as killed:
        assert killed.stderr is not None
        for line in killed.stderr:
            if "3 of 8" in line:
                killed.kill()
    assert not (tmp_path / "killed" / "gradebook.csv").exists()
    again = command(handed_in, tmp_path / "killed")
    assert again.communicate()[0].replace("/killed/", "/whole/") == said
    assert again.returncode == 0
    assert (tmp_path / "killed" / "gradebook.csv").read_text().splitlines() == rows
    assert sorted(path.name for path in (tmp_path / "killed" / "feedback").iterdir()) == pages
