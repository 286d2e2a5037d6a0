"""Where grades go, a file per destination.

One person's results  terminal, json_file, junit, github, classroom50, gradescope, html_page, markdown_page
Everybody's           gradebook (the words), gradebook_csv, canvas_csv, moodle_csv, moodle_feedback, results_json
One failure           replay_page (to step through in a browser), moments (how things are after each step)
Shared                diagram (trace -> picture), phrases (findings in words), safe_text (text of unknown origin),
                      paragraphs (Markdown of hints), numbers (exact points -> what a format can hold)

A module of the first row is a report when it has `write(results, layout) -> str`. It is imported when it is asked
for: a student at a terminal pays for no template engine and no XML.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from msgspec import Struct, field

from grader.results import ExerciseResult

WRITERS = {
    "text": "terminal",
    "json": "json_file",
    "junit": "junit",
    "github": "github",
    "classroom50": "classroom50",
    "gradescope": "gradescope",
    "html": "html_page",
    "markdown": "markdown_page",
}
"""What `--format` takes -> the module of this package that writes it."""

LEAST_COLUMNS, MOST_COLUMNS = 40, 110
"""Wider lines are hard to read, however wide the window is."""


class Source(Struct, frozen=True):
    """The answer's text and where it lies, for pictures and annotations; both are shown only where they are known."""

    files: Mapping[str, str] = {}
    """By the name that traces use: {"printers.py": text}."""
    path: Path | None = None
    """The file that the student edits: a .py or a notebook."""
    cells: Mapping[int, tuple[str, int]] = {}
    """Of a notebook: line of the joined text -> ("cell 3", line in the cell), as `Answer.line_map`."""

    def place(self, line: int) -> str:
        """Where a line is for its writer: "cell 3, line 2", or "line 17"."""
        cell, inner = self.cells.get(line, ("", line))
        return f"{cell}, line {inner}" if cell else f"line {line}"


class Layout(Struct, frozen=True):
    """How a report looks, and what it may know besides the results."""

    color: bool = False
    width: int = 80
    """Characters a line of the terminal; the picture of an interleaving folds to it."""
    root: Path | None = None
    """The course's folder: annotations name files below it."""
    sources: Mapping[str, Source] = {}
    """By exercise: {"ex04": Source(...)}."""
    student: str = ""
    course: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """Where CI systems say which files to append to, and what the run is called."""

    @property
    def columns(self) -> int:
        """Characters a line of what a person reads in that window."""
        return max(LEAST_COLUMNS, min(self.width, MOST_COLUMNS))

    def source(self, exercise: str) -> Source:
        return self.sources.get(exercise, Source())


def write(name: str, results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The report called `name` of one person's results. `github` also appends to the files that the runner names.

    Raises CourseError when the environment lacks what the format demands; KeyError for an unknown name.
    """
    text: str = import_module(f"{__name__}.{WRITERS[name]}").write(results, layout)
    return text
