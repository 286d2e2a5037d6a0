"""What a job leaves behind in the box: the next job finds nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from boxes import give, running

from grader.box.parent import Box
from grader.box.wards import empty
from grader.errors import BoxDied

LITTER = """
import os, socket

def f(**given):
    for place in ("/tmp", "/dev/shm"):
        os.chdir(place)
        os.makedirs("closed/within")
        open("closed/within/file", "w").close()
        os.chmod("closed/within", 0)
        os.chmod("closed", 0)
        for name in ("-rf", "line\\nbreak", b"\\xff", ".hidden"):
            open(name, "w").close()
        os.mkfifo("fifo")
        os.symlink("/dev/zero", "zeros")
        os.symlink("nowhere", "broken")
        socket.socket(socket.AF_UNIX).bind(f"{place}/socket")
        for _ in range(600):
            os.mkdir("deep" * 40)
            os.chdir("deep" * 40)
    return 1
"""
LOOK = """
import os

def f(**given):
    return [name for place in ("/tmp", "/dev/shm") for name in os.listdir(place) if not name.startswith("run-")]
"""


def test_files_of_one_job_are_gone_before_the_next(box: Box) -> None:
    assert give(box, {"solution.py": LITTER}).run(running()).value == 1
    assert give(box, {"solution.py": LOOK}).run(running()).value == []


def test_a_disk_filled_by_one_job_is_empty_for_the_next(box: Box) -> None:
    fill = "def f(**given):\n    for n in range(100):\n        open(f'/tmp/{n}', 'wb').write(b'x' * (1 << 20))\n"
    assert give(box, {"solution.py": fill}).run(running()).ending != "returned"
    assert give(box, {"solution.py": "def f(**given):\n    return 7\n"}).run(running()).value == 7


def of(body: str) -> dict[str, str]:
    return {"solution.py": "import os\ndef f():\n" + "".join(f"    {line}\n" for line in body.splitlines())}


ASK = "def ask(answer):\n    return answer.f()\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("n = 0\nwhile n := n + 1:\n    open(f'/tmp/{n}', 'w').close()", "wrote too much to disk"),
        ("n = 0\nwhile n := n + 1:\n    os.mkdir(f'/dev/shm/{n}')", "wrote too much to disk"),
        (
            "for _ in range(200):\n    if os.fork() == 0:\n        os.read(os.pipe()[0], 1)\nos.read(os.pipe()[0], 1)",
            "were too many",
        ),
        ("held = []\nwhile True:\n    held.append(bytearray(1 << 24))", "held too much memory"),
    ],
)
def test_who_takes_more_than_his_share_is_ended_and_told_of_what(box: Box, body: str, words: str) -> None:
    with pytest.raises(BoxDied, match=words):
        give(box, of(body)).run(running(ASK, seconds=60))


def test_what_is_within_the_bounds_is_let_be(box: Box) -> None:
    files = "for n in range(15_000):\n    open(f'/tmp/{n}', 'w').close()"
    children = (
        "held = os.pipe()\nfor _ in range(30):\n    if os.fork() == 0:\n        os._exit(len(os.read(held[0], 1)))"
    )
    waits = "os.write(held[1], bytes(30))\nfor _ in range(30):\n    os.wait()\nreturn 42"
    assert give(box, of(f"{files}\n{children}\n{waits}")).run(running(ASK, seconds=60)).value == 42


def test_links_are_removed_and_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept, emptied = tmp_path / "kept", tmp_path / "emptied"
    kept.mkdir()
    (kept / "file").write_text("here")
    (emptied / "folder").mkdir(parents=True)
    (emptied / "folder" / "link").symlink_to(kept)
    (emptied / "link").symlink_to(kept / "file")
    empty(str(emptied))
    assert (os.listdir(emptied), (kept / "file").read_text()) == ([], "here")
