"""Archives are read, never unpacked. The z numbers are those of the catalogue of threats."""

from __future__ import annotations

import gzip
import io
import os
import random
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.submissions import read
from grader.submissions.answer import Answer
from grader.submissions.archive import open_archive

TEXT = "x = 1\n"
TWICE = ("submission-archive-double", "submission-two")
Member = tuple[str | zipfile.ZipInfo, str | bytes]


def zipped(*members: Member, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*members: tarfile.TarInfo | tuple[str, str], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1].encode()))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def answer_in(content: bytes, folder: Path, name: str = "alice.zip") -> Answer:
    before = set(os.listdir(folder))
    (folder / name).write_bytes(content)
    try:
        return read(folder / name, "printers.py")
    finally:
        assert set(os.listdir(folder)) == before | {name}, "something was unpacked"


def refusal_of(content: bytes, folder: Path, name: str = "alice.zip") -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        answer_in(content, folder, name)
    assert caught.value.message
    return caught.value


def slug_of(content: bytes, folder: Path) -> str:
    """What kind of refusal, or empty when it was read as it is meant."""
    try:
        assert answer_in(content, folder).files["printers.py"].startswith(TEXT)
    except SubmissionError as error:
        return error.slug
    return ""


@pytest.mark.parametrize(
    "inner", ["printers.py", "alice/printers.py", "a/b/ex04_printers/printers.py", "printers.ipynb.txt/printers.py"]
)
def test_a_module_is_found_wherever_it_lies(tmp_path: Path, inner: str) -> None:
    answer = answer_in(zipped((inner, TEXT), ("README.md", "")), tmp_path)
    assert answer.files == {"printers.py": TEXT}
    assert answer.origin == f"alice.zip: {inner}"


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.zip", "w:gz")])
def test_tar_files_are_read_whatever_their_name(tmp_path: Path, name: str, mode: str) -> None:
    content = tarred(special("./alice", tarfile.DIRTYPE), ("./alice/printers.py", TEXT), mode=mode)
    assert answer_in(content, tmp_path, name).files == {"printers.py": TEXT}


@pytest.mark.parametrize("name", ["../printers.py", "a/../../printers.py", "..\\printers.py", "a\\..\\..\\printers.py"])
def test_z01_names_that_lead_out_are_left_out_and_said(tmp_path: Path, name: str) -> None:
    assert "leads out of the archive" in refusal_of(zipped((name, TEXT)), tmp_path).message
    answer = answer_in(zipped((name, "evil"), ("printers.py", TEXT)), tmp_path, "b.zip")
    assert answer.files == {"printers.py": TEXT}
    assert any("leads out" in note for note in answer.notes)
    assert "holds no printers.py" in refusal_of(tarred((name, TEXT)), tmp_path, "a.tar").message


@pytest.mark.parametrize("name", ["/printers.py", "/etc/printers.py", "C:/printers.py", "C:\\printers.py"])
def test_z02_absolute_names_are_left_out(tmp_path: Path, name: str) -> None:
    assert "leads out of the archive" in refusal_of(zipped((name, TEXT)), tmp_path).message


