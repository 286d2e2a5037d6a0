"""A checkout as handed in. Its files are read; git is never run on it, for its hooks and settings are the student's."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SubmissionError

_POINTER = b"version https://git-lfs.github.com/spec/"


def is_checkout(folder: Path) -> bool:
    """Whether a folder is a clone with its files (a worktree or submodule has a *file* .git)."""
    return (folder / ".git").exists()


def check_not_bare(folder: Path) -> None:
    """Raises SubmissionError for a repository without files to read."""
    if all((folder / part).exists() for part in ("HEAD", "objects", "refs")) and not is_checkout(folder):
        raise SubmissionError(
            f"{folder.name!r} is a bare repository: it holds no files to read",
            remedy="clone it, and give the clone",
            slug="submission-git",
        )


def check_not_pointer(content: bytes, name: str) -> None:
    """Raises SubmissionError when a file is only Git LFS's reference to a file."""
    if content.startswith(_POINTER):
        raise SubmissionError(
            f"{name!r} is a Git LFS pointer, not the file itself",
            remedy="commit the file without LFS, or run `git lfs pull` in the clone",
            slug="submission-git",
        )
