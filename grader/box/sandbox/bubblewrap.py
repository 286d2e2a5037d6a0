"""Tier `full`: bubblewrap. The box has namespaces of its own and sees the interpreter, the engine and a small /tmp.

As an ordinary user the namespaces hang from a user namespace. As root they do not: an interpreter below /root
can be reached only by root, so bubblewrap starts privileged, keeps nothing but the right to change user, and
the zygote becomes a user that exists nowhere else before anything of a student runs.

The zygote is the init of its namespace: nobody within can kill or stop it, orphans come to it, and when it
ends, everybody does. Bubblewrap is its parent and takes it away, so that no dead process is left either.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.box import seccomp
from grader.box.protocol import Limits, Settings
from grader.box.sandbox.interpreter import SYSTEM, Interpreter, kit
from grader.box.sandbox.keeper import Keeper
from grader.box.sandbox.launch import ENVIRONMENT, Launched, launch, own_user, python_command
from grader.results import Tier

KIT = "/kit"
SHARED_MEMORY = 16 * 1024 * 1024


def program() -> str | None:
    """Where bubblewrap is, or None."""
    return shutil.which("bwrap")


class Bubblewrap:
    tier: Tier = "full"

    def __init__(self, bwrap: str, interpreter: Interpreter, limits: Limits) -> None:
        told, tell = os.pipe()
        control = socket.socketpair()
        inside = control[1].fileno()
        denied = _readable(seccomp.program())
        made = [*arguments(interpreter, limits, tell), *(["--seccomp", str(denied[0])] if denied else [])]
        command = [bwrap, *made, *_python(interpreter, limits, inside)]
        self._keeper = Keeper()
        try:
            self._launched: Launched = launch(command, control, keep=[tell, *denied], group=self._keeper.group)
        except BaseException:
            os.close(told)
            self._keeper.end()
            raise
        self._told = told
        self.control = self._launched.control

    def last_words(self) -> str:
        return self._launched.last_words()

    def kill(self) -> None:
        """Kills the init of the process namespace first, and waits for bubblewrap only when all within are dead."""
        if self._told < 0:
            return
        init = _init_of(self._told)
        os.close(self._told)
        self._told = -1
        if init is not None:
            _kill_and_wait(init)
        else:
            self._launched.process.kill()
        self._launched.wait()
        self._keeper.end()


class Init(Struct, frozen=True, rename="kebab"):
    """What bubblewrap tells of the first process within."""

    child_pid: int
    pid_namespace: int
    """The namespace's number: it tells the init from a later process of the same pid."""


def arguments(interpreter: Interpreter, limits: Limits, tell: int) -> list[str]:
    """Bubblewrap's own arguments, without the command to run."""
    made = ["--unshare-pid", "--as-pid-1", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    made += ["--die-with-parent", "--new-session", "--clearenv", "--info-fd", str(tell), *_rank()]
    for name, value in ENVIRONMENT.items():
        made += ["--setenv", name, value]
    mounts = _mounts(interpreter)
    for folder in _folders_above(mounts):
        made += ["--perms", "0755", "--dir", folder]
    for inside, outside in mounts.items():
        made += ["--ro-bind", outside, inside]
    for link, target in _links().items():
        made += ["--symlink", target, link]
    made += ["--proc", "/proc", "--dev", "/dev"]
    made += ["--perms", "1777", "--size", str(limits.scratch), "--tmpfs", "/tmp"]
    made += ["--perms", "1777", "--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm"]
    return [*made, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]


def _folders_above(mounts: Mapping[str, str]) -> list[str]:
    """What bubblewrap would otherwise make on the way with mode 0700, closed to the user that answers run as."""
    above = {str(folder) for inside in mounts for folder in Path(inside).parents}
    within = {folder for folder in above if any(Path(folder).is_relative_to(inside) for inside in mounts)}
    return sorted(above - within - {"/"})


def _rank() -> list[str]:
    if os.geteuid() == 0:
        return ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]


def _mounts(interpreter: Interpreter) -> Mapping[str, str]:
    """Path outside by path inside, parents before what lies in them."""
    real = [folder for folder in SYSTEM if os.path.isdir(folder) and not os.path.islink(folder)]
    real += [f"{interpreter.prefix}/{name}" for name in ("bin", "lib", "lib64")]
    mounts = {folder: folder for folder in sorted(real) if os.path.isdir(folder)}
    mounts.setdefault(interpreter.executable, interpreter.executable)
    if os.path.exists("/etc/ld.so.cache"):
        mounts["/etc/ld.so.cache"] = "/etc/ld.so.cache"
    mounts |= {f"{KIT}/grader/{part}": path for part, path in kit().items()}
    return mounts | {f"{KIT}/{name}": path for name, path in interpreter.packages.items()}


def _links() -> Mapping[str, str]:
    """/bin, /lib and their like, where they are links into /usr."""
    return {folder: os.readlink(folder) for folder in SYSTEM if os.path.islink(folder)}


def _python(interpreter: Interpreter, limits: Limits, control: int) -> list[str]:
    settings = Settings(limits, namespaced=True, user=own_user() if os.geteuid() == 0 else 0)
    return python_command(interpreter.executable, f"{KIT}/grader/box/entry.py", [KIT], control, settings)


def _readable(data: bytes) -> list[int]:
    """A descriptor from which `data`, less than a pipe holds, can be read; none where there is nothing."""
    if not data:
        return []
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return [reading]


def _init_of(told: int) -> Init | None:
    """The namespace's init, as bubblewrap told; None when it died before it could."""
    text = b""
    while b"}" not in text and (data := os.read(told, 4096)):
        text += data
    return msgspec.json.decode(text, type=Init) if b"}" in text else None


def _kill_and_wait(init: Init) -> None:
    try:
        descriptor = os.pidfd_open(init.child_pid)
    except ProcessLookupError:
        return
    try:
        # Whoever has ended may have given its pid to a stranger; the descriptor holds on to the one we look at.
        if os.stat(f"/proc/{init.child_pid}/ns/pid").st_ino == init.pid_namespace:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            # Readable only when every process of the namespace is dead.
            select.select([descriptor], [], [])
    except (ProcessLookupError, FileNotFoundError):
        pass
    finally:
        os.close(descriptor)
