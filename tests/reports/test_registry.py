"""The registry: every format has a writer, and nobody pays for another's libraries."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from grader.cli import FORMATS
from grader.reports import WRITERS

SLOW = ("rich", "jinja2", "xml.etree.ElementTree", "pytest", "nbformat", "zipfile")


def imported(statement: str) -> set[str]:
    """Which of SLOW a fresh interpreter has loaded after `statement`."""
    code = f"import sys; {statement}; print(*(name for name in {SLOW!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_command_line_and_registry_name_the_same_formats() -> None:
    assert tuple(WRITERS) == FORMATS


@pytest.mark.parametrize("name", WRITERS.values())
def test_every_writer_has_write(name: str) -> None:
    assert callable(import_module(f"grader.reports.{name}").write)


def test_importing_reports_imports_no_library() -> None:
    assert imported("import grader.reports") == set()


def test_terminal_needs_no_library() -> None:
    assert imported("import grader.reports.terminal") == set()


def test_the_check_on_imports_sees_one() -> None:
    assert imported("import jinja2") >= {"jinja2"}