def test_z03_links_are_not_files(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("printers.py")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert "is a link or a device" in refusal_of(zipped((link, "/etc/passwd")), tmp_path).message
    through = tarred(special("d", tarfile.SYMTYPE, "/etc"), ("d/other.txt", TEXT))
    assert "holds no printers.py" in refusal_of(through, tmp_path, "a.tar").message


def test_z04_a_bomb_of_one_file_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    assert "larger than" in refusal_of(zipped(("printers.py", b"#" * (64 << 20))), tmp_path).message


def test_z04_a_gzip_bomb_is_unpacked_no_further_than_the_limit(tmp_path: Path) -> None:
    info = tarfile.TarInfo("printers.py")
    info.size = 10 << 30
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(info.tobuf()) + b"".join(packer.compress(bytes(1 << 20)) for _ in range(40)) + packer.flush()
    assert "larger than" in refusal_of(bomb, tmp_path, "a.tar.gz").message


def test_z04b_overlapping_members_cost_no_more_than_one(tmp_path: Path) -> None:
    content = bytearray(zipped(("a.py", b"#" * (8 << 20)), ("printers.py", TEXT)))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # the second member begins where the first does
    assert refusal_of(bytes(content), tmp_path).slug in ("submission-archive", "submission-size")


def test_z05_thirty_thousand_entries_are_too_many(tmp_path: Path) -> None:
    content = zipped(*((f"{i}.py", "") for i in range(6000)), compression=zipfile.ZIP_STORED)
    assert "holds more than 5000 files" in refusal_of(content, tmp_path).message
    assert (
        "holds more than 5000 files"
        in refusal_of(tarred(*((str(i), "") for i in range(6000))), tmp_path, "a.tar").message
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("other", ["ex04/printers.py", "EX04/printers.py", "ex04/Printers.py"])
def test_z06_a_module_that_is_there_twice_is_refused(tmp_path: Path, other: str) -> None:
    content = zipped(("ex04/printers.py", TEXT), (other, "x = 2"))
    assert refusal_of(content, tmp_path).slug in TWICE
    assert refusal_of(tarred(("ex04/printers.py", TEXT), (other, "x = 2")), tmp_path, "a.tar").slug in TWICE


def test_z06_names_that_only_unicode_tells_apart_are_the_same(tmp_path: Path) -> None:
    first, second = (unicodedata.normalize(form, "Übung/printers.py") for form in ("NFC", "NFD"))
    assert refusal_of(zipped((first, TEXT), (second, "x = 2")), tmp_path).slug in TWICE


def test_z06_doubles_elsewhere_do_no_harm(tmp_path: Path) -> None:
    content = zipped(("a.txt", ""), ("A.txt", ""), ("printers.py", TEXT))
    assert answer_in(content, tmp_path).files == {"printers.py": TEXT}


def test_z07_archives_in_the_archive_are_not_opened(tmp_path: Path) -> None:
    content = zipped(("inner.zip", zipped(("printers.py", TEXT))))
    assert "there is: inner.zip" in refusal_of(content, tmp_path).message


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE], ids=repr
)
def test_z08_links_and_devices_in_a_tar_are_not_files(tmp_path: Path, kind: bytes) -> None:
    refused = refusal_of(tarred(special("printers.py", kind, "/etc/passwd")), tmp_path, "a.tar")
    assert "is a link or a device" in refused.message


def test_z08_a_setuid_bit_changes_nothing(tmp_path: Path) -> None:
    info = tarfile.TarInfo("printers.py")
    info.mode = 0o6755
    assert answer_in(tarred(info), tmp_path, "a.tar").files == {"printers.py": ""}


def test_z09_an_encrypted_member_is_said_to_be_so(tmp_path: Path) -> None:
    content = bytearray(zipped(("printers.py", TEXT)))
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + at] |= 1
    assert "is encrypted" in refusal_of(bytes(content), tmp_path).message


@pytest.mark.parametrize("name", ["a/" * 400 + "printers.py", "x" * 5000 + "/printers.py"])
def test_z10_endless_names_are_left_out(tmp_path: Path, name: str) -> None:
    refused = refusal_of(zipped((name, TEXT)), tmp_path)
    assert "is too long or too deep" in refused.message
    assert len(refused.message) < 400
    assert "holds no" in refusal_of(tarred((name, TEXT)), tmp_path, "a.tar").message


@pytest.mark.parametrize(
    "name", ["printers.py:evil", "printers.py.", "printers.py ", "a\n/printers.py", "\x1b[2J/printers.py"]
)
def test_z11_names_that_some_system_takes_for_others_are_left_out(tmp_path: Path, name: str) -> None:
    refused = refusal_of(zipped((name, TEXT)), tmp_path)
    assert "holds no printers.py" in refused.message
    assert refused.message.isprintable()


@pytest.mark.parametrize("name", ["con.py", "NUL", "aux.ipynb/x.txt"])
def test_z11_reserved_names_beside_the_module_do_no_harm(tmp_path: Path, name: str) -> None:
    assert answer_in(zipped((name, "y"), ("printers.py", TEXT)), tmp_path).files == {"printers.py": TEXT}


@pytest.mark.parametrize(("lie", "refused"), [(0, True), (3, True), (100, False), (0xFFFFFFF0, False)])
def test_z12_a_size_that_is_not_true_cuts_nothing_off_and_reads_nothing_more(
    tmp_path: Path, lie: int, refused: bool
) -> None:
    content = bytearray(zipped(("printers.py", TEXT * 10)))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", lie)
    assert slug_of(bytes(content), tmp_path) == ("submission-archive" if refused else "")


