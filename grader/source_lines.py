"""The lines of a Python source, numbered as Python numbers them in a syntax tree, a traceback and a trace."""

from __future__ import annotations

import re

_END = re.compile(r"\r\n|\r|\n")


def source_lines(source: str) -> list[str]:
    """Its lines without their ends.

    Not `str.splitlines`: that ends lines at form feeds and hidden separators, too, which Python takes for white
    space or for part of a string or comment, and every line behind one would stand under a wrong number.
    """
    lines = _END.split(source)
    return lines if lines[-1] else lines[:-1]
