"""What Jupyter understands in a cell and Python does not: found at the beginnings of logical lines, and left out."""

from __future__ import annotations

import re

from msgspec import Struct

_MAGIC = re.compile(r"\s*(%{1,2}[A-Za-z]|!|\?)|\s*%?[\w.]+\?{1,2}\s*$|\s*[\w.\[\]'\", *]+=\s*(!|%[A-Za-z])")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_AROUND_PYTHON = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "writefile", "file"})
"""Cell magics whose cell is Python all the same: only their first line is left out."""
_TOKEN = re.compile(
    r"""#[^\n]*|\"\"\"|'''|"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|[\[({]|[\])}]|\\\n?$""",
)
_CLOSE = {'"""': re.compile(r'(?:[^"\\]++|\\.|"(?!""))*+"""', re.DOTALL)} | {
    "'''": re.compile(r"(?:[^'\\]++|\\.|'(?!''))*+'''", re.DOTALL)
}


class Cleaned(Struct, frozen=True):
    """A cell as Python, line for line, and the lines that were left out, by number in the cell from 1."""

    lines: tuple[str, ...]
    left_out: tuple[tuple[int, str], ...]


def without_magics(source: str) -> Cleaned:
    """`source` with every magic and shell line as a comment: the numbers of all lines stay."""
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    cell_magic = _CELL_MAGIC.match(lines[first])
    if cell_magic and cell_magic[1] not in _AROUND_PYTHON:
        return Cleaned(tuple(f"# {line}" for line in lines), ((first + 1, lines[first].strip()),))
    state = _Logical()
    kept, left_out = [], []
    for number, line in enumerate(lines, 1):
        if state.fresh and _MAGIC.match(line):
            left_out.append((number, line.strip()))
            kept.append(_stand_in(line))
        else:
            kept.append(line)
            state.pass_over(line)
    return Cleaned(tuple(kept), tuple(left_out))


def _stand_in(line: str) -> str:
    """A comment; after indentation with a `pass` before it, for a block must not become empty."""
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    return f"{indent}pass  # {words}" if indent else f"# {words}"


class _Logical:
    """Whether a physical line begins a logical one: outside brackets, long strings, and after no backslash."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._joined = False

    @property
    def fresh(self) -> bool:
        return self._depth == 0 and not self._quote and not self._joined

    def pass_over(self, line: str) -> None:
        self._joined = False
        at = 0
        while at < len(line):
            if self._quote:
                end = _CLOSE[self._quote].match(line, at)
                if end is None:
                    return
                self._quote, at = "", end.end()
                continue
            token = _TOKEN.search(line, at)
            if token is None:
                return
            self._take(token[0])
            at = token.end()

    def _take(self, token: str) -> None:
        if token in _CLOSE:
            self._quote = token
        elif token in "([{":
            self._depth += 1
        elif token in ")]}":
            self._depth = max(0, self._depth - 1)
        elif token.startswith("\\"):
            self._joined = True
