"""Guessing the exercises of a file that its name does not tell: by the functions and classes that it defines."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DEFINES = re.compile(r"(?:^|\"|\\n)(?:class|def|async def)[ \t]+(\w+)", re.MULTILINE)
"""At the beginning of a line, also of one inside a notebook's JSON."""


def defined(text: str) -> frozenset[str]:
    """The names that a Python file or notebook defines at its top level, without parsing it."""
    return frozenset(_DEFINES.findall(text))


def exercises_in(text: str, stubs: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The ids of the exercises of whose stub this file defines at least half of the names."""
    mine = defined(text)
    return tuple(exercise for exercise, names in stubs.items() if names and 2 * len(mine & names) >= len(names))
