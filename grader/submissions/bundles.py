"""One person's things among other people's: a child of a folder, or of a download archive."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from grader.errors import SubmissionError
from grader.submissions.folder import Folder, SingleFile
from grader.submissions.git_repo import check_not_bare
from grader.submissions.holder import Holder, is_junk
from grader.submissions.intake import ARCHIVE_BYTES, read_bytes
from grader.submissions.kinds import named_like_archive

MOST_IN_DOWNLOAD = 200_000
"""Members of a whole course's download; what one student hands in has a far smaller bound."""


class Part:
    """A Holder for what lies below one name of another holder: one student's share of a download."""

    def __init__(self, whole: Holder, prefix: str, names: tuple[str, ...]) -> None:
        self._whole = whole
        self._prefix = prefix
        self.label = prefix.rstrip("/").rpartition("/")[2] or whole.label
        self.notes: tuple[str, ...] = ()
        self.names = tuple(name.removeprefix(prefix) for name in names)

    def read(self, name: str, limit: int) -> bytes:
        return self._whole.read(self._prefix + name, limit)


class Bundle(Struct, frozen=True):
    """What lies at one place: its files, or why they cannot be had."""

    label: str
    path: Path
    """The file or folder on disk that it is, or is in."""
    holder: Holder | None
    via: tuple[str, ...] = ()
    """The archive inside the archive `path` that it is."""
    prefix: str = ""
    """The folder inside the archive `path` that it is, with a slash."""
    lone: bool = False
    """Whether it is one file, rather than something that files lie in."""
    problem: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return self.holder.names if self.holder else ()

    def way_to(self, name: str) -> tuple[str, ...]:
        """The names to open one after the other, from `path`, to get at one of `names`."""
        return (*self.via, self.prefix + name)


def bundles_of(path: Path, stack: ExitStack, without: Path | None = None) -> tuple[Bundle, ...]:
    """The children of a folder or archive, one folder deeper where there is nothing else. `stack` closes the archive.

    The folder `without`, as the system spells its path, is none of them.

    Raises SubmissionError when `path` is neither, or damaged.
    """
    if path.is_dir() and not path.is_symlink():
        real = Path(os.path.realpath(path))
        return tuple(whole(path / name) for name in _listing(path) if not is_junk(name) and real / name != without)
    return _members(path, open_download(path, stack))


def whole(path: Path) -> Bundle:
    """`path` as one person's: a file, a folder, or an archive."""
    label = path.name
    try:
        if path.is_dir() and not path.is_symlink():
            check_not_bare(path)
            return Bundle(label, path, Folder(path))
        if named_like_archive(label):
            return Bundle(label, path, _archive(read_bytes(path, ARCHIVE_BYTES), label))
        read_bytes(path, ARCHIVE_BYTES)  # a link, a device or a file without rights is named now, not later
        return Bundle(label, path, SingleFile(path), lone=True)
    except SubmissionError as error:
        return Bundle(label, path, None, problem=flat(error))


def open_download(path: Path, stack: ExitStack) -> Holder:
    """The archive at `path`, which may be as large as a whole course's. Raises SubmissionError."""
    from grader.submissions.archive import open_archive

    try:
        file = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise SubmissionError(f"{str(path)!r} cannot be read: {error.strerror}", slug="submission-missing") from None
    return open_archive(file, path.name, most=MOST_IN_DOWNLOAD)


def read_way(path: Path, way: tuple[str, ...], limit: int) -> bytes:
    """The bytes at the end of a bundle's `way_to`. Raises SubmissionError."""
    if path.is_dir():
        return read_bytes(path.joinpath(*way), limit)
    if not named_like_archive(path.name):
        return read_bytes(path, limit)
    with ExitStack() as stack:
        holder = open_download(path, stack)
        for name in way[:-1]:
            holder = _archive(holder.read(name, ARCHIVE_BYTES), name)
        return holder.read(way[-1], limit)


def _members(path: Path, download: Holder) -> tuple[Bundle, ...]:
    below = _only_folder(download.names)
    groups: dict[str, list[str]] = {}
    for name in download.names:
        groups.setdefault(name.removeprefix(below).partition("/")[0], []).append(name)
    return tuple(_member(path, download, below, label, tuple(names)) for label, names in groups.items())


def _member(path: Path, download: Holder, below: str, label: str, names: tuple[str, ...]) -> Bundle:
    own = f"{below}{label}"
    if names != (own,):
        return Bundle(label, path, Part(download, f"{own}/", names), prefix=f"{own}/")
    if not named_like_archive(label):
        return Bundle(label, path, Part(download, below, names), prefix=below, lone=True)
    try:
        return Bundle(label, path, _archive(download.read(own, ARCHIVE_BYTES), label), via=(own,))
    except SubmissionError as error:
        return Bundle(label, path, None, problem=flat(error))


def _only_folder(names: tuple[str, ...]) -> str:
    """The folder that holds everything, with a slash, when it holds folders or several files itself; else empty."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    if len(tops) != 1 or any("/" not in name for name in names):
        return ""
    top = f"{tops.pop()}/"
    return top if len({name.removeprefix(top).partition("/")[0] for name in names}) > 1 else ""


def _archive(content: bytes, label: str) -> Holder:
    from grader.submissions.archive import open_archive

    return open_archive(io.BytesIO(content), label)


def _listing(folder: Path) -> Iterator[str]:
    try:
        yield from sorted(os.listdir(folder))
    except OSError as error:
        message = f"the folder {str(folder)!r} cannot be listed: {error.strerror}"
        raise SubmissionError(message, remedy="give yourself the right to read it", slug="submission-folder") from None


def flat(error: SubmissionError) -> str:
    """A refusal in one line, with its remedy."""
    return f"{error.message}: {error.remedy}" if error.remedy else error.message
