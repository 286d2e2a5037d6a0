"""Bytes in, or a clear refusal: nothing is read that is not a regular file of bounded size, no link is followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from grader.errors import SubmissionError

KIB = 1024
SOURCE_BYTES = 256 * KIB
"""A Python file; also the code of a notebook, joined."""
NOTEBOOK_BYTES = 8 * KIB * KIB
"""A notebook with its outputs."""
ARCHIVE_BYTES = 32 * KIB * KIB
"""One student's archive."""


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file. Raises SubmissionError: missing, a link, a device, over `limit` bytes."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        # O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _refused(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        check_regular(os.fstat(descriptor).st_mode, path.name)
        content = file.read(limit + 1)
    return bounded(content, limit, path.name)


def bounded(content: bytes, limit: int, name: str) -> bytes:
    """`content`, which was read up to one byte over `limit`. Raises SubmissionError when it is over."""
    if len(content) <= limit:
        return content
    raise SubmissionError(
        f"{name!r} is larger than {limit // KIB} KiB",
        remedy="hand in the answer alone: no data, no outputs (in Jupyter: clear all outputs, then save)",
        slug="submission-size",
    )


def check_regular(mode: int, name: str) -> None:
    """Raises SubmissionError unless `mode` is that of a regular file."""
    if not stat.S_ISREG(mode):
        raise SubmissionError(
            f"{name!r} is {_what(mode)}, not a file", remedy="hand in the file itself", slug="submission-not-a-file"
        )


def _what(mode: int) -> str:
    for test, what in ((stat.S_ISDIR, "a folder"), (stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a named pipe")):
        if test(mode):
            return what
    return "a device or a socket"


def _refused(path: Path, error: OSError | ValueError) -> SubmissionError:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        remedy = "check the name; `ls` shows what is there"
        return SubmissionError(f"there is no file {str(path)!r}", remedy=remedy, slug="submission-missing")
    except (OSError, ValueError) as second:
        reason = getattr(second, "strerror", None) or second
        return SubmissionError(f"{path.name!r} cannot be read: {reason}", slug="submission-unreadable")
    if stat.S_ISLNK(mode):
        remedy = "links are not followed: hand in the file itself"
        return SubmissionError(f"{path.name!r} is a link", remedy=remedy, slug="submission-not-a-file")
    reason = getattr(error, "strerror", None) or error
    remedy = "give yourself the right to read it"
    return SubmissionError(f"{path.name!r} cannot be read: {reason}", remedy=remedy, slug="submission-unreadable")