@pytest.mark.parametrize(
    "junk", [".git/hooks/printers.py", "__pycache__/printers.py", "__MACOSX/printers.py", "._printers.py",
             ".ipynb_checkpoints/printers-checkpoint.ipynb", "__MACOSX/._printers.py", ".venv/lib/printers.py"],
)  # fmt: skip
def test_z13_what_systems_leave_behind_is_not_an_answer(tmp_path: Path, junk: str) -> None:
    assert "holds no printers.py" in refusal_of(zipped((junk, TEXT)), tmp_path).message
    answer = answer_in(zipped((junk, "evil"), ("alice/printers.py", TEXT)), tmp_path, "b.zip")
    assert answer.files == {"printers.py": TEXT}


def test_z14_a_chain_of_links_leads_nowhere(tmp_path: Path) -> None:
    chain = [special("d" * 200, tarfile.SYMTYPE, ".")]
    chain += [special(f"{'d' * 200}/{i}", tarfile.SYMTYPE, f"{'d' * 200}/..") for i in range(16)]
    chain += [special("escape", tarfile.SYMTYPE, "15/../../../.."), special("printers.py", tarfile.LNKTYPE, "escape/x")]
    assert "holds no printers.py" in refusal_of(tarred(*chain), tmp_path, "a.tar").message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["zip", "tar", "gz"])
def test_z15_a_cut_off_archive_is_damaged(tmp_path: Path, kind: str, share: float) -> None:
    noise = random.Random(4).randbytes(3000).hex()
    whole = {
        "zip": zipped(("a.txt", noise), ("printers.py", TEXT * 50)),
        "tar": tarred(("a.txt", noise), ("printers.py", TEXT * 50)),
        "gz": tarred(("a.txt", noise), ("printers.py", noise), mode="w:gz"),
    }[kind]
    # what follows the last byte of the last member of a tar is padding
    end = len(whole) if kind != "tar" else whole.rindex(b"\n") + 1
    refused = refusal_of(whole[: int(end * share)], tmp_path, f"a.{kind}")
    assert "is damaged" in refused.message or "holds no" in refused.message or "not an archive" in refused.message


def test_z15_a_polyglot_is_what_its_first_bytes_say(tmp_path: Path) -> None:
    both = b"#!/usr/bin/env python\nx = 1\n" + zipped(("printers.py", TEXT))
    (tmp_path / "mine.py").write_bytes(both)
    with pytest.raises(SubmissionError, match="NUL byte"):
        read(tmp_path / "mine.py", "printers.py")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\xfd7zXZ\0", "a xz archive"),
        (b"text", "not an archive"),
    ],
)
def test_other_archives_are_named_with_the_way_out(tmp_path: Path, head: bytes, kind: str) -> None:
    refused = refusal_of(head + bytes(600), tmp_path)
    assert kind in refused.message
    assert "hand in a .zip or .tar.gz" in refused.remedy


def test_a_compression_that_wants_gigabytes_is_not_tried(tmp_path: Path) -> None:
    content = zipped(("printers.py", TEXT), compression=zipfile.ZIP_LZMA)
    assert "compression 14" in refusal_of(content, tmp_path).message


def test_a_notebook_in_an_archive_is_read(tmp_path: Path) -> None:
    cells = (
        '{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": null}],'
    )
    content = zipped(("n/printers.ipynb", cells + '"metadata": {}, "nbformat": 4, "nbformat_minor": 4}'))
    assert answer_in(content, tmp_path).place(1) == "cell 1, line 1"


def test_names_of_old_zips_are_not_fatal(tmp_path: Path) -> None:
    content = zipped(("Übung/printers.py", TEXT)).replace("Ü".encode(), b"\x9a\x9a")
    assert slug_of(content, tmp_path) in ("", "submission-archive")


def mutations(whole: bytes, count: int) -> Iterable[bytes]:
    random_ = random.Random(7)
    for _ in range(count):
        content = bytearray(whole)
        for _ in range(random_.randint(1, 8)):
            content[random_.randrange(len(content))] = random_.randrange(256)
        yield bytes(content[: random_.randint(1, len(content))] if random_.random() < 0.2 else content)


@pytest.mark.parametrize("make", [zipped, tarred, lambda *members: gzip.compress(tarred(*members), 1)])
def test_mutated_archives_are_read_or_refused_and_nothing_else(make: Callable[..., bytes]) -> None:
    whole = make(("ex04/printers.py", TEXT), ("README.md", "hello" * 40), ("x/y.py", TEXT))
    for content in mutations(whole, 700):
        with suppress(SubmissionError):
            archive = open_archive(io.BytesIO(content), "a")
            for name in archive.names:
                archive.read(name, 1000)
