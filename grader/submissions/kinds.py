"""What a file is, from its first bytes and its name. Cheap: the readers themselves are imported when needed."""

from __future__ import annotations

_OTHERS = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\xfd7zXZ\0", "xz"), (b"BZh", "bzip2"))
_SUFFIXES = (".zip", ".tar", ".tgz", ".tar.gz", ".rar", ".7z", ".tar.xz", ".tar.bz2")


def archive_kind(head: bytes) -> str:
    """zip, tar, tar.gz, or the name of a kind that is not supported; empty when these are no archive's bytes."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "tar.gz"
    if head[257:262] == b"ustar":
        return "tar"
    return next((name for magic, name in _OTHERS if head.startswith(magic)), "")


def named_like_archive(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES)


def looks_like_archive(head: bytes, name: str) -> bool:
    """Whether a file of this name and first 512 bytes is an archive (also one that is damaged or not supported)."""
    return archive_kind(head) != "" or named_like_archive(name)


def looks_like_notebook(content: bytes) -> bool:
    """Whether these bytes are a notebook's, whatever the file is called."""
    return content.lstrip()[:1] == b"{" and (b'"cells"' in content or b'"worksheets"' in content)
