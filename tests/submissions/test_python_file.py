"""A Python file is read as Python would read it, and everything else is refused in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.submissions import read
from grader.submissions.intake import SOURCE_BYTES
from grader.submissions.python_file import decode


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n")
    answer = read(tmp_path / "mine.py", "printers.py")
    assert answer.files == {"printers.py": "x = 1\n"}
    assert answer.origin == str(tmp_path / "mine.py")
    assert answer.notes == ()
    assert answer.place(3) == "line 3"


def test_identical_work_has_one_hash_and_other_work_another(tmp_path: Path) -> None:
    for name, content in (("a.py", b"x = 1\n"), ("b.py", b"\xef\xbb\xbfx = 1\r\n"), ("c.py", b"x = 2\n")):
        (tmp_path / name).write_bytes(content)
    first, same, other = (read(tmp_path / f"{name}.py", "printers.py") for name in "abc")
    assert first.sha256 == same.sha256 != other.sha256
    assert first.sha256 != read(tmp_path / "a.py", "pool.py").sha256


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        ("x = 'ü'".encode(), "x = 'ü'"),
        (b"# -*- coding: latin-1 -*-\nx = '\xfc'", "# -*- coding: latin-1 -*-\nx = 'ü'"),
        (b"#!/usr/bin/python\n# coding: utf_8\n", "#!/usr/bin/python\n# coding: utf_8\n"),
        (b"x = 1\n# coding: utf-7\n", "x = 1\n# coding: utf-7\n"),
        (b"MZ = 1\n", "MZ = 1\n"),
    ],
)
def test_text_is_decoded_as_python_does(content: bytes, text: str) -> None:
    assert decode(content, "a.py") == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# coding: utf-7\n+AG8-", "says that it is encoded as 'utf-7'"),
        (b"\n# vim: set fileencoding=utf_16 :\n", "says that it is encoded as 'utf-16'"),
        (b"x = 1\ny = '\xfc'\n", "is not utf-8: byte 0xfc in line 2"),
        (b"x = 1\ny = \0\n", "has a NUL byte in line 2"),
        ("x = 1".encode("utf-16"), "is saved as UTF-16"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"PK\x03\x04...", "is an archive or an office document"),
        (b"\x7fELF\x02", "is a program"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"x = '\xed\xa0\x80'", "is not utf-8"),
    ],
)
def test_what_is_no_python_text_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        decode(content, "a.py")
    assert said in caught.value.message
    assert "'a.py'" in caught.value.message
    assert caught.value.remedy


def test_a_file_may_be_just_so_large_and_not_a_byte_larger(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"#" * SOURCE_BYTES)
    assert len(read(path, "a.py").files["a.py"]) == SOURCE_BYTES
    path.write_bytes(b"#" * (SOURCE_BYTES + 1))
    with pytest.raises(SubmissionError, match="larger than 256 KiB"):
        read(path, "a.py")


def test_a_sparse_file_of_4_gib_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    with path.open("wb") as file:
        file.truncate(4 << 30)
    with pytest.raises(SubmissionError, match="larger than"):
        read(path, "a.py")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text("secret")
    (tmp_path / "mine.py").symlink_to(tmp_path / "solution.py")
    with pytest.raises(SubmissionError, match="is a link"):
        read(tmp_path / "mine.py", "a.py")


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/a.py").write_text("secret")
    (tmp_path / "mine").symlink_to(tmp_path / "theirs")
    with pytest.raises(SubmissionError, match="is a link"):
        read(tmp_path / "mine", "a.py")


def test_a_named_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    with pytest.raises(SubmissionError, match="is a named pipe"):
        read(tmp_path / "a.py", "a.py")


def test_a_device_is_not_read() -> None:
    with pytest.raises(SubmissionError, match="is a device"):
        read(Path("/dev/zero"), "a.py")


@pytest.mark.parametrize("name", ["nowhere.py", "no/where.py", "a\0b.py"])
def test_what_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(SubmissionError, match=r"there is no file|cannot be read"):
        read(tmp_path / name, "a.py")


def test_a_git_lfs_pointer_is_not_taken_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(SubmissionError, match="Git LFS pointer"):
        read(tmp_path / "a.py", "a.py")
