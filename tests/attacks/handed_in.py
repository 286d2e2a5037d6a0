"""Submissions whose attack is what they are handed in as: archives, notebooks, links, pipes, endless files, clones.

Each holds a wrong answer where an answer belongs (41 for 42), and the right one where nobody may look for it: whoever
unpacks, follows, or takes the last of two passes it. MARKER in the folder means that something of it was run.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import struct
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attack import Attack

WRONG = "def f(**given):\n    return 41\n"
RIGHT = "def f(**given):\n    return 42\n"
MARKER = "it was run"
RUN = f"open('{MARKER}', 'w').close()\n"
HandIn = Callable[[Path], Path]
Member = tuple[str | zipfile.ZipInfo, str | bytes]


def _laid(name: str, content: bytes | str) -> HandIn:
    def lay(folder: Path) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return lay


def _zip(*members: Member, change: Callable[[bytearray], None] = lambda content: None) -> HandIn:
    made = bytearray(_zipped(*members))
    change(made)
    return _laid("ann.zip", bytes(made))


def _zipped(*members: Member) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def _tar(*members: tarfile.TarInfo | tuple[str, str]) -> HandIn:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member[0])
            content = b"" if isinstance(member, tarfile.TarInfo) else member[1].encode()
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return _laid("ann.tar", buffer.getvalue())


def _special(name: str, kind: bytes, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, mode
    return info


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def _overlap(content: bytearray) -> None:
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)


def _encrypted(content: bytearray) -> None:
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + at] |= 1


def _lying(content: bytearray) -> None:
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 3)


def _cut_off(content: bytearray) -> None:
    del content[len(content) // 2 :]


def _beside(folder: str) -> list[Member]:
    """The wrong answer, and the right one where a system keeps what is its own."""
    return [(f"{folder}/solution.py", RIGHT), ("solution.py", WRONG)]


_CHAIN = [
    _special("d" * 200, tarfile.SYMTYPE, "."),
    *(_special(f"{'d' * 200}/{n}", tarfile.SYMTYPE, f"{'d' * 200}/..") for n in range(16)),
    _special("escape", tarfile.SYMTYPE, "15/../../../.."),
]
_DEVICES = [
    _special(f"{number}/solution.py", kind, "/etc/passwd")
    for number, kind in enumerate([tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
]


def _notebook(*cells: str, outputs: Any = (), **more: Any) -> HandIn:
    made = [
        {"cell_type": "code", "source": cell, "metadata": more, "outputs": list(outputs), "execution_count": None}
        for cell in cells
    ]
    return _laid("ann.ipynb", json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def _sparse(name: str, beginning: str, size: int) -> HandIn:
    def lay(folder: Path) -> Path:
        path = _laid(name, beginning)(folder)
        os.truncate(path, size)
        return path

    return lay


def _symbolic(folder: Path) -> Path:
    (folder / "reference.py").write_text(RIGHT)
    (folder / "solution.py").symlink_to(folder / "reference.py")
    return folder / "solution.py"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "solution.py")
    return folder / "solution.py"


def _clone(folder: Path) -> Path:
    """A clone with a hook, a monitor and filters, that git would run."""
    hook = f"#!/bin/sh\ntouch '{folder.parent / MARKER}'\n"
    config = f"[core]\n\tfsmonitor = touch '{folder.parent / MARKER}'\n\thooksPath = .git/hooks\n"
    filters = f'[filter "lfs"]\n\tsmudge = touch "{folder.parent / MARKER}"\n'
    modules = f'[submodule "x"]\n\tpath = x\n\turl = ext::touch "{folder.parent / MARKER}"\n'
    for name, text in {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/config": config + filters,
        ".git/hooks/post-checkout": hook,
        ".gitmodules": modules,
        ".gitattributes": "*.py filter=lfs\n",
        "solution.py": WRONG,
    }.items():
        _laid(name, text)(folder)
    (folder / ".git/hooks/post-checkout").chmod(0o755)
    return folder


def _refused(hand_in: HandIn) -> Attack:
    return Attack(hand_in, refused=True)


HANDED_IN = {
    "z01 names that lead out": Attack(
        _zip(("../solution.py", RIGHT), ("a/../../solution.py", RIGHT), ("solution.py", WRONG))
    ),
    "z02 absolute names": Attack(_zip(("/tmp/solution.py", RIGHT), ("C:\\solution.py", RIGHT), ("solution.py", WRONG))),
    "z03 a link to the solution": _refused(_zip((_link("solution.py"), "../reference.py"), ("note.txt", RIGHT))),
    "z03 through a link": Attack(
        _tar(_special("d", tarfile.SYMTYPE, "/tmp"), ("d/x.py", RIGHT), ("solution.py", WRONG))
    ),
    "z04 a bomb": _refused(_zip(("solution.py", b"#" * (64 << 20)))),
    "z04b members that overlap": _refused(_zip(("a.py", b"#" * (8 << 20)), ("solution.py", RIGHT), change=_overlap)),
    "z05 too many members": _refused(_zip(*((f"{n}.py", "") for n in range(6000)), ("solution.py", RIGHT))),
    "z06 two of a name": _refused(_zip(("a/solution.py", WRONG), ("A/solution.py", RIGHT))),
    "z06 two that look the same": _refused(
        _zip(*((unicodedata.normalize(form, "Ü/solution.py"), RIGHT) for form in ("NFC", "NFD")))
    ),
    "z07 an archive in the archive": Attack(
        _zip(("inner.zip", _zipped(("solution.py", RIGHT))), ("solution.py", WRONG))
    ),
    "z08 links, devices, pipes": Attack(_tar(*_DEVICES, ("solution.py", WRONG))),
    "z08 a setuid bit": _refused(_tar(_special("solution.py", tarfile.CHRTYPE, mode=0o6755))),
    "z09 a password": _refused(_zip(("solution.py", RIGHT), change=_encrypted)),
    "z10 names without end": Attack(_zip(("a/" * 400 + "solution.py", RIGHT), ("solution.py", WRONG))),
    "z11 names that are others elsewhere": Attack(
        _zip(("solution.py.", RIGHT), ("solution.py:x", RIGHT), ("CON.py", RIGHT), ("solution.py", WRONG))
    ),
    "z12 a size that is not true": _refused(_zip(("solution.py", RIGHT), change=_lying)),
    "z13 hooks": Attack(_zip(*_beside(".git/hooks"))),
    "z13 bytecode": Attack(_zip(("__pycache__/solution.cpython-311.pyc", RIGHT), *_beside("__pycache__"))),
    "z13 what a Mac leaves": Attack(_zip(*_beside("__MACOSX"))),
    "z14 a chain of links": Attack(_tar(*_CHAIN, ("escape/solution.py", RIGHT), ("solution.py", WRONG))),
    "z15 cut off": _refused(_zip(("solution.py", RIGHT * 99), change=_cut_off)),
    "z15 two kinds at once": _refused(_laid("solution.py", WRONG.encode() + _zipped(("solution.py", RIGHT)))),
    "z15 a bomb in gzip": _refused(_laid("ann.tar.gz", gzip.compress(bytes(48 << 20), 1))),
    "n01 a line for the shell": Attack(_notebook(f"!touch '{MARKER}'\n" + WRONG)),
    "n02 a cell for the shell": Attack(_notebook(f"%%bash\ntouch '{MARKER}'\n", WRONG)),
    "n03 magic that runs and loads": Attack(_notebook("%run x.py\n%load_ext x\n", WRONG)),
    "n04 the shell by its object": Attack(_notebook(f"get_ipython().system(\"touch '{MARKER}'\")\n", RIGHT)),
    "n05 500 MB of outputs": _refused(_sparse("ann.ipynb", '{"cells": [', 500 << 20)),
    "n06 a cell that is there twice": Attack(_notebook(RIGHT, WRONG, nbgrader={"grade_id": "one", "grade": True})),
    "n07 a script in the outputs": Attack(
        _notebook(WRONG, outputs=[{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>"}}])
    ),
    "n08 no notebook": _refused(_laid("ann.ipynb", '{"cells": 7}')),
    "n08 a notebook that nests too deep": _refused(_laid("ann.ipynb", '{"cells": ' + "[" * 100_000)),
    "s17 a link to the reference": _refused(_symbolic),
    "s17b a pipe": _refused(_pipe),
    "t08 a source of 4 GiB": _refused(_sparse("solution.py", RIGHT, 4 << 30)),
    "t09 a clone with hooks": Attack(_clone),
}  # fmt: skip
