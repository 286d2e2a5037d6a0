"""Tier `limits`: rlimits, a session of its own, a scrubbed environment, and a kill of the whole tree.

Weak: the answer sees what its user sees. Good for feedback, not for marks on work that nobody trusts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from grader.box.protocol import Limits, Settings
from grader.box.sandbox.interpreter import Interpreter, kit
from grader.box.sandbox.launch import Launched, launch, own_user, python_command
from grader.box.wards import descendants, living
from grader.errors import CourseError
from grader.results import Tier

ROUNDS = 2000


class Limited:
    tier: Tier = "limits"

    def __init__(self, interpreter: Interpreter, limits: Limits, *, as_root: bool = False) -> None:
        user = user_for(interpreter, as_root=as_root)
        root = Path(kit()["box"]).parents[1]
        folders = dict.fromkeys([str(root), *(os.path.dirname(path) for path in interpreter.packages.values())])
        control = socket.socketpair()
        settings = Settings(limits, namespaced=False, user=user)
        entry = f"{kit()['box']}/entry.py"
        command = python_command(interpreter.executable, entry, list(folders), control[1].fileno(), settings)
        self._user = user
        self._launched: Launched = launch(command, control)
        self._alive = True
        self.control = self._launched.control

    def last_words(self) -> str:
        return self._launched.last_words()

    def kill(self) -> None:
        if not self._alive:
            return
        self._alive = False
        end_tree(self._launched.process, self._user)
        self._launched.wait()


def end_tree(zygote: subprocess.Popen[bytes], user: int) -> None:
    """Kills all that descends from the zygote, or belongs to `user` where that is not 0. The zygote last: while it
    lives, every orphan of its jobs is its child, and can be found."""
    for _ in range(ROUNDS):
        left = _left(zygote, user)
        if not left:
            break
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)
    zygote.kill()


def _left(zygote: subprocess.Popen[bytes], user: int) -> list[int]:
    # Once it has been waited for, its number may be a stranger's.
    root = zygote.pid if zygote.returncode is None else 0
    if sys.platform != "linux":
        return _children_elsewhere(root) if root else []
    processes = living()
    found = {process.pid for process in descendants(root, processes)} if root else set()
    if user:
        found |= {process.pid for process in processes if _owner(process.pid) == user}
    return sorted(found - {zygote.pid})


def user_for(interpreter: Interpreter, *, as_root: bool) -> int:
    """The user to become: 0 (stay) for an ordinary user. Raises CourseError when root could not become another."""
    if os.geteuid() != 0:
        return 0
    out_of_reach = closed([interpreter.executable, interpreter.prefix, *kit().values(), *interpreter.packages.values()])
    if not out_of_reach:
        return own_user()
    if as_root:
        return 0
    raise CourseError(
        f"answers would run as root: no other user can reach {out_of_reach[0]}",
        remedy="install bubblewrap (apt install bubblewrap), or grade as an ordinary user",
        slug="box-as-root",
    )


def closed(paths: Iterable[str]) -> list[str]:
    """Those of `paths` that not every user can read."""
    return [path for path in paths if not _open_to_all(Path(path))]


def _open_to_all(path: Path) -> bool:
    """Whether every user may read it and pass through all folders above it."""
    needed = 0o5 if path.is_dir() else 0o4
    if path.stat().st_mode & needed != needed:
        return False
    return all(folder.stat().st_mode & 0o1 for folder in path.resolve().parents)


def _owner(pid: int) -> int:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return -1


def _children_elsewhere(zygote: int) -> list[int]:
    """Where there is no /proc."""
    import psutil

    try:
        return [process.pid for process in psutil.Process(zygote).children(recursive=True)]
    except psutil.Error:
        return []
