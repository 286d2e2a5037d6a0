"""What an attack on the machine could hurt: files, a process, sockets, a secret. Says afterwards what it did hurt."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

MARKER = f"threadmark-attack-{os.getpid()}"
KEY = 0x7EAD0000 | os.getpid() & 0xFFFF
"""Several victims may live at a time."""


class Victim:
    """Lays everything out in `folder`; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("solution.py", "others/alice.py", "home/.bashrc", "github_env", "submission.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"secret of {name}\n")
        self._before = self._files()

    def __enter__(self) -> Victim:
        self._process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self._tcp, self._udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        self._tcp.bind(("127.0.0.1", 0))
        self._udp.bind(self._tcp.getsockname())
        self._local, self._abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self._local.bind(str(self._folder / "socket"))
        self._abstract.bind(f"\0{self._folder}/socket")
        for listening in (self._tcp, self._local, self._abstract):
            listening.listen()
        for each in self._sockets():
            each.setblocking(False)
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.kill()
        self._process.wait()
        for each in self._sockets():
            each.close()
        with contextlib.suppress(OSError):
            os.unlink(f"/dev/shm/{MARKER}")
        if Path("/usr/bin/ipcrm").exists():
            subprocess.run(["ipcrm", "-M", str(KEY), "-S", str(KEY)], capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def given(self) -> dict[str, Any]:
        """What the attack is told, as JSON."""
        return {
            **{name: str(self._folder / name) for name in ("others", "home", "github_env", "socket")},
            "solution": str(self._folder / "solution.py"),
            "submission": str(self._folder / "submission.py"),
            "process": self._process.pid,
            "port": self._tcp.getsockname()[1],
            "key": KEY,
            "marker": MARKER,
        }

    def hurt(self) -> list[str]:
        """What is not as it was, or was reached."""
        said = [] if self._files() == self._before else ["files were changed"]
        if self._process.poll() is not None:
            said.append("a process was ended")
        for each, how in zip(self._sockets(), ("connected to", "sent to", "connected to", "connected to"), strict=True):
            with contextlib.suppress(BlockingIOError):
                _reach(each)
                said.append(f"a socket was {how}")
        if os.path.exists(f"/dev/shm/{MARKER}"):
            said.append("shared memory was left")
        if any(_keys_of(kind) & {KEY} for kind in ("shm", "sem")):
            said.append("System V objects were left")
        return said

    def _sockets(self) -> list[socket.socket]:
        return [self._tcp, self._udp, self._local, self._abstract]

    def _files(self) -> dict[str, str]:
        return {str(path): path.read_text() for path in sorted(self._folder.rglob("*")) if path.is_file()}


def _reach(each: socket.socket) -> None:
    if each.type == socket.SOCK_DGRAM:
        each.recv(100)
    else:
        each.accept()[0].close()


def _keys_of(kind: str) -> set[int]:
    with open(f"/proc/sysvipc/{kind}") as file:
        return {int(line.split()[0]) & 0xFFFFFFFF for line in file.readlines()[1:]}
