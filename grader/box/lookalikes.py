"""Characters that look like the ASCII ones of Python's grammar, and their twins."""

from __future__ import annotations

import unicodedata

_TWINS = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u00d7": "*", "\u2217": "*", "\u00f7": "/", "\u2044": "/", "\u2215": "/",
    "\u2260": "!=", "\u2264": "<=", "\u2265": ">=", "\u2026": "...", "\u2192": "->",
    "\u3010": "[", "\u3011": "]", "\u3001": ",", "\u3002": ".", "\u037e": ";",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\u00ad": "",
}  # fmt: skip


def twin(character: str) -> str | None:
    """What was probably meant: an ASCII text (empty: nothing at all), or None when `character` resembles nothing."""
    if character.isascii():
        return None
    if character in _TWINS:
        return _TWINS[character]
    if unicodedata.category(character) == "Zs":
        return " "
    # Full-width forms and other compatibility characters fold to the plain one.
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() else None


def described(character: str) -> str:
    """The character for a message: itself where it can be seen, and its Unicode name."""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"{character} ({name})" if character.isprintable() and twin(character) else name


def first(line: str, start: int = 0) -> str | None:
    """The first character of `line` from `start` on that has a twin."""
    return next((character for character in line[start:] if twin(character) is not None), None)
