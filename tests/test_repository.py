"""Rules of the house that a machine can hold: sizes, names, what an import brings in, what a lock file says."""

from __future__ import annotations

import ast
import os
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import errors

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))
LOCKS = (PACKAGE / "requirements.lock", ROOT / "tests" / "requirements.lock")

VISIBLE = 14
FILE_LINES = 400
MOST_LINES = 50
FEW_LINES = 30
SHARE_OF_FEW = 0.9
MEDIAN_LINES = 12
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core", "stuff"}
INSIDE = (
    "grader.interleave", "grader.processes", "grader.speedup", "grader.box.child",
    "grader.web.server", "grader.web.double", "grader.web.asleep",
)  # fmt: skip
HEAVY = (
    "pytest",
    "_pytest",
    "rich",
    "nbformat",
    "jinja2",
    "sqlite3",
    "psutil",
    "asyncio",
    "multiprocessing",
    "msgspec",
)


def functions(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Name, lines, and whether a reason for its length is written in it or above it."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            excused = any("# long because" in line for line in lines[max(0, node.lineno - 3) : end])
            yield node.name, end - node.lineno + 1, excused


def test_functions_fit_on_half_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {name} has {length} lines"
        for path in SOURCES
        for name, length, excused in functions(path)
        if length > MOST_LINES and not excused
    ]
    assert too_long == []


def test_most_functions_are_short() -> None:
    lengths = [length for path in SOURCES for _, length, _ in functions(path)]
    assert statistics.median(lengths) <= MEDIAN_LINES
    assert sum(length <= FEW_LINES for length in lengths) / len(lengths) >= SHARE_OF_FEW


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length >= FILE_LINES} == {}


def test_no_file_is_a_drawer() -> None:
    names = [path for path in (*SOURCES, *(ROOT / "tests").rglob("*.py")) if path.stem.strip("_") in DRAWERS]
    assert names == []


def test_the_root_is_small() -> None:
    assert len([path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))]) <= VISIBLE


def test_the_map_of_the_package_is_a_docstring_and_nothing_else() -> None:
    (only,) = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr)


def test_the_map_of_the_package_names_every_part() -> None:
    named = set(re.findall(r"\w+", (PACKAGE / "__init__.py").read_text(encoding="utf-8")))
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders - named == set()


def test_exit_codes_say_whose_fault_it_is() -> None:
    assert (errors.EXIT_PASSED, errors.EXIT_FAILED, errors.EXIT_COURSE, errors.EXIT_INTERNAL) == (0, 1, 2, 3)
    assert errors.CourseError("x").exit_code == errors.SubmissionError("x").exit_code == 2
    assert errors.InternalError("x").exit_code == errors.BoxDied("x").exit_code == 3


def imported_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after `statement`."""
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{statement}\nprint('\\n--', *sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("\n-- ")[2].split())


def brought_in(modules: set[str], unwanted: tuple[str, ...]) -> set[str]:
    return {
        module for module in modules if module.startswith(tuple(f"{name}." for name in unwanted)) or module in unwanted
    }


@pytest.mark.parametrize(
    "module", ["cli", "grading", "desk", "bulk.engine", "selfcheck", "release", "scaffold", "watch", "stepping"]
)
def test_the_parent_imports_nothing_that_belongs_into_the_box(module: str) -> None:
    modules = imported_by(f"import grader.{module}")
    assert f"grader.{module}" in modules
    assert brought_in(modules, INSIDE) == set()


HELP = """
from grader.cli import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
"""


def test_help_imports_nothing_heavy() -> None:
    assert brought_in(imported_by(HELP), HEAVY) == set()


def test_the_look_at_imports_would_notice() -> None:
    assert brought_in(imported_by("import sqlite3, grader.interleave.engine"), (*INSIDE, *HEAVY)) >= {
        "sqlite3",
        "grader.interleave.engine",
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_a_lock_has_hashes_and_no_address_of_a_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host|@ ", text) == []
    entries = re.split(r"(?m)^(?=[a-z0-9])", "\n".join(re.sub(r"(?m)^\s*#.*$", "", text).splitlines()).strip())
    unhashed = [entry.split("\n", 1)[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry]
    assert unhashed == []


def locked(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8")))


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\s\[]", requirement)[0]).lower()


def test_the_locks_hold_what_the_project_needs_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run, develop = map(locked, LOCKS)
    assert {normal(each) for each in project["project"]["dependencies"]} <= run.keys()
    assert {normal(each) for each in project["dependency-groups"]["dev"]} <= develop.keys()
    assert {name: develop.get(name) for name in run} == run


@pytest.mark.parametrize("script", ["grade", "run-tests", ".ci/run", "grader/environment.sh"])
def test_scripts_are_readable_for_their_shell(script: str) -> None:
    first = (ROOT / script).read_text(encoding="utf-8").splitlines()[0]
    shell = "bash" if "bash" in first else "sh"
    assert subprocess.run([shell, "-n", ROOT / script], capture_output=True, text=True).stderr == ""
    assert os.access(ROOT / script, os.X_OK) == first.startswith("#!")
