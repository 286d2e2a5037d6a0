"""A person at a terminal in a course: types a command, reads what is printed. Runs in this process."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import cli

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST = ("ex01", "ex02", "ex03", "ex04")
FRAMES = re.compile(r"Traceback|/grader/\w+|/box/\w+\.py|_pytest|File \"")
"""What nobody at a desk may ever see."""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was printed, without the line breaks that the width of a terminal makes."""
        return " ".join(self.out.split())

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Desk:
    """`desk("ex04", "mine.py")` is `grade ex04 mine.py`, typed in the folder `root` of a copied course."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Said:
        self._capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as exit:  # argparse ends so
            code = int(exit.code or 0)
        out, err = self._capsys.readouterr()
        assert not FRAMES.search(out + err), f"a frame of the grader's was shown:\n{out}{err}"
        return Said(code, out, err)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        return path

    def solve(self, exercise: str, text: str) -> None:
        """Write `text` into the student's file of an exercise: "ex04_printers/printers.py"."""
        (self.root / "exercises" / exercise).write_text(text, encoding="utf-8")


def copy_course(to: Path) -> Path:
    """The first four exercises of this repository's course, without the grader, at `to`."""
    to.mkdir()
    start, *entries = (ROOT / "course.yaml").read_text(encoding="utf-8").split("\n  - id: ")
    kept = [entry for entry in entries if entry[:4] in FIRST]
    points = sum(int(number) for entry in kept for number in re.findall(r"\n    points: (\d+)", entry))
    start = re.sub(r"\npoints: \d+", f"\npoints: {points}", start)
    (to / "course.yaml").write_text("\n  - id: ".join([start, *kept]), encoding="utf-8")
    for name in ("exercises", "solutions"):
        for folder in (ROOT / name).iterdir():
            if folder.name[:4] in FIRST:
                shutil.copytree(folder, to / name / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def solution(name: str) -> str:
    """The text of a file in solutions/: "ex04_printers/wrong/no_synchronisation.py"."""
    return (ROOT / "solutions" / name).read_text(encoding="utf-8")


def stub(name: str) -> str:
    """The text of a file in exercises/: "ex04_printers/printers.py"."""
    return (ROOT / "exercises" / name).read_text(encoding="utf-8")
