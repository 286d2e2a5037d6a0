"""Text of unknown origin, made harmless: what an answer printed, raised or named itself may hold anything.

Nothing is dropped in silence: a character that could steer a terminal, reorder a line or break XML is shown as
Python would write it, `\\x1b`, `\\u202e`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, TypeVar

from msgspec import Struct

LONGEST = 4000
"""Characters of one text that anybody reads."""
MOST = 200
"""Parts of one list: steps, notes, findings."""
PARAGRAPHS = ("ran", "saw", "expected", "hint")
"""The fields of a result that may have several lines."""

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but not tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that reorder a line
    "\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"  # hidden line ends, what is no character
)

T = TypeVar("T")


def printable(text: str, longest: int = LONGEST) -> str:
    """`text` for any destination: no controls but newlines, at most `longest` characters and a word about the rest."""
    kept = text[:longest].replace("\r\n", "\n").expandtabs(4)
    shown = _STEERING.sub(lambda found: ascii(found[0])[1:-1], kept)
    return shown if len(text) <= longest else f"{shown}... ({len(text)} characters)"


def one_line(text: str, longest: int = 300) -> str:
    """`text` on a single line: newlines become spaces."""
    return printable(" ".join(text[: 2 * longest].split()), longest)


def harmless(value: T) -> T:
    """A result with its texts printable, on one line but for PARAGRAPHS, and its lists of a bearable length."""
    return _harmless(value, "")  # type: ignore[no-any-return]


def _harmless(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return printable(value if name in PARAGRAPHS else " ".join(value[:LONGEST].split("\n")))
    if isinstance(value, tuple):
        return tuple(_harmless(part, name) for part in value[:MOST])
    if isinstance(value, Struct):
        return type(value)(*(_harmless(getattr(value, each), each) for each in value.__struct_fields__))
    return value


def width(text: str) -> int:
    """Columns that a terminal needs for `text`: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def fit(text: str, columns: int) -> str:
    """`text` cut to so many columns of a terminal, with dots where it was cut."""
    if width(text) <= columns:
        return text
    kept, room = "", columns - 3
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept += character
    return kept + "..."


def wrap(text: str, columns: int) -> list[str]:
    """`text` broken at spaces into lines of so many columns; a longer word is broken behind a dot or a bracket, or
    anywhere. Never empty."""
    lines = [""]
    for word in text.split():
        if lines[-1] and width(lines[-1]) + 1 + width(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.extend(_pieces(word, columns))
    return lines[1:] or lines


def _pieces(word: str, columns: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1]) + _columns(character) > columns:
            pieces[-1:] = _at_a_joint(pieces[-1])
        pieces[-1] += character
    return pieces


def _at_a_joint(text: str) -> tuple[str, str]:
    """`text` in two, where a reader would break it, if that is not too near to its beginning."""
    joint = 1 + max(text.rfind(character) for character in "./,([=")
    return (text[:joint], text[joint:]) if joint > len(text) // 3 else (text, "")


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
