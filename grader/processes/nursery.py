"""Where the process trees of a controlled run come from: one interpreter that is ready, forked for each execution."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from grader.processes.gate import TOLD
from grader.processes.life import take_away
from grader.processes.watch import Watch

STAGE = str(Path(__file__).with_name("stage.py"))


class Nursery:
    """Keeps one folder, laid out with the answer; each execution finds it as it was. A context manager."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._kept = frozenset(os.listdir(folder))

    def __enter__(self) -> Nursery:
        environment = {"GRADER_STAGE": self.folder, "GRADER_GATE": "1", "TMPDIR": self.folder, "PYTHONUNBUFFERED": "1"}
        with open(f"{self.folder}/printed", "ab") as printed, open(f"{self.folder}/complaints", "ab") as complaints:
            self._zygote = subprocess.Popen(
                [sys.executable, "-P", "-s", "-S", "-B", STAGE],
                stdin=subprocess.PIPE, stdout=printed, stderr=complaints,
                env={**os.environ, **environment}, start_new_session=True,
            )  # fmt: skip
        self._kept |= {"printed", "complaints", f"lines.{self._zygote.pid}"}
        self.watch = Watch()
        return self

    def __exit__(self, *exc: object) -> None:
        self.watch.kill()
        self._tidy()
        self._zygote.kill()
        self._zygote.communicate()

    def bring_forth(self) -> int:
        """Begins the next execution. Returns the descriptor at which its processes are heard."""
        self.watch.kill()
        self._tidy()
        os.mkfifo(f"{self.folder}/{TOLD}")
        # Both ways, so that it never tells an end, whoever comes and goes.
        heard = os.open(f"{self.folder}/{TOLD}", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(b"\n")
        self._zygote.stdin.flush()
        return heard

    def _tidy(self) -> None:
        take_away(self.folder)
        for name in set(os.listdir(self.folder)) - self._kept:
            path = os.path.join(self.folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)
        for name in ("printed", "complaints"):
            os.truncate(os.path.join(self.folder, name), 0)
