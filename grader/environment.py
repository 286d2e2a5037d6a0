"""Makes the private environment of `grade` and `run-tests`: python -I environment.py LOCK FOLDER.

Runs before anything is installed, so it is alone: the standard library only, and no other module of the grader.
FOLDER (ROOT/.grade/NAME-SUM) appears by one rename when everything is in it; killed half-way, the next run begins anew.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

EXIT_CANNOT = 2


class CannotMake(Exception):
    """The environment cannot be made; the message says what to install or to type."""


def main(arguments: list[str]) -> int:
    lock, folder = (Path(each).absolute() for each in arguments)
    try:
        ensure(lock, folder)
    except CannotMake as problem:
        print(f"grade: {problem}", file=sys.stderr)
        return EXIT_CANNOT
    except KeyboardInterrupt:
        print("grade: stopped; the next run makes the environment anew", file=sys.stderr)
        return 130
    return 0


def ensure(lock: Path, folder: Path) -> None:
    """Make `folder` hold what `lock` lists, unless it is there. Safe when several processes come at once."""
    _must_have_venv()
    with _alone(folder.parent):
        if os.access(folder / "bin" / "python", os.X_OK):
            return  # somebody else made it while we waited
        _clear(folder)
        _say(f"making a private environment in {folder.parent.name}/ (once, about a minute)")
        with _scratch(folder.parent) as fresh:
            _fill(fresh, lock)
            fresh.rename(folder)


def _must_have_venv() -> None:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise CannotMake(
        f"{sys.executable} lacks the modules venv and ensurepip.\n"
        f"  Debian, Ubuntu: sudo apt install python3-venv     (or python{minor}-venv)"
    )


@contextlib.contextmanager
def _alone(parent: Path) -> Iterator[None]:
    """One maker at a time. The kernel lets go of the lock when its holder dies, however it dies."""
    try:
        parent.mkdir(exist_ok=True)
        file = open(parent / "making.lock", "w")  # noqa: SIM115 - closed by the `with` below
    except OSError as error:
        raise CannotMake(
            f"cannot write to {parent}: {error.strerror}.\n  Copy the course into a folder of your own."
        ) from None
    with file:
        try:
            import fcntl
        except ImportError:  # Windows: the rename decides who was first
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear(folder: Path) -> None:
    """Remove what no longer serves: half-made environments, and those of an older lock or a lost interpreter."""
    kind = folder.name.split("-", 1)[0]
    for old in folder.parent.iterdir():
        if old.name.startswith(("new-", f"{kind}-")):
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=parent))
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(fresh: Path, lock: Path) -> None:
    # the real path: a link named python3 may point to another version tomorrow, with nothing installed for it
    sys._base_executable = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(fresh)
    except (subprocess.CalledProcessError, OSError) as error:
        raise CannotMake(
            f"cannot make an environment: {error}.\n  Debian, Ubuntu: sudo apt install python3-venv"
        ) from None
    _install(fresh, lock)
    _add_course(fresh)


def _install(fresh: Path, lock: Path) -> None:
    command = [str(fresh / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-warn-script-location", "--require-hashes", "-r", str(lock)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        raise CannotMake(
            f"pip could not install what {lock.name} lists:\n"
            + "".join(f"    {line}\n" for line in lines[-6:])
            + "  The first run needs the network. Behind a proxy, set HTTPS_PROXY; with a mirror, PIP_INDEX_URL. "
            "Then type it again."
        )


def _add_course(fresh: Path) -> None:
    """Let the environment find the package `grader`, by a relative path, so that the course can be moved."""
    root = fresh.parent.parent
    for packages in (fresh / "lib").glob("python*/site-packages"):
        (packages / "course.pth").write_text(os.path.relpath(root, packages) + "\n")


def _say(sentence: str) -> None:
    print(f"grade: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
