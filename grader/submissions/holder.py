"""What a folder and an archive have in common: files by relative name, read one at a time, within bounds."""

from __future__ import annotations

from typing import Protocol

_JUNK_FOLDERS = frozenset(
    {
        "__MACOSX",
        ".git",
        ".ipynb_checkpoints",
        "__pycache__",
        ".venv",
        "venv",
        "node_modules",
        "site-packages",
        ".grade",
        ".given",
    }
)
_JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
LONGEST_NAME = 1024
DEEPEST = 16
"""Folders inside folders: what lies deeper is not an answer."""
MOST_FILES = 5000


class Holder(Protocol):
    """Something that one or more answers lie in."""

    @property
    def label(self) -> str:
        """How messages call it: the name of the folder or archive."""

    @property
    def names(self) -> tuple[str, ...]:
        """The regular files in it, as `ex04/printers.py`, in a stable order; junk and links are not there."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not looked at, and why."""

    def read(self, name: str, limit: int) -> bytes:
        """The content of one of `names`. Raises SubmissionError when it is longer than `limit` or damaged."""


def is_junk(name: str) -> bool:
    """Whether a relative name of a file or folder is something that systems leave behind."""
    parts = name.split("/")
    return parts[-1] in _JUNK_FILES or parts[-1].startswith("._") or not _JUNK_FOLDERS.isdisjoint(parts)


def unsafe(name: str) -> str:
    """Why a name in an archive is not to be used; empty when it is fine."""
    parts = name.split("/")
    if name.startswith("/") or ":" in name or "\\" in name or ".." in parts:
        return "leads out of the archive"
    if not name or len(name) > LONGEST_NAME or len(parts) > DEEPEST:
        return "is too long or too deep"
    if not name.isprintable() or any(part != part.strip() or part.endswith(".") for part in parts):
        return "has characters that no file should have"
    return ""
