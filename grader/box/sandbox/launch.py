"""How a box's first process is started, whatever its walls: scrubbed environment, one control channel."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from typing import IO

import msgspec

from grader.box.protocol import Settings

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    # Without it the order of a set of strings, and with it a schedule, would change from run to run.
    "PYTHONHASHSEED": "0",
}
LAST_WORDS = 4000
FIRST_USER = 1 << 30


class Launched:
    """The process, the parent's end of its control channel, and a file with what it says on standard error."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, errors: IO[bytes]) -> None:
        self.process = process
        self.control = control
        self._errors = errors

    def last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read(LAST_WORDS).decode("utf-8", "replace").strip()

    def wait(self) -> None:
        self.process.wait()
        self.control.close()
        self._errors.close()


def python_command(executable: str, entry: str, folders: Sequence[str], control: int, settings: Settings) -> list[str]:
    """The command that runs the child's end in the box; see `entry` for the flags."""
    spelled = msgspec.json.encode(settings).decode()
    return [executable, "-P", "-s", "-S", "-B", entry, str(control), spelled, *folders]


def own_user() -> int:
    """A user for one box alone, when we are root: processes are counted per user, so boxes must not share one."""
    return FIRST_USER + int.from_bytes(os.urandom(4), "big") % FIRST_USER


def launch(
    command: Sequence[str],
    control: tuple[socket.socket, socket.socket],
    keep: Sequence[int] = (),
    scratch: str = "/tmp",
    group: int | None = None,
) -> Launched:
    """Starts `command` in a process group of our session, or in a session of its own.

    `control` is both ends of the channel, of which the second goes inside.
    """
    ours, theirs = control
    errors = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the box)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(theirs.fileno(), *keep),
            env={**ENVIRONMENT, "HOME": scratch, "TMPDIR": scratch},
            cwd="/",
            start_new_session=group is None,
            process_group=group,
        )
    except BaseException:
        ours.close()
        errors.close()
        raise
    finally:
        theirs.close()
        for descriptor in keep:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    return Launched(process, ours, errors)
