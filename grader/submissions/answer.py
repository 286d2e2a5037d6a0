"""An answer: the text of one exercise's module, wherever it lay, ready for the box."""

from __future__ import annotations

import hashlib

from msgspec import Struct

LineMap = dict[int, tuple[str, int]]
"""A line of the joined file -> ("cell 3", line in the cell); both lines count from 1."""


class Answer(Struct, frozen=True):
    """The student's module for one exercise. Nothing has been compiled or believed yet."""

    files: dict[str, str]
    """By the name that the exercise demands: {"printers.py": text}."""
    origin: str
    """Where it was found, for messages: "alice.zip: ex04/printers.py"."""
    sha256: str
    """Of `files`, so that identical work has one name."""
    notes: tuple[str, ...] = ()
    """What was left out or guessed on the way in."""
    line_map: LineMap = {}
    """Of a notebook; empty for a plain file."""

    def place(self, line: int) -> str:
        """Where a line of the module is for its writer: "cell 3, line 2", or "line 17"."""
        cell, inner = self.line_map.get(line, ("", line))
        return f"{cell}, line {inner}" if cell else f"line {line}"


def answer(files: dict[str, str], origin: str, notes: tuple[str, ...] = (), line_map: LineMap | None = None) -> Answer:
    """The Answer of these files, with its content's hash."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        content = text.encode()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return Answer(files, printable(origin), digest.hexdigest(), tuple(map(printable, notes)), line_map or {})


def printable(text: str) -> str:
    """`text` with whatever a terminal would obey or a file could not hold spelled out, `\\x1b`: names may be hostile.

    Different names stay different: they tell students apart.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
