"""The control: against a grader that is a plain subprocess with a timeout, these attacks succeed. So they do bite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from channel import AT_IMPORT, AT_THE_CALL, WRONG
from host import HOST
from resources import RESOURCES

GRADER = Path(__file__).with_name("plain_grader.py")
SECONDS = 30.0
IMPORTED = ("i06", "i07", "i14b", "s14", "kills the parent", "kills all")
CALLED = ("i07b", "_exit", "i10 ", "i10b", "equal to all, and", "s19", "s22")
RUN = ("r17", "r24", "r25")
ON_THE_HOST = (
    "h01", "h02 ", "h02b", "h03", "h04", "h07 ", "h07b", "h07e", "h08 ", "h08b", "h09", "h10 ", "h10b", "h11", "h12",
    "h13", "h15", "h20", "h21",
)  # fmt: skip


def named(attacks: dict[str, str], beginnings: tuple[str, ...]) -> dict[str, str]:
    return {name: source for name, source in attacks.items() if name.startswith(beginnings)}


BITING = {
    **{name: source + WRONG for name, source in named(AT_IMPORT, IMPORTED).items()},
    **named(AT_THE_CALL, CALLED),
    **named(RESOURCES, RUN),
    **named(HOST, ON_THE_HOST),
}


def against_the_plain_grader(source: str, folder: Path) -> dict[str, Any] | None:
    """What `plain_grader` says of the attack, within namespaces that hold it; None when nobody was left to say it."""
    (folder / "solution.py").write_text(source)
    command = [
        "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/", "/",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", str(folder), "/tmp/handed-in",
        # Wherever this checkout lies: below /tmp, too.
        "--ro-bind", str(GRADER.parent), "/tmp/graders",
        os.path.realpath(sys.executable), "-B", f"/tmp/graders/{GRADER.name}", "/tmp/handed-in",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode < 0 or done.returncode >= 128:
        return None
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def succeeded(told: dict[str, Any] | None) -> bool:
    """A pass for what is wrong, no verdict at all, something reached or hurt, somebody still alive."""
    return (
        told is None
        or told["verdict"] != "FAIL"
        or told["achieved"] != "[]"
        or bool(told["hurt"])
        or bool(told["alive"])
    )


def test_the_plain_grader_grades_harmless_answers_rightly(tmp_path: Path) -> None:
    quiet = {"achieved": "[]", "hurt": [], "alive": 0}
    assert against_the_plain_grader("def f():\n    return 42\n", tmp_path) == {"verdict": "PASS", **quiet}
    assert against_the_plain_grader(WRONG, tmp_path) == {"verdict": "FAIL", **quiet}


def test_there_are_enough_of_them() -> None:
    assert len(BITING) >= 30


@pytest.mark.parametrize("name", BITING)
def test_a_plain_subprocess_is_no_wall(name: str, tmp_path: Path) -> None:
    assert succeeded(against_the_plain_grader(BITING[name], tmp_path))
