"""Tier `landlock`: for machines where bubblewrap cannot make namespaces, as in a container.

The box shares the machine's processes, network and file system, and may use nothing of them: Landlock lets it open
the interpreter, the engine and a scratch folder of its own, and the filter of system calls refuses what Landlock
does not look at. `grader.box.fence` is what happens inside. The zygote cannot be hurt from within, every orphan
comes to it, and it ends them all when the parent hangs up or is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from socket import SHUT_RDWR, socketpair

from grader.box import fence, seccomp, wards
from grader.box.protocol import Fence, Limits, Settings
from grader.box.sandbox.interpreter import SYSTEM, Interpreter, kit
from grader.box.sandbox.launch import Launched, launch, own_user, python_command
from grader.box.sandbox.limits import closed, end_tree
from grader.results import Tier

PREFIX = "threadmark-box-"
PATIENCE = 10.0
"""Seconds that the zygote has to end all that is within, before we do it from outside."""


def why_not() -> str:
    """Empty where the kernel has what the tier needs; otherwise what is lacking."""
    version = fence.abi() if sys.platform == "linux" else 0
    if not version:
        return "this kernel has no Landlock, or it is switched off"
    if version < fence.LEAST_ABI:
        return f"this kernel's Landlock is too old: ABI {version}, and {fence.LEAST_ABI} is needed"
    return "" if seccomp.program() else "there is no filter of system calls for this kind of processor"


def lacking() -> tuple[str, ...]:
    """What is not held off here; root's boxes have users of their own."""
    if os.geteuid() == 0:
        return ()
    signals = "an answer can send signals to other programs of yours (Linux 6.12 stops that)"
    return () if fence.abi() >= fence.SCOPE_ABI else (signals,)


class Landlocked:
    tier: Tier = "landlock"

    def __init__(self, interpreter: Interpreter, limits: Limits) -> None:
        sweep()
        self._user = own_user() if os.geteuid() == 0 else 0
        self._folder = _lay_out(interpreter, self._user)
        scratch, shared = f"{self._folder}/scratch", f"{self._folder}/shared"
        parts = (*kit().values(), *interpreter.packages.values())
        search = bool(self._user) and bool(closed([*_programs(interpreter), *parts, self._folder]))
        made = Fence(fence.abi(), (*_programs(interpreter), *parts, f"{self._folder}/kit"), scratch, shared, search)
        settings = Settings(limits, namespaced=False, user=self._user, fence=made)
        control = socketpair()
        entry, folders = f"{self._folder}/kit/grader/box/entry.py", [f"{self._folder}/kit"]
        command = python_command(interpreter.executable, entry, folders, control[1].fileno(), settings)
        self._launched: Launched = launch(command, control, scratch=scratch)
        self._alive = True
        self.control = self._launched.control

    def last_words(self) -> str:
        return self._launched.last_words()

    def kill(self) -> None:
        """Hangs up; the zygote then ends all that is within. What it cannot, or it is gone, is done from outside."""
        if not self._alive:
            return
        self._alive = False
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self.control.shutdown(SHUT_RDWR)
            self._launched.process.wait(PATIENCE)
        end_tree(self._launched.process, self._user)
        self._launched.wait()
        remove(self._folder)


def _programs(interpreter: Interpreter) -> tuple[str, ...]:
    """What of the machine can be read: no more than in the tier full, and only what is there."""
    wanted = [*SYSTEM, *(f"{interpreter.prefix}/{name}" for name in ("bin", "lib", "lib64"))]
    return tuple(path for path in (*wanted, interpreter.executable, "/etc/ld.so.cache") if os.path.exists(path))


def _lay_out(interpreter: Interpreter, user: int) -> str:
    """A folder for this box: `scratch`, `shared` for what it wants of /dev/shm, and `kit`: links to what it imports,
    since it may list no other folder."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    parts = {f"grader/{part}": path for part, path in kit().items()} | interpreter.packages
    for part, path in parts.items():
        link = Path(folder, "kit", part)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    for name in ("scratch", "shared"):
        os.mkdir(f"{folder}/{name}", 0o700)
        if user:
            os.chown(f"{folder}/{name}", user, user)
    if user:
        for path in (folder, f"{folder}/kit", *(f"{folder}/kit/{part}" for part in ("grader", "grader/checks"))):
            os.chmod(path, 0o755)
    return folder


def sweep() -> None:
    """Removes the folders of our boxes whose grader was killed. Their scratch is empty: the zygote has seen to that."""
    place = tempfile.gettempdir()
    with os.scandir(place) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(PREFIX) and _orphaned(entry)]
    for folder in left:
        remove(folder)


def _orphaned(entry: os.DirEntry[str]) -> bool:
    grader = entry.name.removeprefix(PREFIX).partition("-")[0]
    try:
        ours = entry.stat(follow_symlinks=False).st_uid == os.geteuid() and entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
    return ours and grader.isdigit() and not os.path.exists(f"/proc/{grader}")


def remove(folder: str) -> None:
    """However deep it is: where the library gives up, in a process whose current folder nobody else minds."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(folder):
        program = "import sys; sys.path.append(sys.argv[1]); from grader.box.wards import empty; empty(sys.argv[2])"
        root = str(Path(wards.__file__).parents[2])
        subprocess.run([sys.executable, "-c", program, root, folder], cwd="/", stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
