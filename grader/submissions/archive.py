"""A zip or tar file as handed in, from its bytes. Nothing is ever extracted: single members are read, bounded.

Members whose names lead out, links, devices, and archives inside the archive are passed over and noted.
"""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from grader.errors import SubmissionError
from grader.submissions.holder import MOST_FILES, is_junk, unsafe
from grader.submissions.intake import ARCHIVE_BYTES, bounded
from grader.submissions.kinds import archive_kind

_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError,
    KeyError, IndexError, OverflowError, RecursionError, NotImplementedError, RuntimeError, MemoryError,
)  # fmt: skip
"""What the standard library's readers raise on hostile or cut-off bytes."""
_NOTES = 5


def open_archive(content: IO[bytes], label: str, *, most: int = MOST_FILES) -> Archive:
    """The Archive in `content`, which can seek and stays open. Raises SubmissionError: not one, or more than `most`."""
    head = content.read(512)
    content.seek(0)
    kind = archive_kind(head)
    opener = {"zip": _zip_members, "tar": _tar_members, "tar.gz": _gzip_members}.get(kind)
    if opener is None:
        what = f"a {kind} archive" if kind else "not an archive that can be read"
        raise _refusal(f"{label!r} is {what}", "hand in a .zip or .tar.gz", "archive-kind")
    try:
        return Archive(label, opener(content), most)
    except _DAMAGE as error:
        if isinstance(error, SubmissionError):
            raise
        raise _damaged(label, error) from None


class Member:
    """One regular file of an archive: how to open it, how long it says that it is."""

    def __init__(self, name: str, open_it: Callable[[], IO[bytes]], *, regular: bool, secret: bool = False) -> None:
        self.name = name
        self.open = open_it
        self.regular = regular
        self.secret = secret


class Archive:
    """A Holder for the members that are worth looking at."""

    def __init__(self, label: str, members: Iterator[Member], most: int) -> None:
        self.label = label
        self._members: dict[str, Member] = {}
        self._folded: set[str] = set()
        self._doubles: set[str] = set()
        passed_over: list[str] = []
        for count, member in enumerate(members):
            if count >= most:
                raise _refusal(f"{label!r} holds more than {most} files", "hand in the answers alone", "archive")
            if reason := _passed_over(member):
                passed_over.append(f"{member.name[:80]!r} in {label!r} {reason}: left out")
            elif not member.name.endswith("/") and not is_junk(member.name):
                self._add(member)
        more = len(passed_over) - _NOTES
        self.notes = tuple(passed_over[:_NOTES]) + ((f"and {more} more left out",) if more > 0 else ())
        self.names: tuple[str, ...] = tuple(sorted(self._members))

    def read(self, name: str, limit: int) -> bytes:
        member = self._members[name]
        if _folded(name) in self._doubles:
            message = f"{self.label!r} holds {name!r} more than once"
            raise _refusal(message, "keep one of them", "archive-double")
        if member.secret:
            message = f"{name!r} in {self.label!r} is encrypted"
            raise _refusal(message, "make the archive without a password", "archive-encrypted")
        try:
            with member.open() as file:
                content = file.read(limit + 1)
        except _DAMAGE as error:
            raise _damaged(self.label, error) from None
        return bounded(content, limit, f"{self.label}: {name}")

    def _add(self, member: Member) -> None:
        # two names that one file system may take for the same: nobody can know which of them is meant
        folded = _folded(member.name)
        if folded in self._folded:
            self._doubles.add(folded)
        self._folded.add(folded)
        self._members.setdefault(member.name, member)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _passed_over(member: Member) -> str:
    if reason := unsafe(member.name.rstrip("/")):
        return reason
    return "" if member.regular or member.name.endswith("/") else "is a link or a device"


def _zip_members(content: IO[bytes]) -> Iterator[Member]:
    archive = zipfile.ZipFile(content)
    for info in archive.infolist():
        mode = info.external_attr >> 16
        regular = not stat.S_IFMT(mode) or stat.S_ISREG(mode)
        # LZMA may ask for gigabytes of dictionary before its first byte; nobody's file manager writes it
        known = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
        yield Member(info.filename, _zip_opener(archive, info, known), regular=regular, secret=bool(info.flag_bits & 1))


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, known: bool) -> Callable[[], IO[bytes]]:
    def open_it() -> IO[bytes]:
        if not known:
            raise NotImplementedError(f"compression {info.compress_type}")
        return archive.open(info)

    return open_it


def _gzip_members(content: IO[bytes]) -> Iterator[Member]:
    unpacked = gzip.GzipFile(fileobj=content).read(ARCHIVE_BYTES + 1)
    return _tar_members(io.BytesIO(bounded(unpacked, ARCHIVE_BYTES, "the unpacked archive")))


def _tar_members(content: IO[bytes]) -> Iterator[Member]:
    archive = tarfile.open(fileobj=content, mode="r:")  # noqa: SIM115 - lives as long as its members
    for info in archive:
        yield Member(
            info.name.removeprefix("./") + ("/" if info.isdir() else ""),
            _tar_opener(archive, info),
            regular=info.isreg() and not info.issparse(),
        )


def _tar_opener(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def open_it() -> IO[bytes]:
        file = archive.extractfile(info)
        if file is None:
            raise KeyError(info.name)
        return file

    return open_it


def _damaged(label: str, error: BaseException) -> SubmissionError:
    reason = str(error) or type(error).__name__
    return _refusal(f"{label!r} is damaged ({reason[:120]})", "make the archive again and look into it", "archive")


def _refusal(message: str, remedy: str, slug: str) -> SubmissionError:
    return SubmissionError(message, remedy=remedy, slug=f"submission-{slug}")
