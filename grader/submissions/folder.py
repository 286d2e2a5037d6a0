"""A folder as handed in. Links are not followed, devices are not there, and the walk is bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from grader.errors import SubmissionError
from grader.submissions.holder import DEEPEST, MOST_FILES, is_junk
from grader.submissions.intake import read_bytes


class Folder:
    """A Holder for a folder on disk. Raises SubmissionError when it cannot be listed or holds too many files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = path.name or str(path)
        self._links: list[str] = []
        self.names: tuple[str, ...] = tuple(sorted(self._walk()))
        some = ", ".join(sorted(self._links)[:5])
        self.notes: tuple[str, ...] = (f"links are not followed: {some}",) if some else ()

    def read(self, name: str, limit: int) -> bytes:
        return read_bytes(self._path / name, limit)

    def _walk(self) -> Iterator[str]:
        waiting = [("", 0)]
        found = 0
        while waiting:
            below, depth = waiting.pop()
            for entry in self._entries(below):
                name = f"{below}{entry.name}"
                if entry.is_symlink():
                    self._links.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    if depth < DEEPEST and not is_junk(name):
                        waiting.append((f"{name}/", depth + 1))
                elif entry.is_file(follow_symlinks=False) and not is_junk(name):
                    found += 1
                    yield name
                self._bound(found + len(waiting))

    def _entries(self, below: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._path / below) as entries:
                return list(entries)
        except OSError as error:
            where = below.rstrip("/") or self.label
            message = f"the folder {where!r} cannot be listed: {error.strerror}"
            raise SubmissionError(
                message, remedy="give yourself the right to read it", slug="submission-folder"
            ) from None

    def _bound(self, found: int) -> None:
        if found > MOST_FILES:
            message = f"the folder {self.label!r} holds more than {MOST_FILES} files"
            raise SubmissionError(message, remedy="hand in the answers alone", slug="submission-folder")


class SingleFile:
    """A Holder for one file that lies by itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = path.name
        self.notes: tuple[str, ...] = ()
        self.names: tuple[str, ...] = (path.name,)

    def read(self, _name: str, limit: int) -> bytes:
        return read_bytes(self._path, limit)
