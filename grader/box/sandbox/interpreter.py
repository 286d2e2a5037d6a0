"""Which Python runs in the box, and which folders it needs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from grader.errors import CourseError

KIT = (
    "__init__.py", "errors.py", "trace.py", "source_lines.py", "happens_before", "box", "interleave", "processes",
    "speedup.py", "web", "checks/tools.py",
)  # fmt: skip
"""What the box gets of the grader. Nothing that judges, no exercise, no solution."""
PACKAGES = ("greenlet", "msgspec")
OPTIONAL = ("h11",)
"""What the box gets where it is there: the local web speaks HTTP with it."""
PROBE = """
import importlib.util, json, os, sys
def folder(name):
    spec = importlib.util.find_spec(name)
    return os.path.dirname(spec.origin) if spec and spec.origin else ""
print(json.dumps([os.path.realpath(getattr(sys, "_base_executable", sys.executable)), sys.base_prefix,
                  {name: folder(name) for name in sys.argv[1:]}]))
"""
"""What another interpreter is asked: the same as `this_interpreter` says of this one."""


SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/lib", "/lib32", "/lib64", "/bin")
"""Programs and libraries of the machine that an interpreter may need."""


class Interpreter(Struct, frozen=True):
    executable: str
    """The real file: a virtual environment's own is a link that need not be there in the box."""
    prefix: str
    packages: dict[str, str]
    """Folder of each package that the box imports, by name."""


def this_interpreter() -> Interpreter:
    executable = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    return Interpreter(executable, sys.base_prefix, _known({name: _folder(name) for name in (*PACKAGES, *OPTIONAL)}))


def interpreter_of(python: str) -> Interpreter:
    """The facts of `python`, by asking it where it is not this one. Raises CourseError when it cannot serve."""
    interpreter = this_interpreter() if python == sys.executable else _ask(python)
    lacking = [name for name in PACKAGES if not interpreter.packages[name]]
    if lacking:
        raise CourseError(
            f"{python} lacks {', '.join(lacking)}, which the box needs",
            remedy=f"{python} -m pip install {' '.join(lacking)}",
            slug="box-packages",
        )
    return interpreter


def _ask(python: str) -> Interpreter:
    try:
        answer = subprocess.run(
            [python, "-I", "-c", PROBE, *PACKAGES, *OPTIONAL], capture_output=True, check=True, text=True
        )
        executable, prefix, packages = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise CourseError(
            f"{python} does not run: {error}", remedy="name another Python interpreter", slug="box-python"
        ) from None
    return Interpreter(executable, prefix, _known(packages))


def _known(packages: dict[str, str]) -> dict[str, str]:
    """Without the optional ones that are not there."""
    return {name: folder for name, folder in packages.items() if folder or name in PACKAGES}


def kit() -> dict[str, str]:
    """Path of each part of the grader that goes into the box, by its path in the package."""
    root = Path(__file__).resolve().parents[2]
    return {part: str(root / part) for part in KIT if (root / part).exists()}


def _folder(name: str) -> str:
    spec = importlib.util.find_spec(name)
    return os.path.dirname(spec.origin) if spec is not None and spec.origin is not None else ""
