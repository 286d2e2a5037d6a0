"""What reads the bytes of others, given bytes at random: it accepts or refuses them, and nothing else.

    python tests/attacks/fuzz.py frames 1000000 [SEED]       also: archives, notebooks

A target takes one random.Random and does one try; whatever escapes it but a refusal is a fault of ours. `test_fuzz`
runs a few of each; RESULTS.md says when it was run at length.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grader.box.protocol import (
    Ended,
    Explored,
    Frames,
    News,
    Ran,
    Ready,
    Reply,
    Seen,
    decode,
    encode,
)
from grader.errors import BoxBroke, SubmissionError
from grader.submissions.archive import open_archive
from grader.submissions.reading import to_answer
from grader.trace import Coverage, Outcome

KEY = "0123456789abcdef"
_SEEN = encode(Seen(Outcome("done", {"a": [1, 2.5, None, "x"]}, ("said",))), key=KEY)
_EXPLORED = encode(Explored(Coverage(9, True, None, (9,))), key=KEY)
_RAN = encode(Ran("returned", [42], leftovers=("a thread",)), key=KEY)
_NEWS = encode(Ready()) + encode(Ended(3, -9, "memory"))
_STREAMS = ((_SEEN + _EXPLORED, KEY, Reply), (_RAN, KEY, Reply), (_NEWS, "", News))
_SPICES = [
    b"[" * 300,
    b'{"',
    b'"',
    b"\\",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"NaN",
    b"1e999",
    b"\xed\xa0\x80",
    KEY.encode(),
]


def frames(chance: random.Random) -> None:
    """A stream of frames, mutated or made of nothing but chance, cut into pieces anyhow."""
    whole, key, form = chance.choice(_STREAMS)
    stream = mutated(whole, chance) if chance.random() < 0.7 else _made_up(key, chance)
    reader = Frames(4096, 64 * 1024)
    with suppress(BoxBroke):
        while stream:
            size = chance.randint(1, len(stream))
            reader.feed(stream[:size])
            stream = stream[size:]
            while (body := reader.take()) is not None:
                decode(body, form, key=key)


def archives(chance: random.Random) -> None:
    """A zip or a tar, mutated; every member that it shows is read."""
    with suppress(SubmissionError):
        archive = open_archive(io.BytesIO(mutated(chance.choice(_ARCHIVES), chance)), "a")
        for name in archive.names:
            archive.read(name, 4096)


def notebooks(chance: random.Random) -> None:
    """A notebook, mutated in its bytes or in its values."""
    content = _bent(chance) if chance.random() < 0.5 else mutated(_NOTEBOOK, chance)
    with suppress(SubmissionError):
        to_answer(content, "a.ipynb", "a.py", origin="a")


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, put in, taken out or doubled; now and then cut off."""
    content = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        size = chance.choice((1, 1, 2, 4, 16))
        what = chance.randrange(4)
        if what == 0:
            content[at : at + size] = chance.randbytes(size)
        elif what == 1:
            content[at:at] = chance.choice(_SPICES)
        elif what == 2:
            del content[at : at + size]
        else:
            content[at:at] = content[at : at + 64]
    return bytes(content[: chance.randrange(len(content) + 1)] if chance.random() < 0.2 else content)


def _made_up(key: str, chance: random.Random) -> bytes:
    body = key.encode() + b"".join(chance.choice([chance.randbytes(3), *_SPICES]) for _ in range(chance.randint(0, 9)))
    return len(body).to_bytes(4, "big") + body


def _bent(chance: random.Random) -> bytes:
    """The notebook with one of its values in the place of another."""
    document = json.loads(_NOTEBOOK)
    strange = [None, -1, 10**40, 1e308, "", "x" * 9999, [], {}, [[[]]], True, ["%%bash", 3], {"source": []}]
    at, key = chance.choice(list(_places(document)))
    at[key] = chance.choice(strange)
    return json.dumps(document).encode()


def _places(value: object) -> list[tuple[dict[str, object] | list[object], str | int]]:
    """Where in it a value stands: (container, key)."""
    if isinstance(value, dict):
        own = [(value, key) for key in value]
        return [*own, *(place for each in value.values() for place in _places(each))]
    if isinstance(value, list):
        own_items = [(value, number) for number in range(len(value))]
        return [*own_items, *(place for each in value for place in _places(each))]
    return []


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("ex04/printers.py", "README.md", "x/y.ipynb"):
            archive.writestr(name, "hello " * 40)
    return buffer.getvalue()


def _tar(mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name in ("ex04/printers.py", "README.md"):
            info = tarfile.TarInfo(name)
            info.size = 240
            archive.addfile(info, io.BytesIO(b"hello " * 40))
    return buffer.getvalue()


_ARCHIVES = (_zip(), _tar("w"), _tar("w:gz"))
_CELLS = [
    {
        "cell_type": "code",
        "source": ["%matplotlib inline\n", "x = 1"],
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
    },
    {"cell_type": "markdown", "source": "# text", "metadata": {"nbgrader": {"grade_id": "a", "grade": True}}},
    {
        "cell_type": "code",
        "source": "def f():\n    '''%no'''\n",
        "metadata": {},
        "outputs": [{"output_type": "stream"}],
    },
]
_NOTEBOOK = json.dumps(
    {"cells": _CELLS, "metadata": {"kernelspec": {"name": "x"}}, "nbformat": 4, "nbformat_minor": 5}
).encode()

TARGETS: dict[str, Callable[[random.Random], None]] = {"frames": frames, "archives": archives, "notebooks": notebooks}


def tried(target: Callable[[random.Random], None], count: int, seed: int) -> None:
    """So many tries. A fault names the seed that leads to it alone."""
    for number in range(count):
        try:
            target(random.Random(f"{seed}/{number}"))
        except Exception as error:
            raise AssertionError(f"seed {seed}/{number}: {type(error).__name__}: {error}") from error


def main(name: str, count: int, seed: int) -> None:
    began = time.monotonic()
    tried(TARGETS[name], count, seed)
    print(f"{count} {name} from seed {seed} in {time.monotonic() - began:.0f} s: accepted or refused, nothing else")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int((sys.argv[3:] or ["0"])[0]))
