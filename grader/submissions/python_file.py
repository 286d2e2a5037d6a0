"""The bytes of a Python file -> its text, as Python itself would decode it, or a clear refusal."""

from __future__ import annotations

import re

from grader.errors import SubmissionError

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "ascii": "ascii", "us-ascii": "ascii", "latin-1": "latin-1",
    "iso-8859-1": "latin-1", "iso-8859-15": "iso-8859-15", "cp1252": "cp1252", "windows-1252": "cp1252",
}  # fmt: skip
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"{\\rtf", "a word processor's document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
)


def decode(content: bytes, name: str) -> str:
    """The text of a Python file, with `\\n` line ends and no byte order mark. Raises SubmissionError."""
    for head, what in _FOREIGN:
        if content.startswith(head) and not (head == b"MZ" and b"\0" not in content):
            raise _refusal(f"{name!r} is {what}, not a Python file", "save it as plain text: the module itself", "kind")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(f"{name!r} is saved as UTF-16", "save it as UTF-8", "encoding")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise _refusal(f"{name!r} has a NUL byte in line {line}", "delete it, or hand in the right file", "encoding")
    try:
        text = content.decode(_encoding(content, name))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{name!r} is not {error.encoding}: byte {content[error.start]:#04x} in line {line}"
        raise _refusal(message, "save the file as UTF-8", "encoding") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(content: bytes, name: str) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    for line in content.split(b"\n", 2)[:2]:
        if match := _COOKIE.match(line):
            cookie = match[1].decode().lower().replace("_", "-")
            if cookie in _ENCODINGS:
                return _ENCODINGS[cookie]
            # utf-7 and its like can hide code from whoever reads the file
            message = f"{name!r} says that it is encoded as {cookie!r}"
            raise _refusal(message, "save it as UTF-8 and delete the `coding` comment", "encoding")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def _refusal(message: str, remedy: str, slug: str) -> SubmissionError:
    return SubmissionError(message, remedy=remedy, slug=f"submission-{slug}")
