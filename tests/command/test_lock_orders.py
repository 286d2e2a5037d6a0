"""A deadlock that the search has no room to reach: the answer passes, and its report says what could happen."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from at_a_desk import Desk
from mini_course import CHECKS, RIGHT, lay_out

NOTE = (
    "locks are taken in different orders: A takes self.left (line 11), then self.right (line 12); "
    "B takes self.right (line 17), then self.left (line 18)."
)
TWO_LOCKS = """\
    import threading


    class Counter:
        def __init__(self):
            self.left, self.right = threading.Lock(), threading.Lock()
            self.count = 0

        def add(self):
            if threading.current_thread().name != "B":
                with self.left:
                    with self.right:
                        self.count += 1
                for _ in range(40):
                    self.value()
            else:
                with self.right:
                    with self.left:
                        self.count += 1
                for _ in range(40):
                    self.value()

        def value(self):
            with self.right:
                return self.count
"""


def grade_in(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str) -> Desk:
    checks = CHECKS.replace('expected="2")', 'expected="2", executions=60)')
    lay_out(root, {"exercises/ex01_counter/test_ex01.py": checks, "mine.py": dedent(text)})
    monkeypatch.chdir(root)
    return Desk(root, capsys)


def test_the_note_is_read_in_the_terminal_and_in_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = grade_in(tmp_path, monkeypatch, capsys, TWO_LOCKS)
    said = desk("ex01", "mine.py")
    assert said.code == 0
    assert NOTE in said.words
    _, both = desk("ex01", "mine.py", "--format", "json").document["checks"]
    assert (both["verdict"], both["exploration"]["exhausted"]) == ("pass", False)
    (note,) = both["notes"]
    assert note.startswith(NOTE)


@pytest.mark.parametrize("text", [RIGHT, TWO_LOCKS.replace('!= "B"', '!= "nobody"')])
def test_one_order_everywhere_gets_no_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    desk = grade_in(tmp_path, monkeypatch, capsys, text)
    _, both = desk("ex01", "mine.py", "--format", "json").document["checks"]
    assert (both["verdict"], both["notes"]) == ("pass", [])
